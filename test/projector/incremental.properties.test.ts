// Whatever happens in a ledger, its read models kept up event by event are those that a rebuild gives.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportLines } from '../../src/export.ts';
import { verify } from '../../src/verify.ts';
import { openTestApplication } from '../support/app-in-memory.ts';
import { tellDemo } from '../support/demo-ledger.ts';
import { importLines } from '../support/feed-in-memory.ts';
import { carryOutAll, steps } from '../support/random-commands.ts';

describe('read models kept up event by event', () => {
  test('equal their rebuild after any history, merges, undos and late arrivals included', async () => {
    const counts = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(steps, async (told) => {
        const app = await openTestApplication();
        for (const { ok } of await carryOutAll(app, told)) counts[ok ? 'accepted' : 'refused'] += 1;
        const { live, rebuilt } = await app.readModels.compareWithRebuilt();
        expect(live).toEqual(rebuilt);
        expect((await verify(app)).findings).toEqual([]);
        await app.close();
      }),
      { numRuns: 150, endOnFailure: true },
    );
    expect(counts.accepted).toBeGreaterThan(counts.refused);
  });

  test('are the same where an export of the history is imported', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (told) => {
        const [app, other] = [await openTestApplication(), await openTestApplication()];
        await carryOutAll(app, told);
        const lines: string[] = [];
        for await (const page of exportLines(app, 'all')) lines.push(...page);
        const { refusals } = await importLines(other, lines);
        expect(refusals).toEqual([]);
        await app.readModels.applied(await app.store.head());
        expect(other.readModels.database.checksums()).toEqual(app.readModels.database.checksums());
        await app.close();
        await other.close();
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  test.each([1, 2, 3])('equal their rebuild for a believable customer base (%i)', async (seed) => {
    const app = await openTestApplication();
    const results = await tellDemo(app, { seed });
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    const { live, rebuilt } = await app.readModels.compareWithRebuilt();
    expect(live).toEqual(rebuilt);
    await app.readModels.rebuild();
    expect(app.readModels.database.checksums()).toEqual(live);
    await app.close();
  });
});
