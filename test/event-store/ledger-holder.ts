// A process of its own that opens a ledger, says `open` or the code of the failure, and holds it until it is killed.
import { EventStoreFailure } from '../../src/event-store/port.ts';
import { openSqliteEventStore } from '../../src/event-store/sqlite.ts';

const [path = ''] = process.argv.slice(2);
try {
  openSqliteEventStore({ path, clock: { nowMs: () => Date.now() } });
  process.stdout.write('open\n');
  process.stdin.resume();
} catch (error) {
  if (!(error instanceof EventStoreFailure)) throw error;
  process.stdout.write(`${error.code}\n`);
}
