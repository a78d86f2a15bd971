// contact-ledger graphql: what the API can, from the command line.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerTo, hasRejection } from '../../src/cli/graphql.ts';
import { runProgram } from '../../src/cli/program.ts';
import { createPolicies } from '../../src/policies/index.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, job } from '../support/ids.ts';

let app: TestApplication;
const answer = (text: string, variables = {}) => answerTo(app, 'csm-1', text, variables);

beforeAll(async () => {
  app = await openTestApplication({ accessLog: 'history', policies: createPolicies() });
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme', relationship: 'customer' });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
  await tell(app, {
    type: 'StartPlacement',
    contactId: ann,
    placementId: job,
    accountId: acme,
    contactType: 'champion',
  });
});
afterAll(() => app.close());

it('answers a query with its variables, and records who looked', async () => {
  const text = 'query ($id: ID!) { contact(id: $id) { name history { edges { node { type } } } } }';
  expect(await answer(text, { id: ann })).toMatchObject({ data: { contact: { name: 'Ann' } } });
  await app.readModels.applied(await app.store.head());
  expect(await answer(`{ accessLog(subjectId: "${ann}") { edges { node { actor } } } }`)).toMatchObject({
    data: { accessLog: { edges: [{ node: { actor: 'csm-1' } }] } },
  });
});

it('changes what a mutation says, and what follows by a rule follows at once', async () => {
  const end = `mutation { endPlacement(input: { contactId: "${ann}", placementId: "${job}" }) { rejection { code } } }`;
  expect(await answer(end)).toEqual({ data: { endPlacement: { rejection: null } } });
  const board = '{ turnovers(filter: { open: true }) { edges { node { account { name } stage } } } }';
  expect(await answer(board)).toMatchObject({
    data: { turnovers: { edges: [{ node: { account: { name: 'Acme' } } }] } },
  });
});

it('tells a change that was refused, also among many, from one that was made', async () => {
  const start = (accountId: string) =>
    `mutation { again: startPlacement(input: { contactId: "${ann}", accountId: "${accountId}" }) { rejection { code } } }`;
  expect(hasRejection((await answer(start(acme))).data)).toBe(false);
  expect(hasRejection((await answer(start(ann))).data)).toBe(true);
  expect(
    hasRejection({ executeCommands: { results: [{ rejection: null }, { rejection: { code: 'X' } }] } }),
  ).toBe(true);
});

it.each([
  ['text that is no GraphQL', '{ contacts(', 'Syntax Error'],
  ['a field that there is not', '{ nobody }', 'Cannot query field'],
  ['a subscription', 'subscription { changes { type } }', 'needs a server'],
  ['a page of none', '{ contacts(first: 0) { edges { node { id } } } }', '1 to 500'],
])('says what is wrong with %s', async (_, text, message) => {
  const { errors } = await answer(text);
  expect(errors).toMatchObject([{ message: expect.stringContaining(message) }]);
});

it.each(['{', '[]', 'null', '7'])('takes no %s for variables', async (variables) => {
  expect(await runProgram(['graphql', '{ __typename }', '--variables', variables])).toBe(2);
});
