// What the removal gate would remove now, with the evidence of each, and the undo of what it did for the bounces of a day.
import { findContact } from '../projections/contacts.ts';
import type { Application } from './application.ts';
import { readTrail } from './audit-trail.ts';
import type { Actor } from './envelope.ts';
import { type LedgerEvent, subjectOf } from './ledger-events.ts';
import { createRemovalGate, removalGateName } from './policies/removal-gate.ts';
import type { RejectionCode } from './rejections.ts';
import type { Day } from './time/day.ts';

export interface RemovalCandidate {
  contactId: string;
  placementId: string;
  accountId: string;
  bounce: LedgerEvent;
  /** The newest thing seen of the contact before the bounce; null: never anything. */
  lastSeen: LedgerEvent | null;
  /** Whether the limit of a day is reached, so that it would only be proposed. */
  isOnlyProposed: boolean;
}

/** In the order of the bounces; each placement once. Reads every signal of the ledger. */
export async function findRemovalCandidates(app: Application, limit: number): Promise<RemovalCandidate[]> {
  const { database } = app.readModels;
  const found = new Map<string, RemovalCandidate>();
  await app.policies.dryRun(createRemovalGate(), async ({ key, command }, bounce) => {
    if (command.type !== 'RemovePlacement' || found.size >= limit) return;
    const { contactId, placementId } = command;
    const placement = findContact(database, contactId)?.placements.find(({ id }) => id === placementId);
    // What has been removed or ended since is nobody's candidate any more.
    if (!placement || placement.removed || placement.ended || placement.withdrawn || found.has(placementId))
      return;
    found.set(placementId, {
      contactId,
      placementId,
      accountId: placement.accountId,
      bounce,
      lastSeen: await lastSeenBefore(app, bounce),
      isOnlyProposed: key === 'propose',
    });
  });
  return [...found.values()];
}

async function lastSeenBefore(
  { store, sealing }: Application,
  bounce: LedgerEvent,
): Promise<LedgerEvent | null> {
  const seen = (await store.read(bounce.stream)).filter(
    ({ position, type }) => position < bounce.position && type !== 'Bounced',
  );
  const [last] = await sealing.open(seen.slice(-1));
  return last ?? null;
}

export interface UndoneRun {
  undone: number;
  /** Refused, by code. */
  refused: { contactId: string; code: RejectionCode }[];
}

const pageSize = 500;

/** Takes back each removal that the gate made for the bounces of a day and that still stands. */
export async function undoRemovals(
  app: Application,
  { day, reasonCode, actor }: { day: Day; reasonCode: string; actor: Actor },
): Promise<UndoneRun> {
  const run: UndoneRun = { undone: 0, refused: [] };
  const filter = {
    policy: removalGateName,
    type: 'PlacementRemoved',
    effective: { from: day, before: day + 1 },
  };
  let page = await readTrail(app, filter, { limit: pageSize, newestFirst: false });
  for (;;) {
    for (const { id, stream } of page.events) {
      const contactId = subjectOf(stream);
      const result = await app.ledger.execute(
        { type: 'UndoContactChange', contactId, eventId: id },
        { actor, source: 'api', by: 'person', reasonCode, causationId: id },
      );
      if (!result.ok) run.refused.push({ contactId, code: result.rejected });
      else if (result.eventIds.length > 0) run.undone += 1;
    }
    if (!page.next) return run;
    page = await readTrail(app, filter, { limit: pageSize, newestFirst: false, after: page.next });
  }
}
