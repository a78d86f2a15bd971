// Two replicas of one ledger: what one writes the other knows, and what both do is done once.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Application } from '../src/application.ts';
import type { Command, CommandContext } from '../src/command.ts';
import type { ErasureReceipt } from '../src/erasure/receipt.ts';
import { KeyStoreFailure } from '../src/personal-data/key-store.ts';
import type { Policy } from '../src/policies/policy.ts';
import { fixedClock } from '../src/time/clock.ts';
import { verify } from '../src/verify.ts';
import { answer, tell, testActor } from './support/app-in-memory.ts';
import { filesIn, findInFiles } from './support/byte-search.ts';
import { type EventStoreServer, startEventStore } from './support/event-store-server.ts';
import { heldBackOff } from './support/held-back-off.ts';
import { acme, ann, at, bob, job } from './support/ids.ts';
import { startPostgres, type TestPostgres } from './support/postgres.ts';
import { createReplicas, type Replicas } from './support/replicas.ts';
import { freezeAt, openGateTo } from './support/tcp-gate.ts';

let postgres: TestPostgres;
let server: EventStoreServer;
let replicas: Replicas;
let keyDatabase: string;
let [a, b]: Application[] = [];
let count = 0;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  count += 1;
  server = await startEventStore();
  keyDatabase = await postgres.database(`keys_${count}`);
  replicas = createReplicas({ server, keyDatabase });
  [a, b] = [await replicas.open('a'), await replicas.open('b')];
});
afterEach(async () => {
  await replicas.close();
  await server.close();
  expect(replicas.faults).toEqual([]);
});

const context = (more: Partial<CommandContext> = {}): CommandContext => ({
  actor: testActor,
  source: 'test',
  by: 'person',
  ...more,
});
const named = (name: string): Command => ({ type: 'ChangeContactName', contactId: ann, name });

async function nameOn(app: Application): Promise<string | null> {
  const { contact } = await answer<{ contact: { name: string } | null }>(
    app,
    `{ contact(id: "${ann}") { name } }`,
  );
  return contact?.name ?? null;
}

async function together(): Promise<void> {
  const head = Math.max(await a!.store.head(), await b!.store.head());
  for (const app of [a!, b!]) await app.readModels.applied(head);
}

describe('what one replica wrote', () => {
  test('is read on the other once it has reached the position of the answer', async () => {
    const { position } = await tell(a!, { type: 'RegisterContact', contactId: ann, name: 'Ann Archer' });
    await b!.readModels.applied(position);
    expect(await nameOn(b!)).toBe('Ann Archer');
    expect(await b!.store.head()).toBe(await a!.store.head());
  });

  test('is read on the other at once, though nobody there waits for it', async () => {
    await tell(a!, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
    for (const name of ['Ann A', 'Ann B', 'Ann C']) {
      const { position } = await tell(a!, named(name));
      await vi.waitFor(() => expect(b!.readModels.database.checkpoint).toBe(position), 500);
    }
  });

  test('gives both the same ledger, positions and read models', async () => {
    await tell(a!, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
    await Promise.all([
      tell(a!, { type: 'RegisterContact', contactId: ann, name: 'Ann' }),
      tell(b!, { type: 'RegisterContact', contactId: bob, name: 'Bob' }),
    ]);
    await together();
    await tell(b!, { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme });
    await together();
    expect(a!.ledgerId).toBe(b!.ledgerId);
    expect(a!.readModels.database.checksums()).toEqual(b!.readModels.database.checksums());
    for (const app of [a!, b!]) expect((await verify(app)).findings).toEqual([]);
  });

  test('is what the other decides on next, though it remembered the contact as it was', async () => {
    await tell(a!, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
    await together();
    await tell(b!, named('Ann Archer'));
    await together();
    await tell(a!, named('Ann Baker'));
    await together();
    // Decided on what B remembers it would change nothing.
    const { version, eventIds } = await tell(b!, named('Ann Archer'), {
      expectedVersion: 3,
    } as Partial<CommandContext>);
    expect([version, eventIds.length]).toEqual([4, 1]);
  });

  test('is there after a restart of the other, which goes on where it was', async () => {
    await tell(a!, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
    await together();
    await b!.close();
    const { position } = await tell(a!, named('Ann Archer'));
    const again = await replicas.open('b');
    expect(await again.store.head()).toBe(position);
    expect(await nameOn(again)).toBe('Ann Archer');
  });

  test('is there on a replica that starts from nothing, at the same positions', async () => {
    for (const name of ['Ann', 'Ann A', 'Ann B'])
      await tell(a!, name === 'Ann' ? { type: 'RegisterContact', contactId: ann, name } : named(name));
    const late = await replicas.open('late');
    const events = async (app: Application) => app.store.readPositions([1, 2, 3, 4]);
    expect(await events(late)).toEqual(await events(a!));
    expect(late.readModels.database.checksums()).toEqual(a!.readModels.database.checksums());
  });
});

describe('two replicas that write to one contact at once', () => {
  beforeEach(async () => {
    await tell(a!, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
    await together();
  });

  test('are both taken, one after the other, where neither named a version', async () => {
    const results = await Promise.all([
      a!.ledger.execute(named('Ann A'), context()),
      b!.ledger.execute(named('Ann B'), context()),
    ]);
    expect(results).toMatchObject([{ ok: true }, { ok: true }]);
    expect(new Set(results.map((result) => result.ok && result.version))).toEqual(new Set([2, 3]));
    await together();
    expect(await nameOn(a!)).toBe(await nameOn(b!));
  });

  test('are told apart where both named the version: one wins, the other is told that it changed', async () => {
    const results = await Promise.all(
      [a!, b!].map((app, index) =>
        app.ledger.execute(named(`Ann ${index}`), context({ expectedVersion: 1 })),
      ),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(results.find((result) => !result.ok)).toMatchObject({ rejected: 'VERSION_MISMATCH' });
  });

  test('with the same idempotency key write once, and both tell what was written', async () => {
    const results = await Promise.all(
      [a!, b!].map((app) => app.ledger.execute(named('Ann Archer'), context({ idempotencyKey: 'call-1' }))),
    );
    const [first, second] = results.map((result) => (result.ok ? result : undefined));
    expect([first!.eventIds, first!.position]).toEqual([second!.eventIds, second!.position]);
    expect([first!.repeated, second!.repeated].sort()).toEqual([false, true]);
    await together();
    expect(await a!.store.version(`contact-${ann}`)).toBe(2);
  });

  test('with the same idempotency key at different times: both show the one that was written', async () => {
    await b!.close();
    b = await replicas.open('b', { clock: fixedClock(at('2027-01-01T12:00:01Z')) });
    // One of them without anything that is sealed.
    for (const [key, command] of [
      ['call-3', named('Ann Archer')],
      ['call-4', { type: 'ChangeContactOwner', contactId: ann, owner: 'desk' }],
    ] as const)
      await Promise.all([a!, b].map((app) => app.ledger.execute(command, context({ idempotencyKey: key }))));
    await together();
    expect(await a!.store.version(`contact-${ann}`)).toBe(3);
    expect(a!.readModels.database.checksums()).toEqual(b.readModels.database.checksums());
    for (const app of [a!, b]) expect((await verify(app)).findings).toEqual([]);
  });

  test('with the same idempotency key and other requests: one is written, the other refused', async () => {
    const results = await Promise.all(
      [a!, b!].map((app, index) =>
        app.ledger.execute(named(`Ann ${index}`), context({ idempotencyKey: 'call-2' })),
      ),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(results.find((result) => !result.ok)).toMatchObject({ rejected: 'IDEMPOTENCY_KEY_REUSED' });
  });
});

test('replicas whose clocks are five minutes apart agree on every time, which never goes back', async () => {
  await b!.close();
  const late = await replicas.open('b', { clock: fixedClock(at('2027-01-01T11:55:00Z')) });
  await tell(a!, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
  await late.readModels.applied(await a!.store.head());
  const { position } = await tell(late, named('Ann Archer'));
  await a!.readModels.applied(position);
  await tell(a!, named('Ann Baker'));
  await late.readModels.applied(await a!.store.head());
  const [here, there] = await Promise.all([a!, late].map((app) => app.store.read(`contact-${ann}`)));
  expect(here).toEqual(there);
  expect(here!.map((event) => event.recordedAtMs)).toEqual(Array(3).fill(at('2027-01-01T12:00:00Z')));
  expect(here!.map((event) => event.learnedAtMs)).toEqual(Array(3).fill(at('2027-01-01T12:00:00Z')));
  expect(await nameOn(late)).toBe('Ann Baker');
});

test('an erasure on one replica leaves nothing readable on the other', async () => {
  await tell(a!, { type: 'RegisterContact', contactId: ann, name: 'Ann Archer', email: 'ann@acme.example' });
  await together();
  expect(await nameOn(b!)).toBe('Ann Archer');
  const [outcome] = await a!.erasures.erase(
    [{ contactId: ann, legalBasis: 'consent_withdrawn', requester: 'data_subject' }],
    testActor,
  );
  expect(outcome).toHaveProperty('receipt');
  await together();
  expect(JSON.stringify(b!.readModels.database.prepare('SELECT * FROM contact').all())).not.toContain(
    'Archer',
  );
  const events = await b!.sealing.open(await b!.store.read(`contact-${ann}`));
  expect(events.every((event) => event.personal === null || Object.keys(event.personal).length === 0)).toBe(
    true,
  );
  const refused = await b!.ledger.execute(named('Ann Again'), context());
  expect(refused).toMatchObject({ ok: false, rejected: 'CONTACT_ERASED' });
  expect(a!.readModels.database.checksums()).toEqual(b!.readModels.database.checksums());
});

test('an erasure while another replica starts leaves nothing readable there, also of what it had asked for before', async () => {
  await tell(a!, { type: 'RegisterContact', contactId: ann, name: 'Ann Archer', email: 'ann@acme.example' });
  const { gate, url } = await openGateTo(keyDatabase);
  const asked = freezeAt(gate, 'SELECT key_id, wrapped');
  const opening = replicas.open('late', { keyDatabase: url });
  await asked;
  await a!.erasures.erase(
    [{ contactId: ann, legalBasis: 'objection', requester: 'data_subject' }],
    testActor,
  );
  gate.thaw();
  const late = await opening;
  await late.readModels.applied(await a!.store.head());
  await a!.readModels.applied(await a!.store.head());
  expect(await nameOn(late)).toBeNull();
  const [registered] = await late.sealing.open(await late.store.read(`contact-${ann}`));
  expect(registered!.personal).toBeNull();
  expect(late.readModels.database.checksums()).toEqual(a!.readModels.database.checksums());
  expect(await late.ledger.execute(named('Ann Again'), context())).toMatchObject({
    rejected: 'CONTACT_ERASED',
  });
  const back: Command = { type: 'RegisterContact', contactId: bob, name: 'Ann', email: 'ann@acme.example' };
  expect(await late.ledger.execute(back, context())).toMatchObject({ rejected: 'ADDRESS_SUPPRESSED' });
  await late.close();
  await gate.shut();
});

describe('the receipt of an erasure', () => {
  const named = (name: string) => replicas.open(name, { replica: name });
  const files = (name: string) => filesIn(replicas.folderOf(name));
  const request = { contactId: ann, legalBasis: 'objection', requester: 'data_subject' } as const;

  async function erasedOn(app: Application): Promise<ErasureReceipt> {
    const [outcome] = await app.erasures.erase([request], testActor);
    return 'receipt' in outcome! ? outcome.receipt : expect.fail('it was refused');
  }

  async function acknowledged(app: Application): Promise<ErasureReceipt> {
    for (;;) {
      const receipt = await app.erasures.receipt(ann);
      if (receipt!.awaited.length === 0) return receipt!;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  beforeEach(async () => {
    for (const app of [a!, b!]) await app.close();
    [a, b] = [await named('a'), await named('b')];
    await tell(a, { type: 'RegisterContact', contactId: ann, name: 'Ann Archer' });
    await together();
    expect(findInFiles(files('b'), ['Archer'])).not.toEqual([]);
  });

  test('names each replica once no file of it holds the person', async () => {
    await erasedOn(a!);
    const { replicas: copies, completedAtMs } = await acknowledged(a!);
    expect(completedAtMs).not.toBeNull();
    expect(copies.map(({ name }) => name)).toEqual(['a', 'b']);
    for (const name of ['a', 'b']) expect(findInFiles(files(name), ['Archer'])).toEqual([]);
    for (const { position } of copies) expect(position).toBeGreaterThan(4);
    expect(await b!.erasures.receipt(ann)).toEqual(await a!.erasures.receipt(ann));
  });

  test('awaits one that still writes its files anew', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { compact } = b!.readModels;
    b!.readModels.compact = () => held.then(compact);
    await erasedOn(a!);
    await b!.readModels.applied(await a!.store.head());
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await a!.erasures.receipt(ann))!.awaited).toEqual(['b']);
    release();
    expect((await acknowledged(a!)).replicas).toHaveLength(2);
  });

  test('awaits one that is away, which acknowledges when it next runs, once', async () => {
    await b!.close();
    expect(await erasedOn(a!)).toMatchObject({ replicas: [{ name: 'a' }], awaited: ['b'] });
    expect(findInFiles(files('b'), ['Archer'])).not.toEqual([]);
    b = await named('b');
    expect(await acknowledged(a!)).toMatchObject({ replicas: [{ name: 'a' }, { name: 'b' }] });
    expect(findInFiles(files('b'), ['Archer'])).toEqual([]);
    await together();
    const head = await a!.store.head();
    await b.close();
    b = await named('b');
    expect(await b.store.head()).toBe(head);
  });

  test('awaits one whose keys are out of reach, which acknowledges once they are back', async () => {
    await b!.close();
    const backOff = heldBackOff();
    b = await replicas.open('b', { replica: 'b', onFault: backOff.onFault, onBack: backOff.onBack });
    const { getMany } = b.keyStore;
    b.keyStore.getMany = () => Promise.reject(new KeyStoreFailure('KEYS_UNAVAILABLE', 'Out of reach.'));
    await erasedOn(a!);
    await expect.poll(() => backOff.told).toContain('erasure: KEYS_UNAVAILABLE');
    expect((await a!.erasures.receipt(ann))!.awaited).toEqual(['b']);
    expect(findInFiles(files('b'), ['Archer'])).not.toEqual([]);
    b.keyStore.getMany = getMany;
    expect((await acknowledged(a!)).replicas).toHaveLength(2);
    expect(findInFiles(files('b'), ['Archer'])).toEqual([]);
  });

  test('awaits neither one that joined later, nor one that was retired', async () => {
    await b!.close();
    expect(await a!.erasures.retireReplica('b', testActor)).toBe(true);
    expect(await a!.erasures.retireReplica('b', testActor)).toBe(false);
    await erasedOn(a!);
    await named('late');
    expect(await acknowledged(a!)).toMatchObject({ replicas: [{ name: 'a' }], awaited: [] });
  });
});

/** Whoever is registered gets an owner. */
const welcome: Policy = {
  name: 'welcome',
  version: 1,
  types: ['ContactRegistered'],
  opens: ['ContactRegistered'],
  react: async ({ stream }) => [
    {
      key: 'owner',
      command: { type: 'ChangeContactOwner', contactId: stream.slice('contact-'.length), owner: 'desk' },
    },
  ],
};

test('a policy that runs on both replicas does its work once', async () => {
  for (const app of [a!, b!]) await app.close();
  [a, b] = [
    await replicas.open('a', { policies: [welcome] }),
    await replicas.open('b', { policies: [welcome] }),
  ];
  for (const app of [a, b]) app.policies.follow();
  await tell(a, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
  await tell(b, { type: 'RegisterContact', contactId: bob, name: 'Bob' });
  await together();
  await Promise.all([a, b].map((app) => app.policies.catchUp()));
  await together();
  for (const id of [ann, bob]) {
    const types = (await a.store.read(`contact-${id}`)).map((event) => event.type);
    expect(types).toEqual(['ContactRegistered', 'ContactOwnerChanged']);
  }
  expect(await a.store.head()).toBe(await b.store.head());
});

test('PostgreSQL away longer than a request waits stops a replica only until it is back: read models and policies go on', async () => {
  await b!.close();
  const told: string[] = [];
  const stopped = Promise.withResolvers<void>();
  const back = Promise.withResolvers<void>();
  b = await replicas.open('b', {
    policies: [welcome],
    onFault(fault, follower) {
      told.push(`${follower}: ${(fault as { code?: string }).code}`);
      if (told.length === 2) stopped.resolve();
    },
    onBack(follower) {
      told.push(`${follower}: back`);
      if (told.length === 4) back.resolve();
    },
  });
  b.policies.follow();
  // Mints keys ahead of use.
  await tell(a!, { type: 'RegisterContact', contactId: ann, name: 'Ann Archer' });
  await b.policies.catchUp();
  await together();
  await postgres.kill();
  // With a key that this replica has, and the other one does not know yet.
  const { position } = await tell(a!, { type: 'RegisterContact', contactId: bob, name: 'Bob Archer' });
  await expect(b.readModels.applied(position)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  await stopped.promise;
  expect(b.readModels.isFollowing).toBe(false);
  const { contact } = await answer<{ contact: unknown }>(b, `{ contact(id: "${bob}") { name } }`);
  expect(contact).toBeNull();
  await postgres.start();
  await back.promise;
  expect(told.toSorted()).toEqual([
    'policy.welcome: KEYS_UNAVAILABLE',
    'policy.welcome: back',
    'read_models: KEYS_UNAVAILABLE',
    'read_models: back',
  ]);
  expect(b.readModels.isFollowing).toBe(true);
  await together();
  expect(await answer(b, `{ contact(id: "${bob}") { name owner } }`)).toEqual({
    contact: { name: 'Bob Archer', owner: 'desk' },
  });
  expect(b.readModels.database.checksums()).toEqual(a!.readModels.database.checksums());
  for (const id of [ann, bob]) {
    const types = (await a!.store.read(`contact-${id}`)).map((event) => event.type);
    expect(types).toEqual(['ContactRegistered', 'ContactOwnerChanged']);
  }
  expect((await verify(b)).findings).toEqual([]);
}, 60_000);
