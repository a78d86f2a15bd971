// Merges that close a cycle: whatever is merged, undone and reverted, also at the same time, nobody disappears for any reader.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findContact } from '../projections/contacts.ts';
import type { Command, CommandResult } from '../src/command.ts';
import { answer, openTestApplication, type TestApplication, tell } from './support/app-in-memory.ts';
import { ann, at, bob, cleo, contactIdOf, hourMs } from './support/ids.ts';

const people = [1, 2, 3].map(contactIdOf);

const step = fc.record({
  kind: fc.constantFrom(
    'merge',
    'merge',
    'merge',
    'unmerge',
    'unmerge',
    'revert',
    'revert',
    'rename' as const,
  ),
  who: fc.nat(2),
  other: fc.nat(2),
  pick: fc.nat(20),
  carries: fc.boolean(),
  by: fc.constantFrom('person' as const, 'feed' as const),
  learnedHour: fc.option(fc.nat(50), { nil: undefined, freq: 1 }),
  waits: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function commandOf(app: TestApplication, { kind, who, other, pick, carries }: Step): Promise<Command> {
  const contactId = people[who]!;
  if (kind === 'merge')
    return {
      type: 'MergeContacts',
      contactId,
      intoId: people[other]!,
      ...(!carries && { carried: [] }),
      ...(pick % 2 && { choices: ['name'] }),
    };
  if (kind === 'unmerge') return { type: 'UnmergeContacts', contactId };
  if (kind === 'rename') return { type: 'ChangeContactName', contactId, name: `Name ${pick}` };
  // Who was never registered is nobody that could disappear.
  const [first, ...later] = await app.store.read(`contact-${contactId}`);
  if (!later.length) return { type: 'ChangeContactName', contactId, name: first!.id };
  const unmerges = later.filter(({ type }) => type === 'ContactUnmerged');
  const candidates = pick % 4 && unmerges.length ? unmerges : later;
  return { type: 'RevertContactChanges', contactId, eventIds: [candidates[pick % candidates.length]!.id] };
}

const plain = { pick: 1, carries: true, by: 'person', learnedHour: undefined, waits: true } as const;
/** A cycle for sure, whatever chance brings: each is merged into the other, one of them by the revert of an unmerge. */
const closing: Step[] = [
  { ...plain, kind: 'merge', who: 0, other: 1 },
  { ...plain, kind: 'unmerge', who: 0, other: 1 },
  { ...plain, kind: 'merge', who: 1, other: 0 },
  { ...plain, kind: 'revert', who: 0, other: 1 },
];

async function live(app: TestApplication, steps: readonly Step[]): Promise<void> {
  const running: Promise<CommandResult>[] = [];
  for (const told of steps) {
    const carriedOut = app.ledger.execute(await commandOf(app, told), {
      actor: { id: 'user-1', kind: 'person' },
      source: 'test',
      by: told.by,
      ...(told.learnedHour !== undefined && { learnedAtMs: at('2026-01-01') + told.learnedHour * hourMs }),
    });
    running.push(carriedOut);
    if (told.waits) await carriedOut;
  }
  await Promise.all(running);
  await app.readModels.applied(await app.store.head());
}

async function openWithPeople(): Promise<TestApplication> {
  const app = await openTestApplication();
  for (const contactId of people)
    await tell(
      app,
      { type: 'RegisterContact', contactId, name: contactId, email: 'a@acme.example' },
      { learnedOn: '2025-01-01' },
    );
  return app;
}

/** Where the rows lead; fails where they lead in a circle. */
function survivorOf(app: TestApplication, id: string): string {
  const passed = [id];
  for (;;) {
    const belief = findContact(app.readModels.database, passed.at(-1)!);
    if (!belief) throw new Error(`${passed.at(-1)} is not in the read model`);
    if (!belief.mergedInto) return belief.id;
    expect(passed).not.toContain(belief.mergedInto.contactId);
    passed.push(belief.mergedInto.contactId);
  }
}

describe('after any merges, unmerges and reverts, also at the same time and learned late', () => {
  test('every contact leads to one that lists show, and live rows are those of a rebuild', async () => {
    let cycles = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30, size: 'max' }), async (steps) => {
        const app = await openWithPeople();
        await live(app, steps);
        const { contacts } = await answer<{ contacts: { edges: { node: { id: string } }[] } }>(
          app,
          '{ contacts { edges { node { id } } } }',
        );
        const listed = contacts.edges.map(({ node }) => node.id);
        for (const id of people) {
          expect(listed).toContain(survivorOf(app, id));
          const { contact } = await answer<{ contact: { id: string } }>(
            app,
            `{ contact(id: "${id}") { id } }`,
          );
          expect(contact.id).toBe(survivorOf(app, id));
          // The same belief by the fold at a cut, and by the state that the next command is decided against.
          const head = await app.store.head();
          const folded = await app.readModels.beliefs.contact(id, { atPosition: head });
          expect(folded).toEqual(findContact(app.readModels.database, id));
        }
        for (const id of people)
          cycles += (await app.readModels.beliefs.mergesOf('contact', id)).closingCycles.size > 0 ? 1 : 0;
        const { live: kept, rebuilt } = await app.readModels.compareWithRebuilt();
        expect(kept).toEqual(rebuilt);
        for (const id of people) {
          const isMerged = findContact(app.readModels.database, id)!.mergedInto !== null;
          const changed = await app.ledger.execute(
            { type: 'ChangeContactOwner', contactId: id, owner: 'csm-1' },
            { actor: { id: 'user-1', kind: 'person' }, source: 'test', by: 'person' },
          );
          expect(changed.ok).toBe(!isMerged);
        }
        await app.close();
      }),
      { numRuns: 80, endOnFailure: true, examples: [[closing]] },
    );
    expect(cycles).toBeGreaterThan(0);
  });
});

describe('a cycle that a revert of an unmerge closes', () => {
  async function openCycle(): Promise<{ app: TestApplication; unmerge: string }> {
    const app = await openWithPeople();
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
    const { eventIds } = await tell(app, { type: 'UnmergeContacts', contactId: ann });
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: cleo });
    await tell(app, { type: 'MergeContacts', contactId: cleo, intoId: ann });
    return { app, unmerge: eventIds[0]! };
  }
  const mergedIds = (app: TestApplication) =>
    [ann, bob, cleo].map((id) => findContact(app.readModels.database, id)!.mergedInto?.contactId ?? null);

  test('leaves out the merge that was stored last, and brings it back once the cycle is gone', async () => {
    const { app, unmerge } = await openCycle();
    expect(mergedIds(app)).toEqual([null, cleo, ann]);
    const reverted = await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds: [unmerge] });
    expect(mergedIds(app)).toEqual([bob, cleo, null]);
    await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds: reverted.eventIds });
    expect(mergedIds(app)).toEqual([null, cleo, ann]);
    await app.close();
  });

  test('lets the survivor be changed, and its history tells which merge is void', async () => {
    const { app, unmerge } = await openCycle();
    await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds: [unmerge] });
    await tell(app, { type: 'ChangeContactName', contactId: cleo, name: 'Cleo' });
    const { contact } = await answer<{ contact: { name: string; history: { edges: { node: object }[] } } }>(
      app,
      `{ contact(id: "${ann}") { name history(filter: { types: ["ContactMerged"] }) { edges { node { subjectId isVoid } } } } }`,
    );
    expect(contact.name).toBe('Cleo');
    expect(contact.history.edges.map(({ node }) => node)).toEqual([
      { subjectId: cleo, isVoid: true },
      { subjectId: bob, isVoid: false },
      { subjectId: ann, isVoid: false },
    ]);
    await app.close();
  });
});
