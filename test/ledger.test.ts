// What the ledger promises of a command: decided once, on what was known, durable before it is answered, whole or not at all.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findContact } from '../projections/contacts.ts';
import type { Application } from '../src/application.ts';
import type { Command, CommandContext, CommandDone, CommandResult } from '../src/command.ts';
import { EventStoreFailure } from '../src/event-store/port.ts';
import { KeyStoreFailure } from '../src/personal-data/key-store.ts';
import { latest } from '../src/timeline.ts';
import { verify } from '../src/verify.ts';
import { openTestApplication, type TestApplication, tell, testActor } from './support/app-in-memory.ts';
import { ledgerFolder } from './support/app-on-disk.ts';
import { eventsOf, typesOf } from './support/feed-in-memory.ts';
import { acme, ann, at, bob, cleo, contactIdOf, globex, job, nextJob } from './support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
});
afterEach(() => app.close());

const by = (more: Partial<CommandContext> = {}): CommandContext => ({
  actor: testActor,
  source: 'test',
  by: 'person',
  ...more,
});
const execute = (command: Command, context: Partial<CommandContext> = {}, on: Application = app) =>
  on.ledger.execute(command, by(context));
const register = (contactId: string, name = 'Ann'): Command => ({ type: 'RegisterContact', contactId, name });
const rename = (name: string, contactId = ann): Command => ({ type: 'ChangeContactName', contactId, name });
const done = (result: CommandResult): CommandDone => {
  if (!result.ok) throw new Error(`${result.rejected} at ${result.path}`);
  return result;
};
const contact = (id: string, on: Application = app) => findContact(on.readModels.database, id)!;
const nameOf = (id: string, on: Application = app) => latest(contact(id, on).name);

describe('the same command again', () => {
  const key = { idempotencyKey: 'form-17' };

  test('is answered as the first time, and writes nothing', async () => {
    const first = done(await execute(register(ann), key));
    await tell(app, rename('Ann Archer'));
    const second = done(await execute(register(ann), key));
    expect(second).toEqual({ ...first, repeated: true });
    expect(await app.store.head()).toBe(2);
  });

  test('at the same moment is carried out once', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => execute(register(ann), key)));
    expect(results.map((result) => done(result).repeated).filter((repeated) => !repeated)).toHaveLength(1);
    expect(new Set(results.map((result) => done(result).eventIds.join())).size).toBe(1);
    expect(await app.store.head()).toBe(1);
  });

  test('is refused where it says something else', async () => {
    await execute(register(ann), key);
    for (const [command, context] of [
      [register(ann, 'Bob'), {}],
      [rename('Ann'), {}],
      [register(ann), { effectiveOn: '2026' }],
      [register(ann), { reasonCode: 'other' }],
      [register(ann), { learnedAtMs: at('2026-01-01') }],
    ] as [Command, Partial<CommandContext>][])
      expect(await execute(command, { ...key, ...context })).toMatchObject({
        ok: false,
        rejected: 'IDEMPOTENCY_KEY_REUSED',
        path: 'idempotencyKey',
      });
    expect(await app.store.head()).toBe(1);
  });

  test('is another command where somebody else gives it, or nobody gives it a key', async () => {
    await execute(register(ann));
    const add: Command = { type: 'AddContactEmail', contactId: ann, address: 'ann@acme.example' };
    await execute(rename('A'), key);
    await execute(rename('B'), { ...key, actor: { id: 'user-2', kind: 'person' } });
    expect(nameOf(ann)).toBe('B');
    const ids = await Promise.all([execute(add), execute(add)]);
    expect(ids.map((result) => done(result).eventIds.length)).toEqual([1, 0]);
  });
});

describe('the version that a command expects', () => {
  test('must be the one that the stream has', async () => {
    await tell(app, register(ann));
    const mismatch = { ok: false, rejected: 'VERSION_MISMATCH', path: 'expectedVersion' };
    for (const expectedVersion of [0, 2])
      expect(await execute(rename('A'), { expectedVersion })).toMatchObject(mismatch);
    expect(await execute(rename('A'), { expectedVersion: 1 })).toMatchObject({ ok: true, version: 2 });
    expect(await execute(register(bob), { expectedVersion: 0 })).toMatchObject({ ok: true, version: 1 });
  });

  test('lets one of many through that saw the same', async () => {
    await tell(app, register(ann));
    const results = await Promise.all(
      Array.from({ length: 16 }, (_, n) => execute(rename(`Ann ${n}`), { expectedVersion: 1 })),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(await app.store.version(`contact-${ann}`)).toBe(2);
  });
});

describe('many commands on one contact at once', () => {
  test('are all carried out, one after the other', async () => {
    await tell(app, register(ann));
    const results = await Promise.all(
      Array.from({ length: 64 }, (_, n) =>
        execute({ type: 'AddContactEmail', contactId: ann, address: `${n}@acme.example` }),
      ),
    );
    const versions = results.map((result) => done(result).version).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 64 }, (_, n) => n + 2));
    expect(new Set(results.map((result) => done(result).position)).size).toBe(64);
    const stored = await app.store.read(`contact-${ann}`);
    expect(stored.map(({ version }) => version)).toEqual(stored.map((_, index) => index + 1));
    expect(contact(ann).emails).toHaveLength(64);
  });

  test('may be handed over without waiting, and each is decided on what the one before will have done', async () => {
    await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
    const start: Command = { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme };
    const end: Command = { type: 'EndPlacement', contactId: ann, placementId: job };
    const submitted = [];
    for (const [command, effectiveOn] of [
      [register(ann), '2024'],
      [start, '2025'],
      [end, '2026'],
      [end, '2027'],
      [rename('B', bob), '2026'],
      [{ type: 'WithdrawPlacement', contactId: ann, placementId: job }, '2026'],
      [end, '2026'],
    ] as [Command, string][])
      submitted.push(await app.ledger.submit(command, by({ effectiveOn })));
    const results = await Promise.all(submitted.map((one) => one.done));
    expect(results.map((result) => (result.ok ? result.version : result.rejected))).toEqual([
      1,
      2,
      3,
      'PLACEMENT_ALREADY_ENDED',
      'CONTACT_UNKNOWN',
      4,
      'PLACEMENT_UNKNOWN',
    ]);
  });
});

describe('when something was learned', () => {
  test('is at most five minutes ahead of the clock', async () => {
    const nowMs = app.clock.nowMs();
    const minuteMs = 60_000;
    expect(await execute(register(ann), { learnedAtMs: nowMs + 5 * minuteMs })).toMatchObject({ ok: true });
    expect(await execute(register(bob), { learnedAtMs: nowMs + 5 * minuteMs + 1 })).toMatchObject({
      ok: false,
      rejected: 'LEARNED_IN_FUTURE',
      path: 'learnedAt',
    });
  });

  test('is now where nobody says, but never before what is known already', async () => {
    const aheadMs = app.clock.nowMs() + 60_000;
    await execute(register(ann), { learnedAtMs: aheadMs });
    await tell(app, rename('Ann Archer'));
    await tell(app, register(bob));
    const learned = (await eventsOf(app)).map(({ learnedAtMs }) => learnedAtMs);
    expect(learned).toEqual([aheadMs, aheadMs, app.clock.nowMs()]);
  });

  test('decides what a command meets: late knowledge is decided on what was known then', async () => {
    await tell(app, register(ann), { learnedOn: '2026-02-01' });
    const email = { type: 'AddContactEmail', contactId: ann, address: 'a@acme.example' } as const;
    await tell(app, email, { learnedOn: '2026-04-01' });
    const change: Command = {
      type: 'ChangeContactEmail',
      contactId: ann,
      was: 'a@acme.example',
      address: 'b@acme.example',
    };
    const learned = (on: string) => ({ learnedAtMs: at(on) });
    expect(await execute(rename('A'), learned('2026-01-01'))).toMatchObject({ rejected: 'CONTACT_UNKNOWN' });
    expect(await execute(change, learned('2026-03-01'))).toMatchObject({ rejected: 'FACT_UNKNOWN' });
    expect(await execute(change, learned('2026-05-01'))).toMatchObject({ ok: true });
    expect(await execute(rename('Ann Baker'), learned('2026-03-01'))).toMatchObject({ ok: true });
    expect(await execute(rename('Ann'), learned('2026-02-15'))).toMatchObject({ ok: true, eventIds: [] });
    expect(contact(ann).name.map(({ value }) => value)).toEqual(['Ann', 'Ann Baker']);
  });
});

describe('a command with nothing to do', () => {
  test('succeeds and writes nothing', async () => {
    const first = await tell(app, register(ann));
    expect(await execute(rename('Ann'))).toEqual({ ...first, eventIds: [], repeated: false });
    expect(await app.store.head()).toBe(1);
  });

  test('of a feed leaves word that the source agrees', async () => {
    await tell(app, register(ann));
    await execute(rename('Ann'), { by: 'feed' });
    expect(typesOf(await eventsOf(app))).toEqual(['ContactRegistered', 'ClaimConfirmed']);
  });
});

describe('what came along with a merge', () => {
  beforeEach(async () => {
    for (const id of [ann, bob, cleo]) await tell(app, register(id));
    await tell(app, { type: 'AddContactEmail', contactId: ann, address: 'ann@acme.example' });
  });
  const emailId = () => contact(ann).emails[0]!.id;
  const change = (contactId: string, address: string): Command => ({
    type: 'ChangeContactEmail',
    contactId,
    emailId: emailId(),
    address,
  });

  test('is the survivor’s to change as long as the merge holds', async () => {
    expect(await execute(change(bob, 'b@acme.example'))).toMatchObject({ rejected: 'FACT_UNKNOWN' });
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
    expect(await execute(change(bob, 'ann@acme.example'))).toMatchObject({ ok: true, eventIds: [] });
    await tell(app, { type: 'UnmergeContacts', contactId: ann });
    expect(await execute(change(bob, 'b@acme.example'))).toMatchObject({ rejected: 'FACT_UNKNOWN' });
  });

  test('is also the one’s who came by it through another', async () => {
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: cleo });
    await execute(rename('Cleo', cleo));
    await tell(app, { type: 'UnmergeContacts', contactId: bob });
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: cleo });
    expect(await execute(change(cleo, 'ann@acme.example'))).toMatchObject({ ok: true, eventIds: [] });
    await tell(app, { type: 'UnmergeContacts', contactId: ann });
    expect(await execute(change(cleo, 'c@acme.example'))).toMatchObject({ rejected: 'FACT_UNKNOWN' });
  });

  test('is not there for what was learned before the merge', async () => {
    const merge: Command = { type: 'MergeContacts', contactId: ann, intoId: bob };
    const early = { learnedAtMs: app.clock.nowMs() };
    app.clock.advance(1);
    await tell(app, merge);
    expect(await execute(change(bob, 'b@acme.example'), early)).toMatchObject({ rejected: 'FACT_UNKNOWN' });
  });
});

test('a registration that was taken back can be brought back', async () => {
  const { eventIds } = await tell(app, register(ann));
  const revert = await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds });
  expect(contact(ann)).toBeNull();
  expect(await execute(rename('A'))).toMatchObject({ rejected: 'CONTACT_UNKNOWN' });
  await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds: revert.eventIds });
  expect(nameOf(ann)).toBe('Ann');
});

describe('a store that fails once', () => {
  /** Lets the next append fail as a full disk does. */
  function failNext(count = 1): void {
    const { append } = app.store;
    let left = count;
    app.store.append = (...args) =>
      left-- > 0
        ? Promise.reject(new EventStoreFailure('STORE_FULL', 'There is no room left.'))
        : append.apply(app.store, args);
  }

  test('fails the command; what was decided on it is decided anew, and the same command works later', async () => {
    await tell(app, register(ann));
    failNext();
    const key = { idempotencyKey: 'k' };
    const results = await Promise.allSettled([
      execute(rename('Lost'), key),
      execute({ type: 'AddContactEmail', contactId: ann, address: 'a@acme.example' }),
      execute(rename('Ann Baker')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(results[0]).toMatchObject({ reason: { code: 'STORE_FULL' } });
    expect(contact(ann).name.map(({ value }) => value)).toEqual(['Ann', 'Ann Baker']);
    expect(await execute(rename('Lost'), key)).toMatchObject({ ok: true, repeated: false, version: 4 });
    expect((await verify(app)).findings).toEqual([]);
  });

  test('leaves nobody registered who was not written', async () => {
    failNext();
    await expect(execute(register(ann))).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(await execute(rename('A'))).toMatchObject({ rejected: 'CONTACT_UNKNOWN' });
    expect(contact(ann)).toBeNull();
  });
});

test('keys that are out of reach fail a command, and nothing is written', async () => {
  await tell(app, register(ann));
  const { take } = app.keyStore;
  app.keyStore.take = () => Promise.reject(new KeyStoreFailure('KEYS_UNAVAILABLE', 'Out of reach.'));
  await expect(execute(register(bob))).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  expect(await execute(rename('Ann Archer'))).toMatchObject({ ok: true });
  expect(await app.store.head()).toBe(2);
  app.keyStore.take = take;
  expect(await execute(register(bob))).toMatchObject({ ok: true });
});

describe('a full disk', () => {
  const folder = ledgerFolder();
  const text = 'x'.repeat(3_000);
  const note = (n: number): Command => ({
    type: 'ChangeContactAttribute',
    contactId: contactIdOf(n),
    attribute: 'note',
    value: `${n} ${text}`,
  });

  /** Fills the ledger with many commands at a time; returns those that were acknowledged. */
  async function fill(full: Application): Promise<Set<number>> {
    const acknowledged = new Set<number>();
    for (let n = 100; ; n += 20) {
      const numbers = Array.from({ length: 20 }, (_, index) => n + index);
      const results = await Promise.allSettled(
        numbers.map(async (each) => {
          done(await execute(register(contactIdOf(each), `Contact ${each}`), {}, full));
          done(await execute(note(each), { idempotencyKey: `note ${each}` }, full));
          acknowledged.add(each);
        }),
      );
      const failed = results.filter((result) => result.status === 'rejected');
      for (const { reason } of failed) expect(reason).toMatchObject({ code: 'STORE_FULL' });
      if (failed.length) return acknowledged;
    }
  }

  test('fails commands with its code; reads go on; what was acknowledged is there, and nothing by halves', async () => {
    const full = await folder.open({ pageCountMax: 250 });
    await tellOn(full, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
    await tellOn(full, { type: 'RegisterAccount', accountId: globex, name: 'Globex' });
    await tellOn(full, register(ann));
    await tellOn(full, { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme });
    const acknowledged = await fill(full);
    const move: Command = {
      type: 'MovePlacement',
      contactId: ann,
      placementId: job,
      newPlacementId: nextJob,
      accountId: globex,
      title: text.slice(0, 400),
      department: text.slice(0, 400),
    };
    let moves = 0;
    for (let failed = false; !failed; )
      await execute({ ...move, title: `${moves}` }, { idempotencyKey: `m${moves}` }, full).then(
        (result) => {
          moves += result.ok ? 1 : 0;
          failed = !result.ok;
        },
        (fault) => {
          expect(fault).toMatchObject({ code: 'STORE_FULL' });
          failed = true;
        },
      );
    const head = await full.store.head();
    expect(nameOf(ann, full)).toBe('Ann');
    for (const n of acknowledged) expect(contact(contactIdOf(n), full).attributes).toHaveLength(1);
    const placements = contact(ann, full).placements.map(({ id, ended }) => [id, ended !== null]);
    expect([
      [[job, false]],
      [
        [job, true],
        [nextJob, false],
      ],
    ]).toContainEqual(placements);
    expect((await verify(full)).findings).toEqual([]);
    await full.close();

    const roomy = await folder.open({ create: false });
    expect(await roomy.store.head()).toBe(head);
    const [n] = acknowledged;
    expect(await execute(note(n!), { idempotencyKey: `note ${n}` }, roomy)).toMatchObject({ repeated: true });
    expect(await execute(rename('Ann Archer'), {}, roomy)).toMatchObject({ ok: true, position: head + 1 });
    expect(await fillOne(roomy)).toMatchObject({ ok: true });
    expect((await verify(roomy)).findings).toEqual([]);
    expect(folder.faults).toEqual([]);
  });

  const tellOn = async (on: Application, command: Command) => done(await execute(command, {}, on));
  async function fillOne(on: Application): Promise<CommandResult> {
    await execute(register(contactIdOf(99)), {}, on);
    return execute(note(99), {}, on);
  }
});
