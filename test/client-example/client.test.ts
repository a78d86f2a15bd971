// The example of a typed client: its types are those of the schema, and it works against a running server.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { type Serving, serveApplication } from '../../src/cli/serve-application.ts';
import { readConfig, readServingConfig } from '../../src/config.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, job } from '../support/ids.ts';
import { generateClient, generatedFile } from './generate.ts';
import {
  AccountOnDayDocument,
  ChangeTitleDocument,
  type ChangeTitleMutation,
  FindPeopleDocument,
  WhatChangedDocument,
} from './generated.ts';
import { createLedgerClient, type LedgerClient } from './ledger-client.ts';

it('its types are committed as codegen makes them from the schema', async () => {
  expect(
    readFileSync(generatedFile, 'utf8') === (await generateClient()),
    `${generatedFile} is not up to date: run npx node test/client-example/generate.ts`,
  ).toBe(true);
});

describe('the client', () => {
  let app: TestApplication;
  let server: Serving;
  let client: LedgerClient;
  const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
  beforeAll(async () => {
    app = await openTestApplication();
    const environment = { CONTACT_LEDGER_DATA: folder, CONTACT_LEDGER_PORT: '0' };
    const config = {
      ...readConfig(environment),
      ...readServingConfig(environment),
      logLevel: 'error' as const,
    };
    server = await serveApplication(app, config);
    client = createLedgerClient(`${server.url}/graphql`);
    await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
    await tell(
      app,
      { type: 'RegisterContact', contactId: ann, name: 'Ann Lovelace' },
      { learnedOn: '2020-01-01' },
    );
    await tell(
      app,
      { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme, title: 'Clerk' },
      { effectiveOn: '2020-01-01', learnedOn: '2020-01-01' },
    );
  });
  afterAll(async () => {
    await server.close();
    await app.close();
    rmSync(folder, { recursive: true });
  });

  it('asks who was in an account on a day', async () => {
    const { account } = await client.request(AccountOnDayDocument, { id: acme, asOf: '2020-06-01' });
    const [edge] = account!.contacts.edges;
    expect(edge!.node).toMatchObject({
      title: 'Clerk',
      certainty: 'CERTAIN',
      contact: { name: 'Ann Lovelace' },
    });
    expectTypeOf(edge!.node.title).toEqualTypeOf<string | null>();
    expectTypeOf(edge!.node.certainty).toEqualTypeOf<'CERTAIN' | 'NO' | 'POSSIBLE'>();
  });

  it('finds people, changes a title, and sees what changed', async () => {
    const { search } = await client.request(FindPeopleDocument, { text: 'lovel' });
    const found = search.edges[0]!.node.entity;
    expect(found).toMatchObject({ id: ann, name: 'Ann Lovelace' });
    const { changeTitle } = await client.request(ChangeTitleDocument, {
      input: { contactId: ann, placementId: job, title: 'Director', change: { effectiveOn: '2026-01-01' } },
    });
    expect(changeTitle).toMatchObject({ rejection: null, contact: { placements: [{ title: 'Director' }] } });
    const { contact } = await client.request(WhatChangedDocument, {
      id: ann,
      from: { asOf: '2025-12-31' },
      to: { asOf: '2026-01-01' },
    });
    expect(contact!.changesBetween).toMatchObject([
      { field: 'placement.title', was: 'Clerk', now: 'Director' },
    ]);
  });

  it('is answered a refusal as data, with a code of the closed catalogue', async () => {
    const { changeTitle } = await client.request(ChangeTitleDocument, {
      input: { contactId: acme, placementId: job, title: 'Director' },
    });
    type Code = NonNullable<NonNullable<ChangeTitleMutation['changeTitle']>['rejection']>['code'];
    const code: Code = 'CONTACT_UNKNOWN';
    expect(changeTitle!.rejection!.code).toBe(code);
  });

  it('is thrown a mistake, with its code', async () => {
    await expect(client.request(FindPeopleDocument, { text: '' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });
});
