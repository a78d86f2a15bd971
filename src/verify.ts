// Proves that a ledger is whole: positions without gap, events that parse and open, its tree of hashes, and read models as rebuilt.
import type { Application } from './application.ts';
import { type CheckTreeOptions, checkTree, type TreeFinding } from './integrity/check-tree.ts';
import { contractOf } from './ledger-events.ts';
import type { ProjectionChecksum } from './projector/read-database.ts';

export interface Finding {
  code: 'POSITION_GAP' | 'EVENT_UNREADABLE' | 'EVENT_INVALID' | 'READ_MODEL_DIFFERS' | TreeFinding['code'];
  position?: number;
  message: string;
}

export interface Verification {
  /** Position of the last event. */
  position: number;
  events: number;
  /** Checkpoints from outside that the log was compared with. */
  checkpoints: number;
  /** Empty where an event could not be read, and where no keys were used. */
  readModels: (ProjectionChecksum & { matches: boolean })[];
  /** Empty where the ledger is whole; at most 100. */
  findings: Finding[];
}

export interface VerifyProgress {
  step: 'events' | 'beliefs' | 'log' | 'hashes';
  done: number;
  total: number;
}

/** What the log is compared with, from outside of it. */
export type Outside = Partial<Pick<CheckTreeOptions, 'checkpoints' | 'verifierKey'>>;
type Log = Pick<Application, 'store' | 'ledgerId' | 'integrity'>;
type OnProgress = ((progress: VerifyProgress) => void) | undefined;

const findingsMax = 100;

function createFindings(): { list: Finding[]; found: (finding: Finding) => void } {
  const list: Finding[] = [];
  return {
    list,
    found: (finding) => {
      if (list.length < findingsMax) list.push(finding);
    },
  };
}

export async function verify(
  app: Application,
  outside: Outside = {},
  onProgress?: OnProgress,
): Promise<Verification> {
  const { list: findings, found } = createFindings();
  const events = await verifyLog(app, outside, found, onProgress, (stored) =>
    verifyEvent(app, stored, found),
  );
  const checkpoints = outside.checkpoints?.length ?? 0;
  // Nothing can be rebuilt from what cannot be read.
  if (findings.some(({ code }) => code === 'EVENT_UNREADABLE'))
    return { position: await app.store.head(), events, checkpoints, readModels: [], findings };
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
  return { position, events, checkpoints, readModels, findings };
}

/** Positions, tree of hashes and checkpoints: all that can be checked without a key to personal data. */
export async function verifySealed(
  log: Log,
  outside: Outside = {},
  onProgress?: OnProgress,
): Promise<Verification> {
  const { list: findings, found } = createFindings();
  const events = await verifyLog(log, outside, found, onProgress);
  const checkpoints = outside.checkpoints?.length ?? 0;
  return { position: await log.store.head(), events, checkpoints, readModels: [], findings };
}

async function verifyLog(
  { store, ledgerId, integrity }: Log,
  { checkpoints = [], verifierKey }: Outside,
  found: (finding: Finding) => void,
  onProgress: OnProgress,
  verifyOne: (stored: Stored) => Promise<void> = async () => undefined,
): Promise<number> {
  const total = await store.head();
  let position = 0;
  for await (const page of store.readAll(0)) {
    for (const stored of page) {
      if (stored.position !== position + 1)
        found({
          code: 'POSITION_GAP',
          position: stored.position,
          message: `Position ${position + 1} is missing before ${stored.position}.`,
        });
      position = stored.position;
      await verifyOne(stored);
    }
    onProgress?.({ step: 'log', done: position, total });
  }
  if (position < total)
    found({
      code: 'POSITION_GAP',
      position: total,
      message: `The log ends at ${position}, but says it holds ${total} events.`,
    });
  const tree = { store, ledgerId, integrity, checkpoints, verifierKey };
  const onHashes = (done: number) => onProgress?.({ step: 'hashes', done, total });
  for (const finding of await checkTree({ ...tree, onProgress: onHashes })) found(finding);
  return position;
}

type Stored = Parameters<Application['sealing']['open']>[0][number];

async function verifyEvent(
  app: Application,
  stored: Stored,
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
