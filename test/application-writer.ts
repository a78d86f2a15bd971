// A process of its own that carries out commands and imports a feed at once until it is killed, and tells what was acknowledged.
import { flushCompileCache } from 'node:module';
import { openApplication } from '../src/application.ts';
import type { Command, CommandContext } from '../src/command.ts';
import { importFeed } from '../src/ingest/import-feed.ts';
import { newId } from '../src/personal-data/derive-id.ts';
import { systemClock } from '../src/time/clock.ts';

flushCompileCache();
const [dataDirectory = '', feedFrom = '0'] = process.argv.slice(2);
const app = await openApplication({
  dataDirectory,
  masterKey: Buffer.alloc(32, 1),
  clock: systemClock,
  timeZone: 'UTC',
  create: true,
  onFault(fault) {
    throw fault;
  },
});
const context: CommandContext = { actor: { id: 'user-1', kind: 'person' }, source: 'test', by: 'person' };

async function tell(command: Command): Promise<void> {
  const result = await app.ledger.execute(command, context);
  if (!result.ok) throw new Error(`${command.type}: ${result.rejected}`);
  // The answer is out before the next command is begun.
  process.stdout.write(`${JSON.stringify({ eventIds: result.eventIds, position: result.position })}\n`);
  acknowledged.resolve();
  acknowledged = Promise.withResolvers();
}
let acknowledged = Promise.withResolvers<void>();

/** One contact after the other, each with a placement that moves: two events of one command. */
async function write(): Promise<never> {
  const accountIds = [newId(), newId()];
  for (const accountId of accountIds) await tell({ type: 'RegisterAccount', accountId, name: 'Acme' });
  for (;;) {
    const contactId = newId();
    let placementId = newId();
    await tell({ type: 'RegisterContact', contactId, name: 'Ann Archer', email: 'ann@acme.example' });
    await tell({ type: 'StartPlacement', contactId, placementId, accountId: accountIds[0]! });
    for (const accountId of [accountIds[1]!, accountIds[0]!]) {
      const newPlacementId = newId();
      await tell({ type: 'MovePlacement', contactId, placementId, newPlacementId, accountId });
      placementId = newPlacementId;
    }
  }
}

/** Three lines for each command that is acknowledged; those of one contact are in flight together. */
async function* lines() {
  for (let n = Number(feedFrom); ; n += 3) {
    const claim = (id: number, rest: object) => ({
      number: id + 1,
      text: JSON.stringify({ source: 'crm', id: String(id), contact: `c${n}`, ...rest }),
      bytesRead: 0,
    });
    yield [
      claim(n, { type: 'ContactRegistered', name: `Contact ${n}` }),
      claim(n + 1, { type: 'ContactNameChanged', name: `Person ${n}` }),
      claim(n + 2, { type: 'ContactEmailAdded', email: `${n}@acme.example` }),
    ];
    await acknowledged.promise;
  }
}

await Promise.all([
  ...Array.from({ length: 8 }, write),
  importFeed(app, {
    lines: lines(),
    actor: { id: 'importer', kind: 'integration' },
    onRefusal(refusal) {
      throw new Error(JSON.stringify(refusal));
    },
  }),
]);
