// A process of its own whose writes fail from some file size on (ulimit -f): says what became of each append and read.
import { EventStoreFailure } from '../../src/event-store/port.ts';
import { openSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { newBox, newEvent } from './event-builder.ts';

const [path = ''] = process.argv.slice(2);
const store = openSqliteEventStore({ path, clock: { nowMs: () => Date.now() } });
const stream = `contact-${crypto.randomUUID()}`;
const acknowledged: string[] = [];
const failures: string[] = [];

while (failures.length < 3 && acknowledged.length < 1_000) {
  const event = newEvent({ boxes: [newBox(new Uint8Array(20_000))] });
  try {
    await store.append(stream, acknowledged.length, [event]);
    acknowledged.push(event.id);
  } catch (error) {
    failures.push(error instanceof EventStoreFailure ? error.code : String(error));
  }
}
const read = (await store.read(stream)).map((event) => event.id);
const [version, head] = [await store.version(stream), await store.head()];
process.stdout.write(`${JSON.stringify({ stream, acknowledged, failures, read, version, head })}\n`);
