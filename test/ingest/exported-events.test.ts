// What an export wrote is taken back as the very same events: into an empty ledger, and never over other events.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findContact } from '../../projections/contacts.ts';
import { exportLines } from '../../src/export.ts';
import type { ExportedEvent } from '../../src/ingest/exported-events.ts';
import { createSourceIds } from '../../src/ingest/import-feed.ts';
import { latest } from '../../src/timeline.ts';
import { verify } from '../../src/verify.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { tellDemo } from '../support/demo-ledger.ts';
import { eventsOf, feedOf, importLines } from '../support/feed-in-memory.ts';
import { acme, ann, at, bob, globex, job } from '../support/ids.ts';

async function exportOf(app: TestApplication): Promise<string[]> {
  const lines: string[] = [];
  for await (const page of exportLines(app, 'all')) lines.push(...page);
  return lines;
}
const parse = (lines: string[]) => lines.map((line) => JSON.parse(line) as ExportedEvent);
const checksums = (app: TestApplication) => app.readModels.database.checksums();

describe('the export of a whole ledger', () => {
  let app: TestApplication;
  let other: TestApplication;
  let lines: string[];
  beforeAll(async () => {
    app = await openTestApplication();
    await tellDemo(app);
    await app.policies.catchUp();
    const undated = feedOf([{ type: 'AccountRegistered', account: 'a', name: 'A' }], {});
    await importLines(app, undated);
    lines = await exportOf(app);
    other = await openTestApplication();
  });
  afterAll(async () => {
    await app.close();
    await other.close();
  });

  test('gives the same read models in an empty ledger with another salt and other keys', async () => {
    expect(other.ledgerId).not.toBe(app.ledgerId);
    expect(other.keyStore.salt).not.toEqual(app.keyStore.salt);
    const { summary, refusals } = await importLines(other, lines);
    expect(refusals).toEqual([]);
    expect(summary).toMatchObject({ accepted: lines.length, refused: 0 });
    expect(checksums(other)).toEqual(checksums(app));
  });

  test('holds what policies did already: they do nothing again', async () => {
    const isOfPolicy = ({ policy }: ExportedEvent) => policy?.name === 'turnover';
    expect(parse(lines).filter(isOfPolicy).length).toBeGreaterThan(10);
    expect(await other.policies.catchUp()).toEqual({ done: 0, refused: 0 });
    expect(checksums(other)).toEqual(checksums(app));
  });

  test('is exported again as the same lines, but for when they were stored and which ledger says so', async () => {
    const same = ({ recordedAt: _, source: _source, ...line }: ExportedEvent) => line;
    expect(parse(await exportOf(other)).map(same)).toEqual(parse(lines).map(same));
  });

  test('writes nothing when it is imported a second time', async () => {
    const head = await other.store.head();
    const { summary } = await importLines(other, lines);
    expect(summary).toMatchObject({ accepted: 0, repeated: lines.length, refused: 0, complete: true });
    expect(await other.store.head()).toBe(head);
  });

  test('leaves a ledger that is whole and goes on', async () => {
    expect((await verify(other)).findings).toEqual([]);
    const { id } = parse(lines).find(({ type }) => type === 'ContactRegistered')!;
    const contactId = parse(lines)
      .find((line) => line.id === id)!
      .stream.slice('contact-'.length);
    await tell(other, { type: 'ChangeContactName', contactId, name: 'Another Name' });
    expect(latest(findContact(other.readModels.database, contactId)!.name)).toBe('Another Name');
    expect((await verify(other)).findings).toEqual([]);
  });

  test('knows what its sources call things', async () => {
    const { account } = createSourceIds(other);
    expect(account('crm', 'a')).toBe(createSourceIds(app).account('crm', 'a'));
  });
});

describe('a line of an export', () => {
  let app: TestApplication;
  let other: TestApplication;
  let lines: string[];
  beforeEach(async () => {
    app = await openTestApplication();
    other = await openTestApplication();
    await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
    await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann', email: 'ann@acme.example' });
    await tell(app, { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme });
    lines = await exportOf(app);
  });
  afterEach(async () => {
    await app.close();
    await other.close();
  });

  async function refusalsOf(...taken: string[]): Promise<string[]> {
    const { refusals } = await importLines(other, taken);
    return refusals.map(({ line, code, path }) => `${line} ${code} ${path}`);
  }
  const changed = (index: number, change: (line: ExportedEvent) => unknown) =>
    JSON.stringify(Object.assign(JSON.parse(lines[index]!), change(JSON.parse(lines[index]!))));

  test('is refused where the stream has another event at its place', async () => {
    await tell(other, { type: 'RegisterContact', contactId: ann, name: 'Another Ann' });
    expect(await refusalsOf(...lines)).toEqual([
      '2 STREAM_DIVERGED streamVersion',
      '3 STREAM_DIVERGED streamVersion',
    ]);
  });

  test('is refused where those before it in its stream are missing', async () => {
    expect(await refusalsOf(lines[0]!, lines[2]!)).toEqual(['2 STREAM_DIVERGED streamVersion']);
  });

  test('is refused where the same event was taken with another content', async () => {
    await importLines(other, lines);
    expect(await refusalsOf(changed(1, () => ({ requestDigest: 'other' })))).toEqual([
      '1 STREAM_DIVERGED streamVersion',
    ]);
    expect(await refusalsOf(changed(1, () => ({ streamVersion: 3 })))).toEqual([]);
  });

  test.each<[string, number, (line: ExportedEvent) => object, string]>([
    ['an unknown type', 1, () => ({ type: 'ContactCloned' }), 'TYPE_UNKNOWN type'],
    ['a type of another kind of stream', 1, () => ({ type: 'AccountRegistered' }), 'TYPE_UNKNOWN type'],
    ['a newer version of a type', 1, () => ({ typeVersion: 2 }), 'TYPE_UNKNOWN type'],
    ['a stream of no kind', 1, () => ({ stream: `people-${ann}` }), 'TYPE_UNKNOWN type'],
    ['a stream without an id', 1, () => ({ stream: 'contact-ann' }), 'FIELD_INVALID stream'],
    ['an id that is none', 1, () => ({ id: '17' }), 'FIELD_INVALID id'],
    ['no version in the stream', 1, () => ({ streamVersion: 0 }), 'FIELD_INVALID streamVersion'],
    ['a time that is none', 1, () => ({ learnedAt: 'Secret' }), 'FIELD_INVALID learnedAt'],
    ['a date that is none', 1, () => ({ effectiveOn: 'Secret' }), 'FIELD_INVALID effectiveOn'],
    ['nobody who did it', 1, () => ({ actor: { id: 'x', kind: 'Secret' } }), 'FIELD_INVALID actor.kind'],
    ['more of who did it', 1, ({ actor }) => ({ actor: { ...actor, Secret: 1 } }), 'FIELD_INVALID actor'],
    ['a reason that is no code', 1, () => ({ reasonCode: 'Secret!' }), 'FIELD_INVALID reasonCode'],
    [
      'content that the type has not',
      2,
      ({ data }) => ({ data: { ...data, Secret: 1 } }),
      'FIELD_INVALID data',
    ],
    [
      'content that is wrong',
      2,
      ({ data }) => ({ data: { ...data, accountId: 'Secret' } }),
      'FIELD_INVALID data.accountId',
    ],
    ['sealed content that is missing', 1, () => ({ personal: {} }), 'FIELD_INVALID personal.name'],
    ['sealed content that is wrong', 1, () => ({ personal: { name: 7 } }), 'FIELD_INVALID personal.name'],
  ])('is refused with %s, and the field is named', async (_, index, change, refusal) => {
    const { refusals } = await importLines(other, [changed(index, change)]);
    expect(refusals.map(({ code, path }) => `${code} ${path}`)).toEqual([refusal]);
    expect(JSON.stringify(refusals)).not.toContain('Secret');
    expect(await other.store.head()).toBe(0);
  });

  test('is the same in capitals', async () => {
    const capitals = ({ id, stream }: ExportedEvent) => ({
      id: id.toUpperCase(),
      stream: stream.toUpperCase(),
    });
    expect(await refusalsOf(...lines, ...lines.map((_, index) => changed(index, capitals)))).toEqual([]);
    expect(await other.store.head()).toBe(lines.length);
  });

  test('is refused where it was learned in the future', async () => {
    other.clock.set(at('2020-01-01'));
    expect(await refusalsOf(lines[0]!, lines[1]!)).toEqual([
      '1 LEARNED_IN_FUTURE learnedAt',
      '2 LEARNED_IN_FUTURE learnedAt',
    ]);
  });

  test('of a person who was erased is taken as erased', async () => {
    const erased = lines.map((_, index) =>
      index === 0 ? lines[0]! : changed(index, () => ({ personal: null })),
    );
    expect(await refusalsOf(...erased)).toEqual([]);
    const events = await eventsOf(other);
    expect(events.map(({ personal }) => personal === null)).toEqual([false, true, true]);
    const stored = await other.store.read(`contact-${ann}`);
    const keyIds = new Set(stored.flatMap(({ boxes }) => boxes.map(({ keyId }) => keyId)));
    const keys = await other.keyStore.getMany([...keyIds]);
    expect([...keys.values()].map(({ state }) => state)).toEqual(['destroyed']);
    expect(findContact(other.readModels.database, ann)).toMatchObject({ placements: [{ accountId: acme }] });
    expect((await verify(other)).findings).toEqual([]);
  });

  test('may come after those of a merge that brings facts along, late arrivals and reverts', async () => {
    await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' }, { learnedOn: '2026-01-01' });
    await tell(app, { type: 'RegisterAccount', accountId: globex, name: 'Globex' });
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
    const email = { type: 'AddContactEmail', contactId: bob, address: 'bob@acme.example' } as const;
    const { eventIds } = await tell(app, email, { learnedOn: '2026-03-01' });
    const name = { type: 'ChangeContactName', contactId: bob, name: 'Bob Baker' } as const;
    await tell(app, name, { learnedOn: '2026-02-01' });
    await tell(app, { type: 'RevertContactChanges', contactId: bob, eventIds });
    await tell(app, { type: 'EndPlacement', contactId: bob, placementId: job });
    expect(await refusalsOf(...(await exportOf(app)))).toEqual([]);
    expect(checksums(other)).toEqual(checksums(app));
    const [email0] = findContact(other.readModels.database, bob)!.emails;
    const changed0 = {
      type: 'ChangeContactEmail',
      contactId: bob,
      emailId: email0!.id,
      address: 'b@acme.example',
    } as const;
    await tell(other, changed0);
    expect((await verify(other)).findings).toEqual([]);
  });
});
