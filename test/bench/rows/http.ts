// Rows about the API over HTTP: the server is a process of its own, the load comes from this one.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { postgresVariable, type Row, type Side, type Size } from '../measure.ts';
import { contactOfTables, demoSchema, openDemoTables, pageOfTables } from './demo-tables.ts';
import { ask, newKey, type Running, start, urlOf, writeFeed } from './ledger.ts';
import { scratch } from './store.ts';

const contactQuery = `query Contact($id: ID!) {
  contact(id: $id) {
    id name email status
    placements { title startsOn endsOn certainty account { id name segment renewalOn } }
    history(first: 20, newestFirst: true) { edges { node { eventId type learnedAt effectiveOn source reasonCode actor { id kind team } } } }
  }
}`;

const pageQuery = `{
  contacts(first: 50, filter: { status: ACTIVE }, orderBy: { field: NAME }) { edges { node { id name email placements { title account { id name segment } } } } }
}`;

interface Demo {
  running: Running;
  url: string;
  folder: string;
  /** A contact with a long history. */
  contactId: string;
  peakMib(): number;
  close(): Promise<void>;
}

async function openDemo({ accounts }: Size): Promise<Demo> {
  const folder = scratch();
  const running = start(
    ['demo', '--data', folder.file('demo'), '--accounts', String(accounts), '--port', '0', '--json'],
    newKey(),
  );
  const url = await urlOf(running);
  const found = await ask<{
    contacts: { edges: { node: { id: string; history: { totalCount: { value: number } } } }[] };
  }>(`${url}/graphql`, '{ contacts(first: 50) { edges { node { id history { totalCount { value } } } } } }');
  const [most] = found.contacts.edges
    .map(({ node }) => node)
    .sort((a, b) => b.history.totalCount.value - a.history.totalCount.value);
  return {
    running,
    url,
    folder: folder.file('demo'),
    contactId: most!.id,
    peakMib: running.peakMib,
    async close() {
      await stop(running);
      folder.remove();
    },
  };
}

/** Another server over the base of a demo, in place of the one that made it. */
async function serveAgain(demo: Demo): Promise<Pick<Demo, 'url' | 'peakMib' | 'close'>> {
  await stop(demo.running);
  const key = readFileSync(join(demo.folder, 'master.key'), 'utf8').trim();
  const running = start(['serve', '--data', demo.folder, '--port', '0'], key);
  return {
    url: await urlOf(running),
    peakMib: running.peakMib,
    async close() {
      await stop(running);
      await demo.close();
    },
  };
}

async function stop(running: Running): Promise<void> {
  running.child.kill('SIGTERM');
  await running.ended;
}

/** Requests a second that a server answers with 200 and no errors, from so many clients. */
async function load(url: string, body: () => object, size: Size, clients: number): Promise<number> {
  const { requests, duration } = await cannonade(url, body, size, clients);
  return requests.total / duration;
}

/** The 99th percentile of the time to an answer, ms. */
async function latency(url: string, body: () => object, size: Size, clients: number): Promise<number> {
  return (await cannonade(url, body, size, clients)).latency.p99;
}

async function cannonade(url: string, body: () => object, { loadS }: Size, clients: number) {
  const { default: autocannon } = (await import(autocannonName)) as unknown as {
    default(options: object): Promise<{
      requests: { total: number };
      latency: { p99: number };
      duration: number;
      non2xx: number;
      errors: number;
      mismatches: number;
    }>;
  };
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const result = await autocannon({
    url,
    connections: clients,
    duration: loadS,
    method: 'POST',
    headers,
    requests: [{ setupRequest: (request: object) => ({ ...request, body: JSON.stringify(body()) }) }],
    verifyBody: (text: string) => !text.includes('"errors"') && !text.includes('"rejection":{'),
  });
  if (result.non2xx + result.errors + result.mismatches > 0)
    throw new Error(`${url} did not answer every request.`);
  return result;
}

interface Peer {
  url: string;
  close(): Promise<void>;
}

/** A server in a process of its own, from `peers/`. */
async function startPeer(name: string, args: readonly string[] = []): Promise<Peer> {
  const child = fork(new URL(`../peers/${name}.ts`, import.meta.url).pathname, args, { silent: true });
  child.stdout!.resume();
  let said = '';
  child.stderr!.on('data', (text) => {
    said = `${said}${text}`.slice(-2_000);
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The peer ${name} ended with ${code} before it served: ${said}`);
  });
  const serving = once(child, 'message') as Promise<[{ port: number }]>;
  const [{ port }] = await Promise.race([serving, ended]);
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    async close() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

type InMemory = 'apollo' | 'mercurius' | 'yoga';

/** A server that gives the same answer from objects in memory. */
async function answering(kind: InMemory, demo: Demo, body: Body): Promise<Peer> {
  const data = await ask(`${demo.url}/graphql`, body.query, body.variables);
  const folder = scratch();
  writeFileSync(folder.file('answer.json'), JSON.stringify(data));
  const peer = await startPeer(kind, [folder.file('answer.json')]);
  return {
    ...peer,
    async close() {
      await peer.close();
      folder.remove();
    },
  };
}

/** PostGraphile on the demo's data. */
async function postgraphile({ url }: Demo): Promise<Peer> {
  const tables = await openDemoTables(`${url}/graphql`, process.env[postgresVariable]!);
  const peer = await startPeer('postgraphile', [process.env[postgresVariable]!, demoSchema]);
  return {
    ...peer,
    async close() {
      await peer.close();
      await tables.drop();
    },
  };
}

interface Body {
  query: string;
  variables?: object;
}

const clients = 32;
// By name, because the program is checked without it.
const autocannonName: string = 'autocannon';

const peers: Record<
  InMemory | 'postgraphile',
  { name: string; needs: string[]; start(demo: Demo, body: Body): Promise<Peer> }
> = {
  apollo: {
    name: 'Apollo standalone on objects in memory',
    needs: [],
    start: (demo, body) => answering('apollo', demo, body),
  },
  mercurius: {
    name: 'mercurius with JIT on objects in memory',
    needs: ['mercurius', 'graphql-jit'],
    start: (demo, body) => answering('mercurius', demo, body),
  },
  yoga: {
    name: 'graphql-yoga on objects in memory',
    needs: ['graphql-yoga'],
    start: (demo, body) => answering('yoga', demo, body),
  },
  postgraphile: {
    name: 'PostGraphile on the same data',
    needs: ['postgraphile', postgresVariable],
    start: postgraphile,
  },
};

interface QueryRow {
  id: string;
  what: string;
  peer: keyof typeof peers;
  target: string;
  query: string;
  /** The same in the words of the peer, where its schema is another. */
  peerQuery?: string;
}

function queryRow({ id, what, peer, target, query, peerQuery = query }: QueryRow): Row {
  const { name, needs, start } = peers[peer];
  return {
    id,
    what,
    unit: 'requests/s',
    target,
    largerIsBetter: true,
    needs: ['autocannon', ...needs],
    async open(size) {
      const demo = await openDemo(size);
      const variables = { id: demo.contactId };
      const other = await start(demo, { query, variables });
      const side = (sideName: string, url: string, text: string): Side => ({
        name: sideName,
        run: () => load(url, () => ({ query: text, variables }), size, clients),
      });
      return {
        own: side('ledger, from its read models', `${demo.url}/graphql`, query),
        other: side(name, other.url, peerQuery),
        async close() {
          await other.close();
          await demo.close();
        },
      };
    },
  };
}

const asOfRow: Row = {
  id: 'as-of',
  what: 'a contact as of a day as known at a moment',
  unit: 'requests/s',
  target: '≥ 0.5',
  largerIsBetter: true,
  needs: ['autocannon'],
  async open(size) {
    const demo = await openDemo(size);
    const fields = '{ id name email status placements { title startsOn endsOn certainty } }';
    const id = demo.contactId;
    const side = (name: string, query: string): Side => ({
      name,
      run: () => load(`${demo.url}/graphql`, () => ({ query, variables: { id } }), size, clients),
    });
    const knownAt = new Date(Date.now() - 3_600_000).toISOString();
    return {
      own: side(
        'as of and as known at',
        `query Then($id: ID!) { contact(id: $id, asOf: "${knownAt.slice(0, 10)}", knownAt: "${knownAt}") ${fields} }`,
      ),
      other: side('the current state', `query Now($id: ID!) { contact(id: $id) ${fields} }`),
      close: demo.close,
    };
  },
};

const mutation =
  'mutation Register($name: String!) { registerContact(input: { name: $name }) { contact { id } position rejection { code } } }';

const mutationRow: Row = {
  id: 'mutation',
  what: 'mutation over HTTP, 64 clients, fsync before the answer',
  unit: 'mutations/s',
  target: '≥ 0.7 and ≥ 3,000/s',
  largerIsBetter: true,
  needs: ['autocannon'],
  async open(size) {
    const demo = await openDemo(size);
    const other = await startPeer('ledger-in-memory');
    let count = 0;
    const body = () => ({ query: mutation, variables: { name: `Bench ${process.pid} ${count++}` } });
    return {
      own: { name: 'ledger', run: () => load(`${demo.url}/graphql`, body, size, 64) },
      other: { name: 'the same, log in memory', run: () => load(other.url, body, size, 64) },
      async close() {
        await other.close();
        await demo.close();
      },
    };
  },
};

/** The server of a ledger that is there, as a user runs it, and the demo's, which has made its base in the same process. */
const memoryRow = (command: 'serve' | 'demo'): Row => ({
  id: `memory-${command}`,
  what: `largest resident memory of a server that ${command === 'demo' ? 'made its base itself and ' : ''}is asked for pages and changed by 32 clients`,
  unit: 'MiB',
  target: '< 400 MB',
  largerIsBetter: false,
  needs: ['autocannon'],
  async open(size) {
    const demo = await openDemo(size);
    const { url, peakMib, close } = command === 'demo' ? demo : await serveAgain(demo);
    let count = 0;
    return {
      own: {
        name: `contact-ledger ${command}`,
        async run() {
          await load(`${url}/graphql`, () => ({ query: pageQuery }), size, clients);
          await load(
            `${url}/graphql`,
            () => ({ query: mutation, variables: { name: `Bench ${process.pid} ${count++}` } }),
            size,
            clients,
          );
          return peakMib();
        },
      },
      close,
    };
  },
});

/** The 99th percentile of the time to an answer, of a ledger and of one ten times its size. */
const growthRow: Row = {
  id: 'growth',
  what: 'contact with account and last 20 events: 99th percentile at ten times the contacts',
  unit: 'ms',
  target: '≥ 0.67',
  largerIsBetter: false,
  needs: ['autocannon'],
  async open(size) {
    const [large, small] = await Promise.all([openFed(size.events), openFed(size.events / 10)]);
    const side = (name: string, { url, contactIds }: Fed): Side => ({
      name,
      run: () => {
        let turn = 0;
        const body = () => ({
          query: contactQuery,
          variables: { id: contactIds[turn++ % contactIds.length] },
        });
        // Few clients: what is asked about is the time of one answer, not how they wait for each other.
        return latency(url, body, size, 2);
      },
    });
    const named = (events: number) => `${Math.round(events / 10).toLocaleString('en')} contacts`;
    return {
      own: side(named(size.events), large),
      other: side(named(size.events / 10), small),
      async close() {
        await large.close();
        await small.close();
      },
    };
  },
};

interface Fed extends Peer {
  /** Of contacts all over the ledger. */
  contactIds: string[];
}

/** A server over a ledger of so many imported lines, some ten of each contact. */
async function openFed(lines: number): Promise<Fed> {
  const folder = scratch();
  const [data, key, feed] = [folder.file('ledger'), newKey(), folder.file('feed.ndjson')];
  await writeFeed(feed, lines);
  await start(['import', feed, '--data', data, '--json'], key).ended;
  const running = start(['serve', '--data', data, '--port', '0'], key);
  const url = `${await urlOf(running)}/graphql`;
  const contactIds: string[] = [];
  for (let initial = 0; initial < 10; initial++) {
    const { contacts } = await ask<{ contacts: { edges: { node: { id: string } }[] } }>(
      url,
      `{ contacts(first: 50, filter: { nameStartsWith: "Person ${initial}" }) { edges { node { id } } } }`,
    );
    contactIds.push(...contacts.edges.map(({ node }) => node.id));
  }
  return {
    url,
    contactIds,
    async close() {
      await stop(running);
      folder.remove();
    },
  };
}

const contact = { what: 'contact with account and last 20 events, 32 clients', query: contactQuery };
const page = { what: 'page of 50 contacts with account, 32 clients', query: pageQuery };

export const httpRows: readonly Row[] = [
  mutationRow,
  queryRow({ ...contact, id: 'query-apollo', peer: 'apollo', target: '≥ 2' }),
  queryRow({ ...contact, id: 'query-mercurius', peer: 'mercurius', target: '≥ 0.5' }),
  queryRow({ ...contact, id: 'query-yoga', peer: 'yoga', target: '–' }),
  queryRow({
    ...contact,
    id: 'query-postgraphile',
    peer: 'postgraphile',
    target: '≥ 2.5',
    peerQuery: contactOfTables,
  }),
  queryRow({ ...page, id: 'page-apollo', peer: 'apollo', target: '–' }),
  queryRow({
    ...page,
    id: 'page-postgraphile',
    peer: 'postgraphile',
    target: '≥ 3',
    peerQuery: pageOfTables,
  }),
  asOfRow,
  growthRow,
  memoryRow('serve'),
  memoryRow('demo'),
];
