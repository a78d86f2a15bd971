// A merge of accounts that is taken back leaves nothing behind, whatever was known before, merges and undos included.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { projections } from '../../projections/index.ts';
import type { Command, CommandResult } from '../../src/command.ts';
import { openTestApplication, type TestApplication, testActor } from '../support/app-in-memory.ts';
import { accountIdOf } from '../support/ids.ts';
import { carryOutAll, steps } from '../support/random-commands.ts';

const ofBeliefs = new Set(projections.filter(({ by }) => by !== 'event').map(({ name }) => name));

/** Checksums of all that is read from beliefs; the log and what lists it only ever grow. */
const believed = ({ readModels }: TestApplication) =>
  readModels.database.checksums().filter(({ name }) => ofBeliefs.has(name));

function execute(app: TestApplication, command: Command): Promise<CommandResult> {
  return app.ledger.execute(command, {
    actor: testActor,
    source: 'test',
    by: 'person',
    reasonCode: 'duplicate',
  });
}
const unmerge = (accountId: string): Command => ({ type: 'UnmergeAccounts', accountId });
const merges = fc.array(fc.record({ loser: fc.nat(3), survivor: fc.nat(3), choices: fc.boolean() }), {
  minLength: 1,
  maxLength: 3,
});

describe('read models are the same to the byte', () => {
  test('after any merges, one into the other too, were taken back in any order, by unmerge or undo', async () => {
    let merged = 0;
    await fc.assert(
      fc.asyncProperty(
        steps,
        merges,
        fc.boolean(),
        fc.boolean(),
        async (told, asked, undoes, newestFirst) => {
          const app = await openTestApplication();
          await carryOutAll(app, told);
          await app.readModels.applied(await app.store.head());
          const before = believed(app);
          const done: { accountId: string; eventId: string }[] = [];
          for (const { loser, survivor, choices } of asked) {
            const accountId = accountIdOf(loser);
            const result = await execute(app, {
              type: 'MergeAccounts',
              accountId,
              intoId: accountIdOf(survivor),
              ...(choices && { choices: ['name', 'arr', 'segment'] }),
            });
            if (result.ok && result.eventIds.length > 0)
              done.push({ accountId, eventId: result.eventIds[0]! });
          }
          if (done.length > 0) expect(believed(app)).not.toEqual(before);
          merged += done.length;
          for (const { accountId, eventId } of newestFirst ? done.toReversed() : done) {
            const back: Command = undoes
              ? { type: 'UndoAccountChange', accountId, eventId }
              : unmerge(accountId);
            expect(await execute(app, back)).toMatchObject({ ok: true });
          }
          expect(believed(app)).toEqual(before);
          await app.close();
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
    expect(merged).toBeGreaterThan(20);
  });
});
