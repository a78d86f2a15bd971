// What a thousand subscribers cost the built server: memory, idle time of the processor, and a burst of changes (Linux only).
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { ask, newKey, start, urlOf } from './rows/ledger.ts';
import { scratch } from './rows/store.ts';

const subscribers = 1_000;
const idleMs = 20_000;
/** `all`: each gets every change; otherwise each follows a contact of its own. */
const isUnfiltered = process.argv[2] === 'all';
const burst = isUnfiltered ? 100 : 1_000;

const contactIdOf = (n: number) => `c0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const ticksPerSecond = 100;

const folder = scratch();
Object.assign(process.env, {
  CONTACT_LEDGER_STREAMS_PER_CLIENT_MAX: '5000',
  CONTACT_LEDGER_LOG_LEVEL: 'warn',
});
const running = start(['serve', '--json', '--data', folder.file('data'), '--port', '0'], newKey());
const url = await urlOf(running);
const { pid } = running.child;
const residentMib = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1_024;
function processorS(): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function carryOut(commands: readonly object[]): Promise<void> {
  const mutation =
    'mutation ($commands: [CommandInput!]!) { executeCommands(commands: $commands) { position } }';
  for (let n = 0; n < commands.length; n += 100)
    await ask(`${url}/graphql`, mutation, { commands: commands.slice(n, n + 100) });
}
const contacts = Array.from({ length: subscribers }, (_, n) => contactIdOf(n));
const rename = (word: string) =>
  carryOut(
    contacts.slice(0, burst).map((contactId) => ({ changeContactName: { contactId, name: `${word} name` } })),
  );

await carryOut(contacts.map((contactId) => ({ registerContact: { contactId, name: 'A name' } })));
await wait(2_000);
const alone = residentMib();

let delivered = 0;
const sockets: WebSocket[] = [];
for (const contactId of contacts) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  sockets.push(socket);
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const filter = isUnfiltered ? '' : `(filter: { contactIds: ["${contactId}"] })`;
  const query = `subscription { changes${filter} { position type subjectId } }`;
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  socket.on('message', () => {
    delivered += 1;
  });
}
await wait(3_000);
const beside = residentMib() - alone;
const idleFromS = processorS();
await wait(idleMs);
const idleS = processorS() - idleFromS;

const wanted = isUnfiltered ? subscribers * burst : burst;
const [busyFromS, startedMs] = [processorS(), performance.now()];
await rename('Another');
while (delivered < wanted) await wait(20);
const [busyS, tookMs] = [processorS() - busyFromS, performance.now() - startedMs];

for (const socket of sockets) socket.terminate();
await wait(2_000);
const withoutFromS = processorS();
await rename('A third');
const withoutS = processorS() - withoutFromS;
running.child.kill('SIGTERM');
await running.ended;
folder.remove();

process.stdout.write(
  `${subscribers} idle subscribers: ${beside.toFixed(0)} MiB beside ${alone.toFixed(0)} MiB, ` +
    `${((idleS / idleMs) * 100_000).toFixed(1)} % of a processor\n` +
    `${burst} changes, ${delivered} deliveries: ${(tookMs / 1_000).toFixed(1)} s, ${busyS.toFixed(2)} s of processor; ` +
    `the changes alone ${withoutS.toFixed(2)} s\n`,
);
