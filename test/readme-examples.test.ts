// The README's first query and first changes, carried out as they stand there, one after the other.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { answer, openTestApplication } from './support/app-in-memory.ts';
import { at } from './support/ids.ts';

const [query, changes] = [...readFileSync('README.md', 'utf8').matchAll(/```graphql\n([\s\S]*?)```/g)].map(
  (match) => match[1]!,
);
// As somebody copies them: one operation at a time.
const [register, hire, leave] = changes!.split(/\n(?=mutation )/);

interface Answered {
  rejection: unknown;
  contact: { id: string; name: string; placements: { id: string }[] } | null;
}

it('the README registers, hires, lets go and shows who was there on a day, as known then', async () => {
  const app = await openTestApplication({ nowMs: at('2026-03-20T12:00:00Z') });
  const { registerAccount, registerContact } = await answer<{
    registerAccount: { account: { id: string }; rejection: unknown };
    registerContact: Answered;
  }>(app, register!);
  expect([registerAccount.rejection, registerContact.rejection]).toEqual([null, null]);
  const [account, contact] = [registerAccount.account.id, registerContact.contact!.id];
  const { startPlacement } = await answer<{ startPlacement: Answered }>(app, hire!, { contact, account });
  expect(startPlacement.rejection).toBeNull();
  const placement = startPlacement.contact!.placements[0]!.id;
  const present = async () =>
    (
      await answer<{ account: { name: string; contacts: { totalCount: unknown; edges: object[] } } }>(
        app,
        query!,
        { account },
      )
    ).account.contacts;
  app.clock.set(at('2026-04-10T12:00:00Z'));
  expect(await present()).toMatchObject({
    totalCount: { value: 1, exact: true },
    edges: [
      { node: { title: 'Head of Operations', certainty: 'CERTAIN', contact: { name: 'Ada Example' } } },
    ],
  });
  const { endPlacement } = await answer<{ endPlacement: Answered }>(app, leave!, { contact, placement });
  expect(endPlacement).toMatchObject({ rejection: null, contact: { name: 'Ada Example' } });
  // What was learned in April changes nothing of what was known in March.
  expect(await present()).toMatchObject({ totalCount: { value: 1 } });
  await app.close();
});
