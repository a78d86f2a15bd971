// Rows about the API over HTTP: the server is a process of its own, the load comes from this one.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { Row, Side, Size } from '../measure.ts';
import { ask, newKey, type Running, start, urlOf } from './ledger.ts';
import { scratch } from './store.ts';

const contactQuery = `query Contact($id: ID!) {
  contact(id: $id) {
    id name email status
    placements { title startsOn endsOn certainty account { id name segment renewalOn } }
    history(first: 20, newestFirst: true) { edges { node { eventId type learnedAt effectiveOn source reasonCode actor { id kind team } } } }
  }
}`;

const pageQuery = `{
  contacts(first: 50) { edges { node { id name email placements { title account { id name segment } } } } }
}`;

interface Demo {
  url: string;
  folder: string;
  /** A contact with a long history. */
  contactId: string;
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
    url,
    folder: folder.file('demo'),
    contactId: most!.id,
    async close() {
      await stop(running);
      folder.remove();
    },
  };
}

async function stop(running: Running): Promise<void> {
  running.child.kill('SIGTERM');
  await running.ended;
}

/** Requests a second that a server answers with 200 and no errors, from so many clients. */
async function load(url: string, body: () => object, { loadS }: Size, clients: number): Promise<number> {
  const { default: autocannon } = (await import(autocannonName)) as unknown as {
    default(options: object): Promise<{
      requests: { total: number };
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
  return result.requests.total / result.duration;
}

/** A server that gives the same answer from objects in memory. */
async function peer(kind: 'apollo' | 'mercurius', url: string, body: { query: string; variables?: object }) {
  const data = await ask(`${url}/graphql`, body.query, body.variables);
  const folder = scratch();
  writeFileSync(folder.file('answer.json'), JSON.stringify(data));
  const child = fork(new URL(`../peers/${kind}.ts`, import.meta.url).pathname, [folder.file('answer.json')]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    async close() {
      child.kill();
      await once(child, 'exit');
      folder.remove();
    },
  };
}

const clients = 32;
// By name, because the program is checked without it.
const autocannonName: string = 'autocannon';

function queryRow(
  id: string,
  what: string,
  kind: 'apollo' | 'mercurius',
  target: string,
  query: string,
): Row {
  const name =
    kind === 'apollo' ? 'Apollo standalone on objects in memory' : 'mercurius with JIT on objects in memory';
  return {
    id,
    what,
    unit: 'requests/s',
    target,
    largerIsBetter: true,
    needs: kind === 'apollo' ? ['autocannon'] : ['autocannon', 'mercurius', 'graphql-jit'],
    async open(size) {
      const demo = await openDemo(size);
      const body = { query, variables: { id: demo.contactId } };
      const other = await peer(kind, demo.url, body);
      return {
        own: {
          name: 'ledger, from its read models',
          run: () => load(`${demo.url}/graphql`, () => body, size, clients),
        },
        other: { name, run: () => load(other.url, () => body, size, clients) },
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

const mutationRow: Row = {
  id: 'mutation',
  what: 'mutation over HTTP, 64 clients, fsync before the answer',
  unit: 'mutations/s',
  target: '≥ 3,000/s',
  largerIsBetter: true,
  needs: ['autocannon'],
  async open(size) {
    const demo = await openDemo(size);
    let count = 0;
    const query =
      'mutation Register($name: String!) { registerContact(input: { name: $name }) { contact { id } position rejection { code } } }';
    return {
      own: {
        name: 'ledger',
        run: () =>
          load(
            `${demo.url}/graphql`,
            () => ({ query, variables: { name: `Bench ${process.pid} ${count++}` } }),
            size,
            64,
          ),
      },
      close: demo.close,
    };
  },
};

export const httpRows: readonly Row[] = [
  mutationRow,
  queryRow(
    'query-apollo',
    'contact with account and last 20 events, 32 clients',
    'apollo',
    '≥ 2',
    contactQuery,
  ),
  queryRow('query-mercurius', 'the same', 'mercurius', '≥ 0.5', contactQuery),
  queryRow('page-apollo', 'page of 50 contacts with account, 32 clients', 'apollo', '≥ 2', pageQuery),
  asOfRow,
];
