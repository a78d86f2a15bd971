// Policies react to each event once, whoever repeats it: after a crash, beside another replica, from the beginning.

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Application } from '../../src/application.ts';
import { streamsOf } from '../../src/beliefs.ts';
import { type EventStore, EventStoreFailure } from '../../src/event-store/port.ts';
import type { Ledger } from '../../src/ledger.ts';
import { KeyStoreFailure } from '../../src/personal-data/key-store.ts';
import type { Policy, PolicyWorld, RefusedEffect } from '../../src/policies/policy.ts';
import { openPolicyFile, type PolicyFile } from '../../src/policies/policy-file.ts';
import {
  createPolicyRunner,
  dryRun,
  type PolicyRunner,
  type RunnerOptions,
} from '../../src/policies/runner.ts';
import { latest } from '../../src/timeline.ts';
import { openTestApplication, tell } from '../support/app-in-memory.ts';
import { heldBackOff } from '../support/held-back-off.ts';
import { acme, ann, bob, job, nextJob } from '../support/ids.ts';

/** Who leaves is noted, and loses the owner. A note is written each time, unless it is known to be the same one. */
const farewell: Policy = {
  name: 'farewell',
  version: 3,
  types: ['PlacementEnded'],
  opens: [],
  react: async (event) => {
    const contactId = event.stream.slice('contact-'.length);
    const { learnedAtMs } = event;
    return [
      { key: 'note', learnedAtMs, command: { type: 'RecordActivity', contactId, activity: 'task' } },
      { key: 'owner', command: { type: 'ChangeContactOwner', contactId, owner: 'nobody' } },
    ];
  },
};

let app: Application;
let files: PolicyFile[];
let runners: PolicyRunner[];
let refused: RefusedEffect[];
beforeEach(async () => {
  [files, runners, refused] = [[], [], []];
  app = await openTestApplication();
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, { learnedOn: '2026-01-01' });
  for (const [contactId, placementId] of [
    [ann, job],
    [bob, nextJob],
  ] as const) {
    await tell(app, { type: 'RegisterContact', contactId, name: 'A name' }, { learnedOn: '2026-01-02' });
    await tell(
      app,
      { type: 'StartPlacement', contactId, placementId, accountId: acme },
      { learnedOn: '2026-01-03' },
    );
  }
});
afterEach(async () => {
  for (const runner of runners) await runner.stop();
  for (const file of files) file.close();
  await app.close();
});

const world = (): PolicyWorld => ({
  beliefs: app.readModels.beliefs,
  database: app.readModels.database,
  read: (stream) => app.store.read(stream),
  readOpened: streamsOf(app.store, app.sealing),
  slotId: (...parts) => parts.join(),
  rules: app.rules,
  timeZone: 'UTC',
});

function run(options: Partial<RunnerOptions> = {}, policy = farewell): PolicyRunner {
  const file = options.file ?? openPolicyFile(':memory:', app.ledgerId);
  if (!options.file) files.push(file);
  const runner = createPolicyRunner({
    policies: [policy],
    store: app.store,
    sealing: app.sealing,
    ledger: app.ledger,
    world: world(),
    applied: (position) => app.readModels.applied(position),
    file,
    head: 1,
    onRefusal: (effect) => refused.push(effect),
    onFault: (fault) => {
      throw fault;
    },
    ...options,
  });
  runners.push(runner);
  return runner;
}

const leave = (contactId = ann, placementId = job) =>
  tell(app, { type: 'EndPlacement', contactId, placementId }, { learnedOn: '2026-06-01' });
const eventsOf = async (contactId: string) =>
  [...(await app.store.read(`contact-${contactId}`)), ...(await app.store.read(`signals-${contactId}`))].map(
    ({ type }) => type,
  );
const before = ['ContactRegistered', 'PlacementStarted', 'PlacementEnded'];
const done = [...before, 'ContactOwnerChanged', 'ActivityRecorded'];

test('what follows says by which policy and version, because of which event, and when it was learned', async () => {
  const { position, eventIds } = await leave();
  expect(await run().catchUp()).toEqual({ done: 2, refused: 0 });
  const [noted] = await app.store.read(`signals-${ann}`);
  expect(noted).toMatchObject({
    type: 'ActivityRecorded',
    learnedAtMs: Date.parse('2026-06-01T12:00:00Z'),
    meta: {
      actor: { id: 'policy.farewell', kind: 'policy' },
      policy: { name: 'farewell', version: 3 },
      causationId: eventIds[0],
    },
  });
  expect(noted!.position).toBeGreaterThan(position);
});

test('it goes on after its checkpoint, which lies behind all that it did itself', async () => {
  await leave();
  const runner = run();
  await runner.catchUp();
  expect(runner.checkpoint).toBe(await app.store.head());
  expect(await runner.catchUp()).toEqual({ done: 0, refused: 0 });
});

test('where policies stood is looked for once, not at every start, also where none reacted to anything', async () => {
  let looked = 0;
  const store: typeof app.store = {
    ...app.store,
    readAll(after, filter) {
      if (!filter) looked += 1;
      return app.store.readAll(after, filter);
    },
  };
  const file = openPolicyFile(':memory:', app.ledgerId);
  files.push(file);
  for (const _ of ['first', 'second']) {
    const runner = run({ store, file });
    runner.follow();
    await runner.stop();
  }
  expect(looked).toBe(1);
});

test('after a crash between two effects the second is made up for, and nothing is written twice', async () => {
  await leave();
  const file = openPolicyFile(':memory:', app.ledgerId);
  files.push(file);
  let effects = 0;
  const crashing = run({
    file,
    ledger: {
      execute: (command, context) => {
        effects += 1;
        if (effects === 2) throw new Error('The power went.');
        return app.ledger.execute(command, context);
      },
    },
  });
  await expect(crashing.catchUp()).rejects.toThrow('power');
  expect(await eventsOf(ann)).toEqual([...before, 'ActivityRecorded']);
  expect(file.checkpoint('farewell')).toBe(0);
  await run({ file }).catchUp();
  expect(await eventsOf(ann)).toEqual(done);
});

test('a policy that lost its checkpoint, or an upgraded one, does nothing again', async () => {
  await leave();
  await run().catchUp();
  const head = await app.store.head();
  expect(await run().catchUp()).toEqual({ done: 0, refused: 0 });
  expect(await run({}, { ...farewell, version: 4 }).catchUp()).toEqual({ done: 0, refused: 0 });
  expect(await app.store.head()).toBe(head);
});

test('a policy that lost its checkpoint is not told again of what it was done with, in a world that knows more', async () => {
  await leave();
  await leave(bob, nextJob);
  await run().catchUp();
  const told: string[] = [];
  const wiser: Policy = {
    ...farewell,
    react: async (event, asked) => {
      told.push(event.stream);
      return farewell.react(event, asked);
    },
  };
  expect(await run({}, wiser).catchUp()).toEqual({ done: 0, refused: 0 });
  expect(told).toEqual([`contact-${bob}`]);
  const following = run({}, wiser);
  following.follow();
  await following.catchUp();
  expect(told).toEqual([`contact-${bob}`, `contact-${bob}`]);
});

test('two runners that follow one log do everything once', async () => {
  const both = [run(), run()];
  for (const runner of both) runner.follow();
  await leave(ann, job);
  await leave(bob, nextJob);
  for (const runner of both) await runner.catchUp();
  expect(await eventsOf(ann)).toEqual(done);
  expect(await eventsOf(bob)).toEqual(done);
  expect(refused).toEqual([]);
});

test('what is refused is kept and told, and stops nothing', async () => {
  await leave();
  const unknown: Policy = {
    ...farewell,
    react: async (event, asked) => [
      {
        key: 'lost',
        command: {
          type: 'ChangeContactOwner',
          contactId: '00000000-0000-8000-8000-000000000000',
          owner: 'x',
        },
      },
      ...(await farewell.react(event, asked)),
    ],
  };
  const runner = run({}, unknown);
  expect(await runner.catchUp()).toEqual({ done: 2, refused: 1 });
  expect(refused).toMatchObject([
    { policy: 'farewell', version: 3, key: 'lost', command: 'ChangeContactOwner', code: 'CONTACT_UNKNOWN' },
  ]);
  expect(runner.refused(10)).toEqual(refused);
});

test.each([
  [['ContactRegistered'], 'A name'],
  [[], undefined],
])('what is sealed is shown to a policy only where it asks for it (%s)', async (opens, name) => {
  const names: unknown[] = [];
  const curious: Policy = {
    ...farewell,
    types: ['ContactRegistered'],
    opens,
    react: async (event) => {
      names.push((event.personal as { name?: string } | null)?.name);
      return [];
    },
  };
  await run({}, curious).catchUp();
  expect(names).toEqual([name, name]);
});

test('a policy that fails stays where it was', async () => {
  await leave();
  const broken: Policy = { ...farewell, react: () => Promise.reject(new Error('broken')) };
  const runner = run({}, broken);
  await expect(runner.catchUp()).rejects.toThrow('broken');
  expect(runner.checkpoint).toBe(0);
});

test('an outage between two effects stops a policy only until it is over, and nothing is done twice', async () => {
  const backOff = heldBackOff();
  let isAway = false;
  const commands: string[] = [];
  const ledger: Pick<Ledger, 'execute'> = {
    execute(command, context) {
      if (isAway) return Promise.reject(new KeyStoreFailure('KEYS_UNAVAILABLE', 'Out of reach.'));
      commands.push(command.type);
      // From the first effect on.
      isAway = commands.length === 1;
      return app.ledger.execute(command, context);
    },
  };
  const runner = run({ ledger, ...backOff });
  runner.follow();
  await leave();
  await backOff.waits();
  expect(commands).toEqual(['RecordActivity']);
  expect(runner.checkpoint).toBeLessThan(await app.store.head());
  backOff.letTry();
  await backOff.waits();
  await leave(bob, nextJob);
  isAway = false;
  backOff.letTry();
  await backOff.isBack();
  expect(await eventsOf(ann)).toEqual(done);
  expect(await eventsOf(bob)).toEqual(done);
  expect(backOff.told).toEqual(['policy.farewell: KEYS_UNAVAILABLE', 'policy.farewell: back']);
  expect(await runner.catchUp()).toEqual({ done: 0, refused: 0 });
});

test('a full disk that keeps the checkpoint from being written stops a policy only until there is room', async () => {
  const backOff = heldBackOff();
  const file = openPolicyFile(':memory:', app.ledgerId);
  files.push(file);
  let isFull = true;
  const full = () =>
    Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
  const save: PolicyFile['save'] = (policy, position) => {
    if (isFull) throw full();
    file.save(policy, position);
  };
  const runner = run({ file: { ...file, save }, ...backOff });
  runner.follow();
  await leave();
  await backOff.waits();
  expect(runner.checkpoint).toBe(0);
  isFull = false;
  backOff.letTry();
  await backOff.isBack();
  expect(await eventsOf(ann)).toEqual(done);
  expect(runner.checkpoint).toBeGreaterThan(0);
});

test('an outage while it is looked up where policies were keeps none from going on afterwards', async () => {
  const backOff = heldBackOff();
  let isAway = true;
  const store: EventStore = {
    ...app.store,
    readAll(...asked) {
      if (isAway) throw new EventStoreFailure('STORE_UNAVAILABLE', 'i/o error');
      return app.store.readAll(...asked);
    },
  };
  const runner = run({ store, ...backOff });
  runner.follow();
  await leave();
  await backOff.waits();
  isAway = false;
  backOff.letTry();
  await backOff.isBack();
  expect(await eventsOf(ann)).toEqual(done);
});

test('stopping does not wait for the next attempt of a policy that an outage has stopped', async () => {
  const backOff = heldBackOff();
  const away = () => Promise.reject(new KeyStoreFailure('KEYS_UNAVAILABLE', 'Out of reach.'));
  const runner = run({ ledger: { execute: away }, ...backOff });
  runner.follow();
  await leave();
  await backOff.waits();
  await runner.stop();
  expect(await eventsOf(ann)).toEqual(before);
  expect(backOff.pausesMs).toHaveLength(1);
});

test('a policy that follows and fails stays stopped', async () => {
  const told = Promise.withResolvers<unknown>();
  const backOff = heldBackOff();
  const broken: Policy = { ...farewell, react: () => Promise.reject(new Error('broken')) };
  const runner = run({ ...backOff, onFault: told.resolve }, broken);
  runner.follow();
  await leave();
  expect(await told.promise).toMatchObject({ message: 'broken' });
  await runner.stop();
  expect(backOff.pausesMs).toEqual([]);
});

test('a dry run over history tells what would follow and writes nothing', async () => {
  await leave();
  const head = await app.store.head();
  const told: string[] = [];
  await dryRun(app, farewell, world(), ({ key }, event) => void told.push(`${event.type} ${key}`));
  expect(told).toEqual(['PlacementEnded note', 'PlacementEnded owner']);
  expect(await app.store.head()).toBe(head);
  const belief = await app.readModels.beliefs.contact(ann);
  expect(latest(belief!.owner)).toBeNull();
});
