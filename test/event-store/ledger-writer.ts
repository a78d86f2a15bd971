// A process of its own that appends to a ledger until it is killed, and tells each acknowledged batch on its output.
import { flushCompileCache } from 'node:module';
import { openSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { ids, newEvents } from './event-builder.ts';

flushCompileCache();
const [path = '', writers = '8'] = process.argv.slice(2);
const store = openSqliteEventStore({ path, clock: { nowMs: () => Date.now() } });

/** Appends batches of three to one stream after another; the output is told before the next batch is begun. */
async function write(): Promise<never> {
  for (;;) {
    const stream = `contact-${crypto.randomUUID()}`;
    for (let version = 0; version < 30; version += 3) {
      const events = newEvents(3);
      const result = await store.append(stream, version, events);
      if (!result.ok) throw new Error(`${stream} is at ${result.version}, not at ${version}.`);
      process.stdout.write(`${JSON.stringify({ position: result.position, stream, ids: ids(events) })}\n`);
    }
  }
}

await Promise.all(Array.from({ length: Number(writers) }, write));
