// What the removal gate would remove now, with the evidence of each, and the undo of what it did for the bounces of a day.
import { findContact } from '../projections/contacts.ts';
import type { Application } from './application.ts';
import { readTrail } from './audit-trail.ts';
import type { Actor } from './envelope.ts';
import type { StoredEvent } from './event-store/port.ts';
import { type LedgerEvent, subjectOf } from './ledger-events.ts';
import { decisionFor, removalGateName, standingRemovals } from './policies/gate-removals.ts';
import { createRemovalGate, removalGateDefinition } from './policies/removal-gate.ts';
import { dayOf, dayOfSignal } from './policies/signal-reading.ts';
import { signalsOf, wholePerson } from './policies/signs-of-life.ts';
import type { RejectionCode } from './rejections.ts';
import type { Day } from './time/day.ts';

export interface RemovalCandidate {
  contactId: string;
  placementId: string;
  accountId: string;
  bounce: LedgerEvent;
  /** The newest thing seen of the person up to the day of the bounce; null: never anything. */
  lastSeen: LedgerEvent | null;
  /** Whether the limit of a day is reached, so that it would only be proposed. */
  isOnlyProposed: boolean;
}

/** In the order of the bounces; each placement once, as a removal where any of its bounces leads to one. Reads every signal. */
export async function findRemovalCandidates(app: Application, limit: number): Promise<RemovalCandidate[]> {
  const { database } = app.readModels;
  const found = new Map<string, RemovalCandidate>();
  const foundOn = new Map<Day, number>();
  const gate = createRemovalGate(removalGateDefinition, (day) => foundOn.get(day) ?? 0);
  await app.policies.dryRun(gate, async ({ key, command }, bounce) => {
    if (command.type !== 'RemovePlacement') return;
    const { contactId, placementId } = command;
    const isOnlyProposed = key === 'propose';
    const known = found.get(placementId);
    if (known && (isOnlyProposed || !known.isOnlyProposed)) return;
    // What was decided for a bounce once is not decided again.
    if (decisionFor(bounce, await app.store.read(`contact-${contactId}`))) return;
    const placement = findContact(database, contactId)?.placements.find(({ id }) => id === placementId);
    if (!placement) return;
    const day = dayOf(bounce, app.timeZone);
    if (!isOnlyProposed) foundOn.set(day, (foundOn.get(day) ?? 0) + 1);
    if (!known && found.size >= limit) return;
    const { accountId } = placement;
    const lastSeen = await lastSeenBefore(app, bounce);
    found.set(placementId, { contactId, placementId, accountId, bounce, lastSeen, isOnlyProposed });
  });
  return [...found.values()];
}

/** By the day of which it is, under whichever id of the person it was told. */
async function lastSeenBefore(
  { policies: { world }, sealing }: Application,
  bounce: LedgerEvent,
): Promise<LedgerEvent | null> {
  const bouncedOn = dayOf(bounce, world.timeZone);
  const signals = await signalsOf(await wholePerson(subjectOf(bounce.stream), world), world);
  const [last] = signals
    .filter(({ type }) => type !== 'Bounced' && type !== 'SignalsErased')
    .map((signal) => ({ signal, day: dayOfSignal(signal, world.timeZone) }))
    .filter(({ day }) => day <= bouncedOn)
    .sort((a, b) => b.day - a.day || b.signal.position - a.signal.position);
  const [opened] = last ? await sealing.open([last.signal]) : [];
  return opened ?? null;
}

export interface UndoneRun {
  undone: number;
  /** Refused, by code. */
  refused: { contactId: string; code: RejectionCode }[];
}

const pageSize = 500;

/** Takes back each removal that the gate made or proposed for the bounces of a day and that stands or may still be accepted. */
export async function undoRemovals(
  app: Application,
  { day, reasonCode, actor, source }: { day: Day; reasonCode: string; actor: Actor; source: string },
): Promise<UndoneRun> {
  const run: UndoneRun = { undone: 0, refused: [] };
  const filter = { policy: removalGateName, effective: { from: day, before: day + 1 } };
  let page = await readTrail(app, filter, { limit: pageSize, newestFirst: false });
  for (;;) {
    for (const event of page.events) {
      const result = await takeBack(app, event, { actor, source, reasonCode });
      if (result === 'undone') run.undone += 1;
      else if (result) run.refused.push({ contactId: subjectOf(event.stream), code: result });
    }
    if (!page.next) return run;
    page = await readTrail(app, filter, { limit: pageSize, newestFirst: false, after: page.next });
  }
}

/** Undefined where nothing of it stands. */
async function takeBack(
  { store, readModels, ledger }: Application,
  { id, stream }: StoredEvent,
  by: { actor: Actor; source: string; reasonCode: string },
): Promise<'undone' | RejectionCode | undefined> {
  const belief = await readModels.beliefs.contact(subjectOf(stream));
  const standing = standingRemovals(await store.read(stream), belief).find(
    ({ decision }) => decision.id === id,
  );
  if (!standing) return undefined;
  for (const { command } of standing.takeBack) {
    const context = { ...by, by: 'person', causationId: id } as const;
    const result = await ledger.execute(command, context);
    if (!result.ok) return result.rejected;
  }
  return 'undone';
}
