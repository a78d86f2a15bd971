// A merge before it is made: what each contact has, from whom and how fresh, what would be chosen, and that merging so does it.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { answer, openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, at, bob, eventIdOf, globex, job, nextJob } from '../support/ids.ts';
import { change } from './mutate.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  for (const accountId of [acme, globex])
    await tell(app, { type: 'RegisterAccount', accountId, name: accountId }, { learnedOn: '2020-01-01' });
  await tell(
    app,
    { type: 'RegisterContact', contactId: ann, name: 'Ann Archer', email: 'ann@acme.example', owner: 'olga' },
    { learnedOn: '2020-01-01', source: 'crm' },
  );
  await tell(
    app,
    { type: 'RegisterContact', contactId: bob, name: 'A. Archer', email: 'ANN@acme.example', phone: '+1 2' },
    { learnedOn: '2021-01-01', source: 'web' },
  );
  for (const [contactId, placementId, accountId] of [
    [ann, job, acme],
    [bob, nextJob, globex],
  ] as const)
    await tell(
      app,
      { type: 'StartPlacement', contactId, placementId, accountId, title: 'CEO' },
      { learnedOn: '2021-02-01' },
    );
});
afterEach(() => app.close());

interface Preview {
  carried: string[];
  choices: string[];
  values: object[];
  facts: { kind: string; factId: string }[];
}
async function preview(loser = bob, survivor = ann): Promise<Preview> {
  const query = `{ mergePreview(contactId: "${loser}", intoId: "${survivor}") { carried choices
    values { field takesLosers why loser { value sources confirmedAt } survivor { value sources } }
    facts { factId kind isCarried why value { value sources } } } }`;
  return (await answer<{ mergePreview: Preview }>(app, query)).mergePreview;
}

it('proposes the value that was confirmed last, with the sources of each', async () => {
  const { values, choices } = await preview();
  expect(values).toMatchObject([
    {
      field: 'NAME',
      takesLosers: true,
      why: 'FRESHER',
      loser: { value: 'A. Archer', sources: ['web'], confirmedAt: '2021-01-01T12:00:00.000Z' },
      survivor: { value: 'Ann Archer', sources: ['crm'] },
    },
    { field: 'LOCATION', takesLosers: false, why: 'SAME' },
    { field: 'OWNER', takesLosers: false, why: 'ONLY_ONE', survivor: { value: 'olga' } },
  ]);
  expect(choices).toEqual(['NAME']);
  await tell(
    app,
    { type: 'RegisterContact', contactId: ann, name: 'Ann Archer' },
    { by: 'feed', source: 'statehouse' },
  );
  expect((await preview()).values[0]).toMatchObject({
    takesLosers: false,
    why: 'FRESHER',
    survivor: { sources: ['crm', 'statehouse'] },
  });
});

it('carries the facts that the survivor has not', async () => {
  const { facts, carried } = await preview();
  expect(facts).toMatchObject([
    { kind: 'EMAIL', isCarried: false, why: 'HAS_ITS_OWN' },
    { kind: 'PHONE', isCarried: true, why: 'NEW_TO_SURVIVOR', value: { value: '+1 2', sources: ['web'] } },
    { kind: 'PLACEMENT', factId: nextJob, isCarried: true, why: 'NEW_TO_SURVIVOR' },
  ]);
  expect(carried).toEqual([facts[1]!.factId, nextJob]);
});

it('is what mergeContacts then makes, and can be overridden', async () => {
  const { carried, choices } = await preview();
  const fields = 'id name phones { number } placements { id }';
  await change(app, 'mergeContacts', { contactId: bob, intoId: ann, carried, choices });
  expect(await answer(app, `{ contact(id: "${bob}") { ${fields} } }`)).toEqual({
    contact: {
      id: ann,
      name: 'A. Archer',
      phones: [{ number: '+1 2' }],
      placements: [{ id: job }, { id: nextJob }],
    },
  });
  await change(app, 'unmergeContacts', { contactId: bob });
  await change(app, 'mergeContacts', { contactId: bob, intoId: ann, carried: [], choices: [] });
  expect(await answer(app, `{ contact(id: "${bob}") { ${fields} } }`)).toEqual({
    contact: { id: ann, name: 'Ann Archer', phones: [], placements: [{ id: job }] },
  });
});

it('is null where one of them is not known', async () => {
  expect(await preview(bob, eventIdOf(1))).toBeNull();
});
