// How the read models follow the log: what is learned late, taken back or merged is folded anew, and a fault stops them.
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findAccount } from '../../projections/accounts.ts';
import { findContact } from '../../projections/contacts.ts';
import type { Application } from '../../src/application.ts';
import { createBeliefs, streamsOf } from '../../src/beliefs.ts';
import type { StoredEvent } from '../../src/event-store/port.ts';
import { createFollower } from '../../src/follower.ts';
import type { EventProjection } from '../../src/projector/projection.ts';
import { startProjector } from '../../src/projector/projector.ts';
import { openReadDatabase } from '../../src/projector/read-database.ts';
import { createRowWriter } from '../../src/projector/row-writer.ts';
import { latest } from '../../src/timeline.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, at, bob, cleo, job } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, { learnedOn: '2026-01-01' });
  for (const [contactId, name] of [
    [ann, 'Ann'],
    [bob, 'Bob'],
    [cleo, 'Cleo'],
  ] as const)
    await tell(app, { type: 'RegisterContact', contactId, name }, { learnedOn: '2026-01-01' });
});
afterEach(async () => {
  // Whatever happened in a test: what was kept up is what a rebuild gives.
  const { live, rebuilt } = await app.readModels.compareWithRebuilt();
  expect(live).toEqual(rebuilt);
  await app.close();
});

const contact = (id: string) => findContact(app.readModels.database, id)!;
const placementRows = (id: string) =>
  app.readModels.database.prepare('SELECT id, hidden, counts FROM placement WHERE contact_id = ?').all(id);
const rename = (name: string, learnedOn: string) =>
  tell(app, { type: 'ChangeContactName', contactId: ann, name }, { learnedOn });
const names = (id = ann) => contact(id).name.map(({ value }) => value);
const addEmail = (contactId: string, address: string) =>
  tell(app, { type: 'AddContactEmail', contactId, address });
const emails = (id: string) => contact(id).emails.map(({ address }) => latest(address));

describe('the row of a contact', () => {
  test('follows what is learned, and takes in what is learned late at its place', async () => {
    await rename('Ann Archer', '2026-03-01');
    await rename('Ann Baker', '2026-02-01');
    expect(names()).toEqual(['Ann', 'Ann Baker', 'Ann Archer']);
    await rename('Ann Clark', '2026-04-01');
    expect(names()).toEqual(['Ann', 'Ann Baker', 'Ann Archer', 'Ann Clark']);
  });

  test('forgets what was taken back, and has it again when that is taken back', async () => {
    const { eventIds } = await rename('Ann Archer', '2026-03-01');
    await rename('Ann Baker', '2026-04-01');
    const revert = await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds });
    expect(names()).toEqual(['Ann', 'Ann Baker']);
    await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds: revert.eventIds });
    expect(names()).toEqual(['Ann', 'Ann Archer', 'Ann Baker']);
  });

  test('is gone while its registration is taken back, and comes back with it', async () => {
    const [registered] = await app.store.read(`contact-${ann}`);
    await tell(app, { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme });
    const eventIds = [registered!.id];
    const revert = await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds });
    expect(contact(ann)).toBeNull();
    expect(placementRows(ann)).toEqual([]);
    await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds: revert.eventIds });
    expect(names()).toEqual(['Ann']);
    expect(placementRows(ann)).toHaveLength(1);
  });

  test('is the account’s own where an account is meant', async () => {
    const { eventIds } = await tell(app, { type: 'ChangeAccountName', accountId: acme, name: 'Acme Group' });
    expect(latest(findAccount(app.readModels.database, acme)!.name)).toBe('Acme Group');
    await tell(app, { type: 'RevertAccountChanges', accountId: acme, eventIds });
    expect(latest(findAccount(app.readModels.database, acme)!.name)).toBe('Acme');
  });
});

describe('the row of a survivor', () => {
  test('shows what a merge brings along, and no longer once it is undone', async () => {
    await addEmail(ann, 'ann@acme.example');
    await tell(app, { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme });
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob, choices: ['name'] });
    expect(emails(bob)).toEqual(['ann@acme.example']);
    expect(names(bob)).toEqual(['Ann']);
    expect(placementRows(bob)).toEqual([{ id: job, hidden: 0, counts: 1 }]);
    expect(placementRows(ann)).toEqual([{ id: job, hidden: 1, counts: 0 }]);
    await tell(app, { type: 'UnmergeContacts', contactId: ann });
    expect(emails(bob)).toEqual([]);
    expect(names(bob)).toEqual(['Bob']);
    expect(placementRows(bob)).toEqual([]);
    expect(placementRows(ann)).toEqual([{ id: job, hidden: 0, counts: 1 }]);
  });

  test('goes on with what came along', async () => {
    await addEmail(ann, 'ann@acme.example');
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
    const emailId = contact(bob).emails[0]!.id;
    await tell(app, { type: 'ChangeContactEmail', contactId: bob, emailId, address: 'bob@acme.example' });
    expect(emails(bob)).toEqual(['bob@acme.example']);
    expect(emails(ann)).toEqual(['ann@acme.example']);
    await tell(app, { type: 'UnmergeContacts', contactId: ann });
    expect(emails(ann)).toEqual(['ann@acme.example']);
  });

  test('shows what comes through another', async () => {
    await addEmail(ann, 'ann@acme.example');
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: cleo });
    expect(emails(cleo)).toEqual(['ann@acme.example']);
    const emailId = contact(cleo).emails[0]!.id;
    await tell(app, { type: 'ChangeContactEmail', contactId: cleo, emailId, address: 'c@acme.example' });
    await tell(app, { type: 'UnmergeContacts', contactId: bob });
    // What was said of the address while Cleo had it stays hers.
    expect([emails(cleo), emails(bob)]).toEqual([['c@acme.example'], ['ann@acme.example']]);
    await tell(app, { type: 'UnmergeContacts', contactId: ann });
    expect(emails(bob)).toEqual([]);
  });

  test('changes with what is learned late of the one who was merged', async () => {
    await tell(
      app,
      { type: 'MergeContacts', contactId: ann, intoId: bob, choices: ['name'] },
      { learnedOn: '2026-05-01' },
    );
    await rename('Ann Archer', '2026-03-01');
    expect(names(bob)).toEqual(['Ann', 'Ann Archer']);
  });

  test('is still known to have shown what came along when a feed merges once more without', async () => {
    await tell(
      app,
      { type: 'AddContactEmail', contactId: ann, address: 'ann@acme.example' },
      { learnedOn: '2026-02-01' },
    );
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob }, { learnedOn: '2026-03-01' });
    await tell(app, { type: 'UnmergeContacts', contactId: ann });
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob }, { by: 'feed' });
    expect(emails(bob)).toEqual([]);
    const emailsThen = async () =>
      (await app.readModels.beliefs.contact(bob, { knownAtMs: at('2026-04-01') }))!.emails.length;
    expect(await emailsThen()).toBe(1);
    await app.readModels.rebuild();
    expect(await emailsThen()).toBe(1);
  });
});

describe('a projection that fails', () => {
  test('stops the read models at the last whole change, and says so', async () => {
    const seen: EventProjection = {
      name: 'seen',
      version: 1,
      by: 'event',
      opens: [],
      tables: [{ name: 'seen', columns: 'position INTEGER PRIMARY KEY' }],
      rows({ position }) {
        if (position > 4) throw new Error('cannot be projected');
        return [['seen', position]];
      },
    };
    const { faults, follower, projector, database } = follow(app, seen);
    await projector.applied(4);
    const waiting = expect(projector.applied(6)).rejects.toThrow('cannot be projected');
    await rename('Ann Archer', '2026-03-01');
    await waiting;
    await expect(projector.applied(5)).rejects.toThrow('cannot be projected');
    await expect(projector.applied(4)).resolves.toBeUndefined();
    expect(faults).toMatchObject([{ message: 'cannot be projected' }]);
    expect(follower.isFollowing).toBe(false);
    expect(database.checkpoint).toBe(4);
    expect(database.prepare('SELECT count(*) AS n FROM seen').get()).toEqual({ n: 4 });
    await projector.stop();
    await expect(projector.applied(5)).rejects.toThrow();
  });
});

describe('rows that are written in their own time', () => {
  /** A log that the test goes on with, and rows whose writing it settles. */
  function start() {
    const readDatabase = { checkpoint: 0 };
    const pages: StoredEvent[][] = [];
    const gathered: StoredEvent[] = [];
    let head = 0;
    let wake = () => {};
    const handed: number[] = [];
    const writing: { upTo: number; written: PromiseWithResolvers<void> }[] = [];
    const faults: unknown[] = [];
    const follower = createFollower('rows', { onFault: (fault) => faults.push(fault) });
    const projector = startProjector({
      store: {
        async *subscribe(_after, { signal }) {
          signal.addEventListener('abort', () => wake());
          while (!signal.aborted) {
            const page = pages.shift();
            if (page) yield page;
            else await new Promise<void>((resolve) => (wake = resolve));
          }
        },
        async head() {
          if (gathered.length > 0) pages.push(gathered.splice(0));
          wake();
          return head;
        },
      },
      readDatabase,
      startRows: () => ({
        take: (events) => handed.push(events.at(-1)!.position),
        write() {
          const written = Promise.withResolvers<void>();
          writing.push({ upTo: handed.at(-1)!, written });
          return written.promise;
        },
        close: async () => undefined,
      }),
      follower,
    });
    const next = (count: number) =>
      Array.from({ length: count }, () => ({ position: ++head }) as StoredEvent);
    return {
      projector,
      follower,
      handed,
      writing,
      faults,
      /** Kept by the log until it is asked for its head. */
      gather: (count: number) => gathered.push(...next(count)),
      /** Resolves once the rows have been handed what comes. */
      async append(count: number) {
        pages.push(next(count));
        wake();
        await expect.poll(() => handed.at(-1)).toBe(head);
      },
      finishWrite() {
        const { upTo, written } = writing.shift()!;
        readDatabase.checkpoint = upTo;
        written.resolve();
      },
    };
  }

  test('are written at once for who waits, also for events that come later; else when many have gathered', async () => {
    const { projector, writing, append, finishWrite } = start();
    const early = projector.applied(2);
    await append(1);
    expect(writing.map(({ upTo }) => upTo)).toEqual([1]);
    await append(1);
    expect(writing.map(({ upTo }) => upTo)).toEqual([1, 2]);
    finishWrite();
    finishWrite();
    await early;
    await append(1_000);
    expect(writing).toEqual([]);
    await append(1_000);
    expect(writing.map(({ upTo }) => upTo)).toEqual([2_002]);
    await append(10);
    const late = projector.applied(2_012);
    expect(writing.map(({ upTo }) => upTo)).toEqual([2_002, 2_012]);
    finishWrite();
    finishWrite();
    await late;
    await projector.stop();
  });

  test('are asked for where the log still gathers what somebody waits for', async () => {
    const { projector, handed, gather, finishWrite } = start();
    gather(3);
    const applied = projector.applied(2);
    await expect.poll(() => handed).toEqual([3]);
    finishWrite();
    await applied;
    await projector.stop();
  });

  test('are not handed more while very many wait to be written', async () => {
    const { projector, handed, append, finishWrite } = start();
    const applied = projector.applied(8_005);
    await append(8_000);
    const five = append(5);
    await turnOfTheLoop();
    expect(handed).toEqual([8_000]);
    finishWrite();
    await five;
    finishWrite();
    await applied;
    await projector.stop();
  });

  test('stop the projector when they fail, also while no more events come', async () => {
    const { projector, follower, writing, faults, append } = start();
    const applied = expect(projector.applied(1)).rejects.toThrow('cannot be written');
    await append(1);
    writing[0]!.written.reject(new Error('cannot be written'));
    await applied;
    expect(faults).toMatchObject([{ message: 'cannot be written' }]);
    expect(follower.isFollowing).toBe(false);
  });
});

function follow({ store, sealing }: Application, projection: EventProjection) {
  const settings = { timeZone: 'UTC' };
  const database = openReadDatabase(':memory:', [projection], settings, 'ledger').readDatabase!;
  const links = { losersOf: () => [], survivorsOf: () => [], cycleOf: () => [], note: () => undefined };
  const faults: unknown[] = [];
  const readStream = streamsOf(store, sealing);
  const startRows = () =>
    createRowWriter(sealing.open, {
      readStream,
      beliefs: createBeliefs(readStream, links),
      projections: [projection],
      settings,
      readDatabase: database,
      links,
    });
  const follower = createFollower('rows', { onFault: (fault) => faults.push(fault) });
  const projector = startProjector({ store, readDatabase: database, startRows, follower });
  return { faults, follower, projector, database };
}
