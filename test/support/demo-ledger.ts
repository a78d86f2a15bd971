// A ledger with a believable customer base in it, told through the same commands as everyone else.
import type { Application } from '../../src/application.ts';
import type { CommandResult } from '../../src/command.ts';
import { generateCustomerBase } from '../../src/demo/customer-base.ts';
import { dayFromIso } from '../../src/time/day.ts';

/** Submits the commands of a base without waiting for each: how an import and the demo drive the ledger. */
export async function tellDemo(
  app: Application,
  { seed = 5, accounts = 20, months = 30, today = '2026-12-31' } = {},
): Promise<CommandResult[]> {
  const todayDay = dayFromIso(today)!;
  const results: CommandResult[] = [];
  let inFlight: Promise<CommandResult>[] = [];
  for (const { command, context } of generateCustomerBase({ seed, accounts, months, todayDay })) {
    inFlight.push((await app.ledger.submit(command, context)).done);
    if (inFlight.length < 256) continue;
    results.push(...(await Promise.all(inFlight)));
    inFlight = [];
  }
  results.push(...(await Promise.all(inFlight)));
  await app.readModels.applied(await app.store.head());
  return results;
}
