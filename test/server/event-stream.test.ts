// Live changes as server-sent events: each with its position, so that a browser goes on by itself where it was cut off.
import { describe, expect, onTestFinished, test } from 'vitest';
import { tell } from '../support/app-in-memory.ts';
import { acme, ann, job } from '../support/ids.ts';
import { type ServedApplication, serveTestApplication } from '../support/served-app.ts';

interface ServerSentEvent {
  event: string;
  id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked into at will.
  data: any;
}

async function* eventsOf(response: Response): AsyncGenerator<ServerSentEvent> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2)));
      if (fields.event === undefined) continue;
      yield { ...fields, data: fields.data ? JSON.parse(fields.data) : undefined } as ServerSentEvent;
    }
  }
}

interface Request {
  method?: string;
  headers?: Record<string, string>;
  type?: string;
}

async function open(
  server: ServedApplication,
  query: string,
  { method = 'POST', headers = {}, type }: Request = {},
) {
  const closing = new AbortController();
  onTestFinished(() => closing.abort());
  const isGet = method === 'GET';
  const url = `${server.url}/graphql${isGet ? `?${new URLSearchParams({ query })}` : ''}`;
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'text/event-stream',
      ...(!isGet && { 'content-type': type ?? 'application/json' }),
      ...headers,
    },
    ...(!isGet && { body: JSON.stringify({ query }) }),
    signal: closing.signal,
  });
  return { response, events: eventsOf(response), close: () => closing.abort() };
}

async function take(count: number, events: AsyncGenerator<ServerSentEvent>): Promise<ServerSentEvent[]> {
  const taken: ServerSentEvent[] = [];
  while (taken.length < count) taken.push((await events.next()).value);
  return taken;
}

async function hired(...[options]: Parameters<typeof serveTestApplication>) {
  const server = await serveTestApplication(options);
  await tell(server.app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  await tell(server.app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
  return server;
}

const changes = 'subscription { changes(after: 0) { type } }';

describe('an event stream', () => {
  test.each(['POST', 'GET'])('by %s gives each change with its position as id', async (method) => {
    const server = await hired();
    const { response, events } = await open(server, changes, { method });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await take(2, events)).toEqual([
      { event: 'next', id: '1', data: { data: { changes: { type: 'AccountRegistered' } } } },
      { event: 'next', id: '2', data: { data: { changes: { type: 'ContactRegistered' } } } },
    ]);
    await tell(server.app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Butler' });
    expect((await take(1, events))[0]).toMatchObject({ id: '3' });
  });

  test('goes on after the Last-Event-ID of a browser that connects again', async () => {
    const server = await hired();
    const { events } = await open(server, changes, { method: 'GET', headers: { 'last-event-id': '1' } });
    expect((await take(1, events))[0]).toMatchObject({ id: '2' });
  });

  test('numbers changes of stage like all others, so that a browser goes on after them', async () => {
    const server = await hired();
    const { app } = server;
    await tell(app, {
      type: 'StartPlacement',
      contactId: ann,
      placementId: job,
      accountId: acme,
      contactType: 'champion',
    });
    await tell(app, { type: 'EndPlacement', contactId: ann, placementId: job });
    await app.policies.catchUp();
    const stages = 'subscription { turnoverStageChanged(after: 0) { stage } }';
    const { events } = await open(server, stages);
    const data = { data: { turnoverStageChanged: { stage: 'DETECTED' } } };
    expect(await take(1, events)).toEqual([{ event: 'next', id: '5', data }]);
  });

  test('answers a query and a mutation once, and is complete then', async () => {
    const server = await hired();
    const { events } = await open(server, `{ contact(id: "${ann}") { name } }`);
    expect(await take(2, events)).toEqual([
      { event: 'next', data: { data: { contact: { name: 'Ann' } } } },
      { event: 'complete', data: undefined },
    ]);
    expect((await events.next()).done).toBe(true);
    const mutation = `mutation { changeContactName(input: { contactId: "${ann}", name: "A" }) { position } }`;
    const [answered] = await take(1, (await open(server, mutation)).events);
    expect(answered!.data).toEqual({ data: { changeContactName: { position: 3 } } });
    const [refused] = await take(1, (await open(server, mutation, { method: 'GET' })).events);
    expect(refused!.data.errors[0].extensions.code).toBe('METHOD_NOT_ALLOWED');
    expect(await server.app.store.head()).toBe(3);
  });

  test.each([
    ['that is not GraphQL', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['that does not fit the schema', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['with a wrong argument', 'subscription { changes(after: 99) { type } }', 'BAD_USER_INPUT'],
  ])('tells a mistake in an operation %s, and is complete then', async (_title, query, code) => {
    const { events } = await open(await hired(), query);
    const [mistake, end] = await take(2, events);
    expect(mistake!.data.errors[0].extensions.code).toBe(code);
    expect(end!.event).toBe('complete');
  });

  test('whose client goes away is forgotten', async () => {
    const server = await hired({ limits: { streamsPerClientMax: 1 } });
    const first = await open(server, changes);
    await take(1, first.events);
    const [refused] = await take(1, (await open(server, changes)).events);
    expect(refused!.data.errors[0].extensions.code).toBe('TOO_MANY_STREAMS');
    first.close();
    await expect.poll(async () => (await take(1, (await open(server, changes)).events))[0]!.id).toBe('1');
  });

  test('ends with a code and without completion when the server stops', async () => {
    const server = await hired();
    const { events } = await open(server, changes);
    await take(2, events);
    const stopped = server.close();
    const [last] = await take(1, events);
    expect(last!.data.errors[0].extensions.code).toBe('SERVER_STOPPING');
    expect((await events.next()).done).toBe(true);
    await stopped;
  });
});

describe('an event stream is refused', () => {
  test.each([
    ['to a page of another site', { headers: { origin: 'https://evil.example' } }, 403, 'ORIGIN_NOT_ALLOWED'],
    [
      'to a link of another site',
      { method: 'GET', headers: { 'sec-fetch-site': 'cross-site' } },
      403,
      'ORIGIN_NOT_ALLOWED',
    ],
    ['for a body that a form can post', { type: 'text/plain' }, 415, 'BAD_REQUEST'],
    ['by another method', { method: 'PUT' }, 405, 'METHOD_NOT_ALLOWED'],
  ])('%s', async (_title, request, status, code) => {
    const { response } = await open(await hired(), changes, request);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
  });
});
