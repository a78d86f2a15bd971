// What is asked about a position is what was answered when the ledger ended there, whatever was told since.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answer, openTestApplication } from '../support/app-in-memory.ts';
import { accountIdOf, at, contactIdOf } from '../support/ids.ts';
import { carryOutAll, steps } from '../support/random-commands.ts';

const placement =
  'id account { id } startsOn endsOn certainty isEnded title ending { eventId } removal { eventId }';
const contact = `id requestedId name status owner emails { id address } phones { id number } attributes { id value }
  consents { id consent } mergedContacts { id } proposals { id state } placements { ${placement} }`;
const account = `id requestedId name segment domains team { role member } parent { id } mergedAccounts { id } renewals { id }
  contacts(certainty: POSSIBLE) { edges { node { ${placement} contact { id } } } }`;
const successions = `edges { node { post { id } departed { placement { id } endsOn } successor { placement { id } }
  gap { minDays maxDays } } }`;

/** All that is asked about four contacts and four accounts. */
function queryAt(position?: number): string {
  const point = position === undefined ? '' : `, atPosition: ${position}`;
  return `{ ${[0, 1, 2, 3]
    .map(
      (n) => `c${n}: contact(id: "${contactIdOf(n)}"${point}) { ${contact} }
        a${n}: account(id: "${accountIdOf(n)}"${point}) { ${account} }
        s${n}: successions(accountId: "${accountIdOf(n)}", first: 100${point}) { ${successions} }`,
    )
    .join('\n')} }`;
}

it('answers at a position are those of the ledger that ended there', async () => {
  await fc.assert(
    fc.asyncProperty(steps, steps, async (told, toldSince) => {
      const app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z'), compares: false });
      try {
        await carryOutAll(app, told);
        const position = await app.store.head();
        await app.readModels.applied(position);
        const then = await answer(app, queryAt());
        await carryOutAll(app, toldSince);
        await app.readModels.applied(await app.store.head());
        expect(await answer(app, queryAt(position))).toEqual(then);
      } finally {
        await app.close();
      }
    }),
    { numRuns: 15 },
  );
});
