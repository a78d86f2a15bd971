// Reading what is believed of a contact from the log: what was merged and unmerged again costs little.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createBeliefs, streamsOf } from '../src/beliefs.ts';
import { createEventSealing } from '../src/event-sealing.ts';
import { openTestApplication, type TestApplication, tell } from './support/app-in-memory.ts';

const people = 6;
const idOf = (number: number) => `00000000-0000-8000-8000-00000000000${number}`;
const everybody = Array.from({ length: people }, (_, index) => idOf(index + 1));

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
  for (const contactId of everybody)
    await tell(app, { type: 'RegisterContact', contactId, name: 'Ada', email: 'ada@example.org' });
});
afterEach(() => app.close());

it('reads each contact that was ever merged in once, however often they were merged and unmerged', async () => {
  let reads = 0;
  const store = {
    ...app.store,
    read(stream: string) {
      reads += 1;
      return app.store.read(stream);
    },
  };
  for (const contactId of everybody.slice(0, 3))
    for (const intoId of everybody.slice(0, 3)) {
      if (intoId === contactId) continue;
      await tell(app, { type: 'MergeContacts', contactId, intoId });
      await tell(app, { type: 'UnmergeContacts', contactId });
    }
  // One that remembers nothing yet.
  const beliefs = createBeliefs(streamsOf(store, createEventSealing(app.keyStore)), {
    losersOf: (id) => everybody.filter((other) => other !== id),
    cycleOf: () => everybody,
  });
  await beliefs.contact(idOf(1));
  expect(reads).toBe(people);
});

it('follows a chain of merges that hold', async () => {
  await tell(app, { type: 'MergeContacts', contactId: idOf(3), intoId: idOf(2) });
  await tell(app, { type: 'MergeContacts', contactId: idOf(2), intoId: idOf(1) });
  expect((await app.readModels.beliefs.contact(idOf(1)))!.emails).toHaveLength(3);
});
