// Proves that a ledger is whole: positions without gap, events that parse, boxes that open, read models equal to rebuilt ones.
import type { Application } from './application.ts';
import { contractOf } from './ledger-events.ts';
import type { ProjectionChecksum } from './projector/read-database.ts';

export interface Finding {
  code: 'POSITION_GAP' | 'EVENT_UNREADABLE' | 'EVENT_INVALID' | 'READ_MODEL_DIFFERS';
  position?: number;
  message: string;
}

export interface Verification {
  /** Position of the last event. */
  position: number;
  events: number;
  /** Empty where an event could not be read. */
  readModels: (ProjectionChecksum & { matches: boolean })[];
  /** Empty where the ledger is whole; at most 100. */
  findings: Finding[];
}

export interface VerifyProgress {
  step: 'events' | 'beliefs' | 'log';
  done: number;
  total: number;
}

const findingsMax = 100;

export async function verify(
  app: Application,
  onProgress?: (progress: VerifyProgress) => void,
): Promise<Verification> {
  const findings: Finding[] = [];
  const found = (finding: Finding) => {
    if (findings.length < findingsMax) findings.push(finding);
  };
  const events = await verifyLog(app, found, onProgress);
  // Nothing can be rebuilt from what cannot be read.
  if (findings.some(({ code }) => code === 'EVENT_UNREADABLE'))
    return { position: await app.store.head(), events, readModels: [], findings };
  const { position, live, rebuilt } = await app.readModels.compareWithRebuilt(onProgress);
  const readModels = live.map((checksum, index) => ({
    ...checksum,
    matches: checksum.sha256 === rebuilt[index]!.sha256,
  }));
  for (const { name, matches } of readModels)
    if (!matches)
      found({
        code: 'READ_MODEL_DIFFERS',
        message: `The read model ${name} differs from its rebuild; run: contact-ledger rebuild`,
      });
  return { position, events, readModels, findings };
}

async function verifyLog(
  app: Application,
  found: (finding: Finding) => void,
  onProgress?: (progress: VerifyProgress) => void,
): Promise<number> {
  const total = await app.store.head();
  let position = 0;
  for await (const page of app.store.readAll(0)) {
    for (const stored of page) {
      if (stored.position !== position + 1)
        found({
          code: 'POSITION_GAP',
          position: stored.position,
          message: `Position ${position + 1} is missing before ${stored.position}.`,
        });
      position = stored.position;
      await verifyEvent(app, stored, found);
    }
    onProgress?.({ step: 'log', done: position, total });
  }
  if (position < total)
    found({
      code: 'POSITION_GAP',
      position: total,
      message: `The log ends at ${position}, but says it holds ${total} events.`,
    });
  return position;
}

async function verifyEvent(
  app: Application,
  stored: Parameters<Application['sealing']['open']>[0][number],
  found: (finding: Finding) => void,
): Promise<void> {
  try {
    const [event] = await app.sealing.open([stored]);
    const contract = contractOf(stored.stream, stored.type)!;
    const clear = contract.clear.safeParse(event!.data);
    const sealed = event!.personal === null ? clear : contract.sealed.safeParse(event!.personal);
    const issue = clear.error?.issues[0] ?? sealed.error?.issues[0];
    if (issue)
      found({
        code: 'EVENT_INVALID',
        position: stored.position,
        message: `Event ${stored.id} (${stored.type}) breaks its contract at ${issue.path.map(String).join('.')}.`,
      });
  } catch (fault) {
    found({
      code: 'EVENT_UNREADABLE',
      position: stored.position,
      message: `Event ${stored.id} (${stored.type}): ${(fault as Error).message}`,
    });
  }
}
