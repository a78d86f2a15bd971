// What an export holds: all of a ledger, or all that belongs to one contact or one account.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAccount } from '../projections/accounts.ts';
import { findContact } from '../projections/contacts.ts';
import { type ExportScope, exportLines } from '../src/export.ts';
import type { ExportedEvent } from '../src/ingest/exported-events.ts';
import { openTestApplication, type TestApplication, tell } from './support/app-in-memory.ts';
import { tellDemo } from './support/demo-ledger.ts';
import { importLines } from './support/feed-in-memory.ts';
import { acme, ann, bob, cleo, globex, initech, job, nextJob } from './support/ids.ts';

let app: TestApplication;
beforeAll(async () => {
  app = await openTestApplication();
  for (const [accountId, name] of [
    [acme, 'Acme'],
    [globex, 'Globex'],
    [initech, 'Initech'],
  ] as const)
    await tell(app, { type: 'RegisterAccount', accountId, name });
  for (const [contactId, name] of [
    [ann, 'Ann Archer'],
    [bob, 'Bob Baker'],
    [cleo, 'Cleo Clark'],
  ] as const)
    await tell(app, { type: 'RegisterContact', contactId, name, email: `${contactId}@acme.example` });
  await tell(app, { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme });
  await tell(app, {
    type: 'MovePlacement',
    contactId: ann,
    placementId: job,
    newPlacementId: nextJob,
    accountId: globex,
  });
  await tell(app, { type: 'RecordBounce', contactId: ann, kind: 'hard', address: `${ann}@acme.example` });
  await tell(app, { type: 'RecordActivity', contactId: cleo, activity: 'call' });
  await tell(app, { type: 'MergeContacts', contactId: cleo, intoId: bob });
  await tell(app, { type: 'MergeContacts', contactId: bob, intoId: ann });
});
afterAll(() => app.close());

async function exported(from: TestApplication, scope: ExportScope): Promise<ExportedEvent[]> {
  const lines: ExportedEvent[] = [];
  for await (const page of exportLines(from, scope)) lines.push(...page.map((line) => JSON.parse(line)));
  return lines;
}
const streams = (lines: ExportedEvent[]) => [...new Set(lines.map(({ stream }) => stream))].sort();

describe('an export', () => {
  test('of everything holds every event in the order of the log', async () => {
    const lines = await exported(app, 'all');
    expect(lines.map(({ position }) => position)).toEqual(lines.map((_, index) => index + 1));
    expect(lines).toHaveLength(await app.store.head());
    expect(lines[3]).toEqual({
      source: `ledger:${app.ledgerId}`,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'ContactRegistered',
      typeVersion: 1,
      stream: `contact-${ann}`,
      streamVersion: 1,
      position: 4,
      learnedAt: '2027-01-01T12:00:00.000Z',
      recordedAt: '2027-01-01T12:00:00.000Z',
      actor: { id: 'user-1', kind: 'person' },
      origin: 'test',
      commandId: expect.any(String),
      requestDigest: expect.any(String),
      data: { emailId: expect.any(String) },
      personal: { name: 'Ann Archer', email: `${ann}@acme.example` },
    });
  });

  test('of one contact holds its signals and all who were merged into it, however indirectly', async () => {
    expect(streams(await exported(app, { contactId: ann }))).toEqual(
      [`contact-${ann}`, `contact-${bob}`, `contact-${cleo}`, `signals-${ann}`, `signals-${cleo}`].sort(),
    );
    expect(streams(await exported(app, { contactId: cleo }))).toEqual([`contact-${cleo}`, `signals-${cleo}`]);
  });

  test('of one account holds the contacts that ever were in it', async () => {
    const contacts = streams(await exported(app, { contactId: ann }));
    expect(streams(await exported(app, { accountId: acme }))).toEqual(
      [`account-${acme}`, ...contacts].sort(),
    );
    expect(streams(await exported(app, { accountId: initech }))).toEqual([`account-${initech}`]);
  });

  test('is in the order of the log also where it takes only a part of it', async () => {
    const positions = (await exported(app, { accountId: globex })).map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  });

  test('of a part gives the same contact and the same account in an empty ledger', async () => {
    const other = await openTestApplication();
    const lines = await exported(app, { accountId: acme });
    const { refusals } = await importLines(other, lines);
    expect(refusals).toEqual([]);
    const withoutPosition = (key: string, value: unknown) => (key === 'position' ? 0 : value);
    const essence = (belief: unknown) => JSON.parse(JSON.stringify(belief, withoutPosition));
    for (const id of [ann, bob, cleo])
      expect(essence(findContact(other.readModels.database, id))).toEqual(
        essence(findContact(app.readModels.database, id)),
      );
    expect(findAccount(other.readModels.database, acme)).toEqual(findAccount(app.readModels.database, acme));
    const again = await importLines(other, lines);
    expect(again.summary).toMatchObject({ accepted: 0, repeated: lines.length });
    await other.close();
  });

  test('of all accounts and contacts one by one misses none of the events that a whole export has', async () => {
    const demo = await openTestApplication();
    await tellDemo(demo, { seed: 8, accounts: 10, months: 12 });
    const all = await exported(demo, 'all');
    const accounts = streams(all).filter((stream) => stream.startsWith('account-'));
    const found = new Set<string>();
    for (const stream of accounts)
      for (const { id } of await exported(demo, { accountId: stream.slice('account-'.length) }))
        found.add(id);
    // Whoever never was in any account is in no account's export.
    const placed = new Set(all.filter(({ type }) => type === 'PlacementStarted').map(({ stream }) => stream));
    const expected = all.filter(({ stream }) => !stream.startsWith('contact-') || placed.has(stream));
    expect(expected.filter(({ id, stream }) => !stream.startsWith('signals-') && !found.has(id))).toEqual([]);
    await demo.close();
  });
});
