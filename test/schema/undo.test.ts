// Undo: removals, restores, moves and merges taken back whole, for a reason, and what a preview says of it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, at, bob, cleo, contactIdOf, eventIdOf, globex, job, nextJob } from '../support/ids.ts';
import { change, refusal } from './mutate.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  for (const accountId of [acme, globex])
    await tell(app, { type: 'RegisterAccount', accountId, name: accountId }, { learnedOn: '2020-01-01' });
  for (const contactId of [ann, bob])
    await tell(app, { type: 'RegisterContact', contactId, name: contactId }, { learnedOn: '2020-01-01' });
  await tell(
    app,
    { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme, title: 'CEO' },
    { learnedOn: '2020-01-02', effectiveOn: '2020' },
  );
});
afterEach(() => app.close());

const dora = contactIdOf(4);
const because = { change: { reasonCode: 'mistake' } };
const placements = 'placements { id title endsOn removal { reasonCode } }';

async function preview(subjectId: string, eventId: string, fields: string): Promise<unknown> {
  const query = `{ undoPreview(subjectId: "${subjectId}", eventId: "${eventId}") { ${fields} } }`;
  return (await answer(app, query))['undoPreview'];
}

describe('undoing', () => {
  it('a move takes its end and its start back together', async () => {
    const { eventIds } = await tell(
      app,
      { type: 'MovePlacement', contactId: ann, placementId: job, newPlacementId: nextJob, accountId: globex },
      { effectiveOn: '2026-05-01' },
    );
    expect(eventIds).toHaveLength(2);
    const undone = await change(
      app,
      'undoContactChange',
      { contactId: ann, eventId: eventIds[1], ...because },
      placements,
    );
    expect(undone).toEqual({ placements: [{ id: job, title: 'CEO', endsOn: null, removal: null }] });
  });

  it('a removal shows the contact again, and changes made in between survive', async () => {
    const removal = await tell(
      app,
      { type: 'RemovePlacement', contactId: ann, placementId: job },
      { reasonCode: 'hard_bounce' },
    );
    await tell(app, { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'Chair' });
    const [eventId] = removal.eventIds;
    expect(
      await change(app, 'undoContactChange', { contactId: ann, eventId, ...because }, placements),
    ).toEqual({ placements: [{ id: job, title: 'Chair', endsOn: null, removal: null }] });
  });

  it('an undo brings back what it took, and undoing twice changes nothing', async () => {
    const { eventIds } = await tell(app, { type: 'RemoveContact', contactId: ann }, { reasonCode: 'spam' });
    const input = { contactId: ann, eventId: eventIds[0], ...because };
    await change(app, 'undoContactChange', input);
    const head = await app.store.head();
    await change(app, 'undoContactChange', input);
    expect(await app.store.head()).toBe(head);
    const undo = (await app.store.read(`contact-${ann}`)).at(-1)!;
    expect(
      await change(app, 'undoContactChange', { ...input, eventId: undo.id }, 'removal { reasonCode }'),
    ).toEqual({ removal: { reasonCode: 'spam' } });
  });

  it('an undo of an undo can be undone itself, and back again, as often as anybody likes', async () => {
    const named = 'name';
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Butler' });
    const undoLast = async () => {
      const { id } = (await app.store.read(`contact-${ann}`)).at(-1)!;
      const undone = (await preview(ann, id, 'conflicts { type }')) as { conflicts: object[] };
      expect(undone.conflicts).toEqual([]);
      return change(app, 'undoContactChange', { contactId: ann, eventId: id, ...because }, named);
    };
    const first = await answer(app, `{ contact(id: "${ann}") { name } }`);
    const names: unknown[] = [];
    for (let time = 0; time < 4; time++) names.push((await undoLast())['name']);
    expect(first).toEqual({ contact: { name: 'Ann Butler' } });
    expect(names).toEqual([names[0], 'Ann Butler', names[0], 'Ann Butler']);
    expect(names[0]).not.toBe('Ann Butler');
  });

  it('an unmerge after further merges, or the undo of one, parts only those two', async () => {
    for (const [contactId, name] of [
      [cleo, 'Cleo'],
      [dora, 'Dora'],
    ] as const)
      await tell(app, { type: 'RegisterContact', contactId, name });
    const survivors = async () => {
      const found: string[] = [];
      for (const id of [ann, bob, cleo, dora])
        found.push(
          (await answer<{ contact: { id: string } }>(app, `{ contact(id: "${id}") { id } }`)).contact.id,
        );
      return found;
    };
    const merge = (contactId: string, intoId: string) => change(app, 'mergeContacts', { contactId, intoId });
    await merge(bob, ann);
    await merge(cleo, bob);
    await merge(ann, dora);
    expect(await survivors()).toEqual([dora, dora, dora, dora]);
    await change(app, 'unmergeContacts', { contactId: bob });
    expect(await survivors()).toEqual([dora, bob, bob, dora]);
    const unmerge = (await app.store.read(`contact-${bob}`)).at(-1)!.id;
    expect(await refusal(app, 'mergeContacts', { contactId: bob, intoId: cleo })).toMatchObject({
      code: 'MERGE_CYCLE',
    });
    await change(app, 'unmergeContacts', { contactId: cleo });
    await merge(bob, cleo);
    // Bob is merged into Cleo since: to be in Ann again would take that back, which nobody asked for.
    expect(
      await refusal(app, 'undoContactChange', { contactId: bob, eventId: unmerge, ...because }),
    ).toMatchObject({ code: 'UNDO_CONFLICT' });
    expect(await survivors()).toEqual([dora, cleo, cleo, dora]);
  });

  it('a merge gives both their own again', async () => {
    const { eventIds } = await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
    await change(app, 'undoContactChange', { contactId: ann, eventId: eventIds[0], ...because });
    expect(await answer(app, `{ contact(id: "${ann}") { id ${placements} } }`)).toMatchObject({
      contact: { id: ann, placements: [{ id: job }] },
    });
    expect(await answer(app, `{ contact(id: "${bob}") { id ${placements} } }`)).toEqual({
      contact: { id: bob, placements: [] },
    });
  });

  it('a closing opens an account again', async () => {
    const closed = await tell(app, {
      type: 'CloseAccount',
      accountId: acme,
      closing: 'duplicate',
      intoId: globex,
    });
    const input = { accountId: acme, eventId: closed.eventIds[0], ...because };
    expect(await change(app, 'undoAccountChange', input, 'closing { closing }')).toEqual({ closing: null });
  });

  it('is refused without a reason, for what the history does not have, and where later changes would be lost', async () => {
    const start = (await app.store.read(`contact-${ann}`)).at(-1)!.id;
    const refused = (input: object) => refusal(app, 'undoContactChange', { contactId: ann, ...input });
    expect(await refused({ eventId: start })).toMatchObject({
      code: 'REASON_REQUIRED',
      path: 'input.change.reasonCode',
    });
    expect(await refused({ eventId: eventIdOf(9), ...because })).toMatchObject({ code: 'EVENT_UNKNOWN' });
    const title = await tell(app, { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'Chair' });
    const conflict = await refused({ eventId: start, ...because });
    expect(conflict).toMatchObject({ code: 'UNDO_CONFLICT', path: 'input.acceptConflicts' });
    expect(conflict.message).toContain(title.eventIds[0]);
    const accepted = { contactId: ann, eventId: start, acceptConflicts: true, ...because };
    expect(await change(app, 'undoContactChange', accepted, placements)).toEqual({ placements: [] });
  });
});

describe('a preview of an undo', () => {
  it('tells the value of today, also where another one is to begin later', async () => {
    const title = (text: string) =>
      ({ type: 'ChangeTitle', contactId: ann, placementId: job, title: text }) as const;
    await tell(app, title('Head'), { effectiveOn: '2026-02-01' });
    const chair = await tell(app, title('Chair'), { effectiveOn: '2026-06-01' });
    await tell(app, title('Advisor'), { effectiveOn: '2027-06-01' });
    expect(await preview(ann, chair.eventIds[0]!, 'changes { field was now } overtaken { field }')).toEqual({
      changes: [{ field: 'placement.title', was: 'Chair', now: 'Head' }],
      overtaken: [],
    });
  });

  it('tells the value of today, not the first of those that come back', async () => {
    await tell(app, { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'Head' });
    const start = (await app.store.read(`contact-${ann}`)).find(
      ({ type }) => type === 'PlacementStarted',
    )!.id;
    const undo = { type: 'UndoContactChange', contactId: ann, acceptConflicts: true } as const;
    const { eventIds } = await tell(app, { ...undo, eventId: start }, { reasonCode: 'mistake' });
    expect(await preview(ann, eventIds[0]!, 'changes { field now }')).toMatchObject({
      changes: expect.arrayContaining([{ field: 'placement.title', now: 'Head' }]),
    });
  });

  it('lists what would be undone, what would change, and what a later change has said since', async () => {
    const first = await tell(app, { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'Chair' });
    await tell(app, { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'Advisor' });
    expect(
      await preview(ann, first.eventIds[0]!, 'undone { type } changes { now } overtaken { field now }'),
    ).toEqual({
      undone: [{ type: 'TitleChanged' }],
      changes: [],
      overtaken: [{ field: 'placement.title', now: 'Chair' }],
    });
    const removal = await tell(app, { type: 'RemoveContact', contactId: ann }, { reasonCode: 'spam' });
    expect(await preview(ann, removal.eventIds[0]!, 'changes { field was now } overtaken { field }')).toEqual(
      {
        changes: [
          { field: 'removal', was: 'true', now: null },
          { field: 'removal.reasonCode', was: 'spam', now: null },
        ],
        overtaken: [],
      },
    );
  });

  it('lists what the survivor of a merge was told of facts that go back, along a whole chain', async () => {
    const cleo = '00000000-0000-4000-8000-00000000c1e0';
    await tell(app, { type: 'RegisterContact', contactId: cleo, name: 'Cleo' }, { learnedOn: '2020-01-01' });
    const merge = await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: cleo });
    await tell(app, { type: 'ChangeTitle', contactId: cleo, placementId: job, title: 'Chair' });
    expect(await preview(ann, merge.eventIds[0]!, 'conflicts { subjectId type }')).toEqual({
      conflicts: [{ subjectId: cleo, type: 'TitleChanged' }],
    });
  });

  it('is null for what is not there', async () => {
    expect(await preview(ann, eventIdOf(9), 'undone { type }')).toBeNull();
    expect(await preview(eventIdOf(9), eventIdOf(9), 'undone { type }')).toBeNull();
  });
});
