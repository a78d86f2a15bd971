// Undo: whatever happened and whatever is undone, what remains is what would have been, and an undo can be undone.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findContact } from '../projections/contacts.ts';
import { believe } from '../src/contact/belief.ts';
import type { ContactEvent } from '../src/contact/events.ts';
import { answer, openTestApplication, type TestApplication } from './support/app-in-memory.ts';
import { contactIdOf } from './support/ids.ts';
import { carryOutAll, steps } from './support/random-commands.ts';

interface Preview {
  undone: { eventId: string }[];
  conflicts: { eventId: string; subjectId: string }[];
}

async function preview(app: TestApplication, contactId: string, eventId: string): Promise<Preview> {
  const { undoPreview } = await answer<{ undoPreview: Preview }>(
    app,
    `{ undoPreview(subjectId: "${contactId}", eventId: "${eventId}") { undone { eventId } conflicts { eventId subjectId } } }`,
  );
  return undoPreview;
}

async function undo(app: TestApplication, contactId: string, eventId: string, acceptConflicts: boolean) {
  return app.ledger.execute(
    { type: 'UndoContactChange', contactId, eventId, acceptConflicts },
    { actor: { id: 'user-1', kind: 'person' }, source: 'test', by: 'person', reasonCode: 'mistake' },
  );
}

async function eventsOf(app: TestApplication, contactId: string): Promise<ContactEvent[]> {
  return (await app.sealing.open(await app.store.read(`contact-${contactId}`))) as ContactEvent[];
}

test('any undo of any change leaves what would have been without it, and says beforehand which later changes it costs', async () => {
  const seen = { conflicts: 0, undone: 0 };
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(3), fc.nat(1000), async (told, who, pick) => {
      const app = await openTestApplication();
      await carryOutAll(app, told);
      await app.readModels.applied(await app.store.head());
      const contactId = contactIdOf(who);
      const events = await eventsOf(app, contactId);
      const chosen = events[pick % events.length]!;
      const before = app.readModels.database.checksums();
      const { undone, conflicts } = await preview(app, contactId, chosen.id);
      const own = conflicts.filter(({ subjectId }) => subjectId === contactId);
      if (own.length > 0) {
        seen.conflicts += 1;
        expect(await undo(app, contactId, chosen.id, false)).toMatchObject({ rejected: 'UNDO_CONFLICT' });
      }
      const result = await undo(app, contactId, chosen.id, true);
      expect(result).toMatchObject({ ok: true });
      const gone = new Set(undone.map(({ eventId }) => eventId));
      const merges = await app.readModels.beliefs.mergesOf('contact', contactId);
      // Without what is undone: the fold is told nothing of it but a revert that was itself reverted already.
      const after = findContact(app.readModels.database, contactId);
      expect(after).toEqual(believe(withoutUndone(events, gone), {}, merges));
      const { live, rebuilt } = await app.readModels.compareWithRebuilt();
      expect(live).toEqual(rebuilt);
      if (!result.ok || result.eventIds.length === 0) return void (await app.close());
      seen.undone += 1;
      expect(await undo(app, contactId, result.eventIds[0]!, true)).toMatchObject({ ok: true });
      const contacts = (checksums: typeof before) => checksums.filter(({ name }) => name === 'contacts');
      expect(contacts(app.readModels.database.checksums())).toEqual(contacts(before));
      await app.close();
    }),
    { numRuns: 60, endOnFailure: true },
  );
  expect(seen.conflicts).toBeGreaterThan(3);
  expect(seen.undone).toBeGreaterThan(30);
});

/** A contact that was never told what was undone. */
function withoutUndone(events: readonly ContactEvent[], gone: ReadonlySet<string>): ContactEvent[] {
  return events.filter((event) => !gone.has(event.id));
}
