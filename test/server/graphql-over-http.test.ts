// GraphQL over HTTP as its specification has it: the public audits of graphql-http.
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpServer, startHttpServer } from '../../src/server/http-server.ts';
import { localViewer, stubSchema } from './stub-server.ts';

let server: HttpServer;
beforeAll(async () => {
  server = await startHttpServer({
    schema: stubSchema(() => undefined, Promise.resolve()),
    authenticator: { isRequired: () => false, authenticate: async () => localViewer },
    authorise: () => undefined,
    context: () => ({}),
    port: 0,
    log: () => undefined,
  });
});
afterAll(() => server.close());

describe('audits of graphql-http', () => {
  // A GET needs a header that no foreign page can send, as every client of Apollo's sends it.
  const audits = serverAudits({
    url: () => `${server.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init.headers)), 'apollo-require-preflight': '1' },
      }),
  });

  test.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))(
    '%s',
    async (_title, audit) => {
      const result = await audit.fn();
      if (result.status === 'ok') return;
      const { reason } = result;
      expect.unreachable(`${result.status}: ${reason}`);
    },
  );
});
