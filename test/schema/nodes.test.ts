// Anything is read again by its id alone.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
} from '../support/app-in-memory.ts';
import { acme, ann, bob, globex, job } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
  await tell(app, {
    type: 'StartPlacement',
    contactId: ann,
    placementId: job,
    accountId: acme,
    post: 'Champion',
    title: 'Clerk',
  });
});
afterEach(() => app.close());

async function ids(): Promise<string[]> {
  const { contact } = await answer<{
    contact: {
      id: string;
      placements: { id: string; account: { id: string }; post: { id: string } }[];
      history: { edges: { node: { id: string } }[] };
    };
  }>(
    app,
    `{ contact(id: "${ann}") { id placements { id account { id } post { id } } history(newestFirst: false) { edges { node { id } } } } }`,
  );
  const [placement] = contact.placements;
  const entry = contact.history.edges[1]!.node;
  return [contact.id, placement!.account.id, placement!.id, placement!.post.id, entry.id];
}

const fields = `__typename id ... on Contact { name } ... on Account { called: name } ... on Placement { title }
  ... on Post { post: name } ... on HistoryEntry { type changes { field } }`;

describe('node', () => {
  it('answers each kind, with the id that was asked for', async () => {
    const [contact, account, placement, post, entry] = await ids();
    for (const [id, expected] of [
      [contact, { __typename: 'Contact', name: 'Ann' }],
      [account, { __typename: 'Account', called: 'Acme' }],
      [placement, { __typename: 'Placement', title: 'Clerk' }],
      [post, { __typename: 'Post', post: 'Champion' }],
      [entry, { __typename: 'HistoryEntry', type: 'PlacementStarted' }],
    ] as const)
      expect(await answer(app, `query ($id: ID!) { node(id: $id) { ${fields} } }`, { id })).toMatchObject({
        node: { id, ...expected },
      });
  });

  it('answers null for what there is not', async () => {
    const none = [globex, 'no id', '', Buffer.from('HistoryEntry:99').toString('base64url')];
    for (const id of [...none, Buffer.from('HistoryEntry:-1').toString('base64url')])
      expect(await answer(app, 'query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null });
  });

  it('answers a merged contact itself', async () => {
    await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' });
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: ann });
    const query = `{ node(id: "${bob}") { id ... on Contact { name mergedInto { id } } } }`;
    expect(await answer(app, query)).toEqual({ node: { id: bob, name: 'Bob', mergedInto: { id: ann } } });
  });
});

describe('nodes', () => {
  it('answers many in the order asked for', async () => {
    const asked = await ids();
    const found = await answer<{ nodes: ({ id: string } | null)[] }>(
      app,
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids: [...asked, globex, ann] },
    );
    expect(found.nodes.map((node) => node?.id ?? null)).toEqual([...asked, null, ann]);
  });

  it('refuses more than a page', async () => {
    expect(
      await mistakes(app, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array(501).fill(ann) }),
    ).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'ids' }]);
  });
});
