// contact-ledger find: ids by parts of names, of those who were removed or merged too.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { find, foundLine } from '../../src/cli/find.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, bob, cleo, job } from '../support/ids.ts';

let app: TestApplication;
const lines = async (text: string) => (await find(app, 'auditor-1', text, 20)).map(foundLine);

beforeAll(async () => {
  app = await openTestApplication();
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Quill Works' });
  for (const [contactId, name] of [
    [ann, 'Ann Quill'],
    [bob, 'Anne Quillfeather'],
    [cleo, 'Cleo Quill'],
  ] as const)
    await tell(app, { type: 'RegisterContact', contactId, name });
  await tell(app, {
    type: 'StartPlacement',
    contactId: ann,
    placementId: job,
    accountId: acme,
    title: 'CEO',
  });
  await tell(app, { type: 'MergeContacts', contactId: bob, intoId: ann });
  await tell(app, { type: 'RemoveContact', contactId: cleo }, { reasonCode: 'spam' });
});
afterAll(() => app.close());

it('names contacts with their places, and accounts', async () => {
  expect(await lines('quill')).toEqual([
    `contact  ${ann}  Ann Quill, CEO at Quill Works`,
    `contact  ${cleo}  Cleo Quill (removed)`,
    `account  ${acme}  Quill Works`,
  ]);
});

it('leads from one who was merged to the survivor', async () => {
  expect(await lines('anne quillf')).toEqual([
    `contact  ${ann}  Ann Quill, CEO at Quill Works; found as ${bob}, which was merged into it`,
  ]);
});

it('says in a code what it does not take', async () => {
  expect(await lines('nobody')).toEqual([]);
  await expect(lines('a b c d e f g h i j k l m n o p q r s t u v w x y z')).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
  });
});
