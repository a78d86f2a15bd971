// The states that commands are decided against: what is put aside comes back as it was.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLedgerStates } from '../src/ledger-state.ts';
import { isMergedCategory, noMerges } from '../src/merge.ts';
import { openTestApplication } from './support/app-in-memory.ts';
import { tellDemo } from './support/demo-ledger.ts';
import { carryOutAll, steps } from './support/random-commands.ts';

test('a state that a thousand others were asked for after believes and has seen what it did', async () => {
  const app = await openTestApplication();
  for (const told of fc.sample(steps, { numRuns: 10, seed: 5 })) await carryOutAll(app, told);
  await tellDemo(app, { accounts: 10, months: 12 });
  const states = createLedgerStates(app.store, app.sealing, async (category, id) =>
    isMergedCategory(category) ? app.readModels.beliefs.mergesOf(category, id) : noMerges,
  );
  const streams = new Set<string>();
  for await (const page of app.store.readAll(0)) for (const { stream } of page) streams.add(stream);
  const before = new Map<string, object>();
  for (const stream of streams) {
    const { belief, digests } = await states.load(stream);
    before.set(stream, { belief, digests: new Map(digests) });
  }
  for (let other = 0; other < 1_000; other++) await states.load(`contact-${other}`);
  expect(streams.size).toBeGreaterThan(50);
  for (const stream of streams) {
    const { belief, digests } = await states.load(stream);
    const known = before.get(stream) as { belief: object | null };
    // Parsed anew: else it was never put aside.
    if (known.belief) expect(belief).not.toBe(known.belief);
    expect({ belief, digests }).toEqual(known);
  }
  await app.close();
});
