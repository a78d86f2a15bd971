// Live changes: all of them in order, whoever stops goes on exactly there, and reads see what was delivered.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { findContact } from '../../projections/contacts.ts';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import type { ChangesFrom } from '../../src/application.ts';
import type { Change, ChangesFilter } from '../../src/live/change.ts';
import { streamChanges } from '../../src/live/change-stream.ts';
import { createChangeTail } from '../../src/live/change-tail.ts';
import { reachPosition } from '../../src/live/position-wait.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { accountIdOf, acme, ann, bob, cleo, contactIdOf, globex, job, nextJob } from '../support/ids.ts';
import { carryOutAll, steps } from '../support/random-commands.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
});
afterEach(() => app.close());

const everything: ChangesFilter = {};
const ofContacts = (...ids: string[]): ChangesFilter => ({ contactIds: new Set(ids) });
const ofAccounts = (...ids: string[]): ChangesFilter => ({ accountIds: new Set(ids) });

/** Takes as many changes as are asked for, then stops. */
async function take(count: number, from: ChangesFrom, ledger = app): Promise<Change[]> {
  const taken: Change[] = [];
  const changes = ledger.streamChanges(from);
  while (taken.length < count) {
    const { done, value } = await changes.next();
    if (done) break;
    taken.push(value);
  }
  await changes.return?.();
  return taken;
}

const names = (changes: readonly Change[]) => changes.map(({ event }) => event.type);

async function hire() {
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
  await tell(app, { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme });
}

describe('a subscriber', () => {
  test('gets what the ledger has, then what comes, in order', async () => {
    await hire();
    const taking = take(5, { after: 1, filter: everything });
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Butler' });
    await tell(app, { type: 'ChangeAccountName', accountId: acme, name: 'Acme Corp' });
    await tell(app, { type: 'RecordBounce', contactId: ann, kind: 'soft', address: 'a@acme.example' });
    expect(names(await taking)).toEqual([
      'ContactRegistered',
      'PlacementStarted',
      'ContactNameChanged',
      'AccountNameChanged',
      'Bounced',
    ]);
  });

  test('finds each change in the read models when it comes', async () => {
    await hire();
    const changes = app.streamChanges({ after: 3, filter: everything });
    const command = { type: 'ChangeContactOwner', contactId: ann, owner: 'grace' } as const;
    // A feed's line is acknowledged before the read models have it.
    const { done } = await app.ledger.submit(command, {
      actor: { id: 'importer', kind: 'integration' },
      source: 'crm',
      by: 'feed',
    });
    expect((await changes.next()).value).toMatchObject({ event: { type: 'ContactOwnerChanged' } });
    expect(findContact(app.readModels.database, ann)?.owner.at(-1)?.value).toBe('grace');
    await done;
    await changes.return?.();
  });

  test('that stops while it waits is let go at once, and the next one starts where the ledger is', async () => {
    await hire();
    const changes = app.streamChanges({ after: 3, filter: everything });
    const waiting = changes.next();
    await changes.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Butler' });
    expect(names(await take(1, { after: 3, filter: everything }))).toEqual(['ContactNameChanged']);
  });

  test('that is slow loses nothing: what its buffer cannot hold is read from the log again', async () => {
    await hire();
    const changes = app.streamChanges({ after: 3, filter: everything, bufferMax: 2 });
    const first = changes.next();
    for (let n = 1; n <= 20; n++)
      await tell(app, { type: 'ChangeContactName', contactId: ann, name: `Ann ${n}` });
    const positions = [(await first).value!.event.position];
    while (positions.length < 20) positions.push((await changes.next()).value!.event.position);
    expect(positions).toEqual(Array.from({ length: 20 }, (_, index) => index + 4));
    await changes.return?.();
  });

  test('that takes at once all that it is given lets others come to their turn', async () => {
    for (let n = 1; n <= 20; n++)
      await tell(app, { type: 'RegisterContact', contactId: contactIdOf(n), name: `Ann ${n}` });
    let nowMs = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => {
      nowMs += 100;
      return nowMs;
    });
    onTestFinished(() => void vi.restoreAllMocks());
    const changes = app.streamChanges({ after: 0, filter: everything });
    await changes.next();
    let hasTurned = false;
    setImmediate(() => {
      hasTurned = true;
    });
    for (let n = 2; n <= 20; n++) await changes.next();
    expect(hasTurned).toBe(true);
    await changes.return?.();
  });

  test('is ended when the ledger is closed', async () => {
    const waiting = app.streamChanges({ after: 0, filter: everything }).next();
    await app.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
    app = await openTestApplication();
  });

  test('is told of a fault of the log', async () => {
    const fault = new Error('the disk is gone');
    // biome-ignore lint/correctness/useYield: it fails before there is anything to give.
    async function* subscribe(): AsyncGenerator<never> {
      throw fault;
    }
    const tail = createChangeTail({ ...app, store: { ...app.store, subscribe } });
    const { database } = app.readModels;
    const changes = streamChanges({ tail, database, after: 0, filter: everything });
    await expect(changes.next()).rejects.toBe(fault);
  });
});

describe('a filter', () => {
  test('by contact leaves out what concerns others', async () => {
    await hire();
    await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' });
    await tell(app, { type: 'RecordBounce', contactId: ann, kind: 'soft', address: 'a@acme.example' });
    expect(names(await take(3, { after: 0, filter: ofContacts(ann) }))).toEqual([
      'ContactRegistered',
      'PlacementStarted',
      'Bounced',
    ]);
  });

  test('by account takes its placements, and removals of their contacts', async () => {
    await hire();
    await tell(app, { type: 'RegisterAccount', accountId: globex, name: 'Globex' });
    const taking = take(5, { after: 0, filter: ofAccounts(acme) });
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Butler' });
    await tell(app, { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'CFO' });
    await tell(app, { type: 'StartPlacement', contactId: ann, placementId: nextJob, accountId: globex });
    await tell(app, { type: 'RemoveContact', contactId: ann }, { reasonCode: 'left' });
    await tell(app, { type: 'RestoreContact', contactId: ann });
    const expected = [
      'AccountRegistered',
      'PlacementStarted',
      'TitleChanged',
      'ContactRemoved',
      'ContactRestored',
    ];
    expect(names(await taking)).toEqual(expected);
    expect(names(await take(5, { after: 0, filter: ofAccounts(acme) }))).toEqual(expected);
  });

  test('by contact and account takes what concerns either, and by type of these only those', async () => {
    await hire();
    await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' });
    const filter = { ...ofContacts(bob), ...ofAccounts(acme) };
    expect(names(await take(3, { after: 0, filter }))).toEqual([
      'AccountRegistered',
      'PlacementStarted',
      'ContactRegistered',
    ]);
    const typed = { ...filter, types: new Set(['ContactRegistered']) };
    expect((await take(1, { after: 0, filter: typed }))[0]!.event.stream).toBe(`contact-${bob}`);
  });

  test('by the survivor of a merge takes the later changes of the merged contact, and the undoing', async () => {
    for (const [contactId, name] of [
      [ann, 'Ann'],
      [bob, 'Bob'],
      [cleo, 'Cleo'],
    ] as const)
      await tell(app, { type: 'RegisterContact', contactId, name });
    const live = take(5, { after: 3, filter: ofContacts(cleo) });
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'before the merge' });
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: cleo });
    await tell(app, { type: 'RecordBounce', contactId: ann, kind: 'soft', address: 'a@acme.example' });
    await tell(app, { type: 'UnmergeContacts', contactId: ann });
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'by herself again' });
    await tell(app, { type: 'ChangeContactName', contactId: cleo, name: 'Cleo B.' });
    await tell(app, { type: 'RecordBounce', contactId: bob, kind: 'soft', address: 'b@acme.example' });
    const expected = ['ContactMerged', 'Bounced', 'ContactUnmerged', 'ContactNameChanged', 'Bounced'];
    expect(names(await live)).toEqual(expected);
    // Who was away meanwhile gets the same.
    expect(names(await take(5, { after: 3, filter: ofContacts(cleo) }))).toEqual(expected);
  });
});

describe('a turnover', () => {
  const leaving = { type: 'EndPlacement', contactId: ann, placementId: job } as const;
  async function leave() {
    const typed = { type: 'ChangeContactType', contactType: 'champion', importance: null } as const;
    await tell(app, { ...typed, contactId: ann, placementId: job });
    await tell(app, leaving);
    await app.policies.catchUp();
    return findTurnoversOf(app.readModels.database, 'contact_id', ann)[0]!.id;
  }

  test.each([
    ['everybody', everything],
    ['those who ask for the contact who left', ofContacts(ann)],
    ['those who ask for the account at risk', ofAccounts(acme)],
  ])('is told of to %s, and afterwards the same', async (_who, filter) => {
    await hire();
    const live = take(4, { after: 3, filter });
    const turnoverId = await leave();
    await tell(app, { type: 'LearnRoleOutcome', turnoverId, outcome: 'refilled' });
    const expected = ['ContactTypeChanged', 'PlacementEnded', 'TurnoverOpened', 'RoleOutcomeLearned'];
    expect(names(await live)).toEqual(expected);
    expect(names(await take(4, { after: 3, filter }))).toEqual(expected);
  });

  test('concerns nobody else, but whom its contact is merged into', async () => {
    await hire();
    await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' });
    await tell(app, { type: 'RegisterAccount', accountId: globex, name: 'Globex' });
    const filter = { ...ofContacts(bob), ...ofAccounts(globex) };
    const live = take(3, { after: 5, filter });
    const turnoverId = await leave();
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob, carried: [] });
    await app.policies.catchUp();
    await tell(app, { type: 'ReopenTurnover', turnoverId });
    const expected = ['ContactMerged', 'TurnoverDismissed', 'TurnoverReopened'];
    expect(names(await live)).toEqual(expected);
    expect(names(await take(3, { after: 5, filter }))).toEqual(expected);
  });
});

test('whoever is cut off at random and goes on gets every change once, as if it had never been away', async () => {
  const filters = [
    everything,
    ofContacts(contactIdOf(0), contactIdOf(1)),
    ofAccounts(accountIdOf(1), accountIdOf(2)),
    { ...ofContacts(contactIdOf(2)), ...ofAccounts(accountIdOf(0)) },
  ];
  const ending = accountIdOf(99);
  const untilTheEnd = (filter: ChangesFilter): ChangesFilter =>
    filter === everything
      ? filter
      : { ...filter, accountIds: new Set([...(filter.accountIds ?? []), ending]) };

  async function follow(ledger: TestApplication, filter: ChangesFilter, cuts: readonly number[]) {
    const seen: number[] = [];
    for (let cut = 0; ; cut++) {
      const count = cuts.length === 0 ? Number.POSITIVE_INFINITY : 1 + cuts[cut % cuts.length]!;
      const changes = ledger.streamChanges({ after: seen.at(-1) ?? 0, filter, bufferMax: 3 });
      for (let n = 0; n < count; n++) {
        const { value } = await changes.next();
        if (value!.event.stream === `account-${ending}`) {
          await changes.return?.();
          return seen;
        }
        seen.push(value!.event.position);
      }
      await changes.return?.();
    }
  }

  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.nat(7), { minLength: 1, maxLength: 5 }), async (told, cuts) => {
      const ledger = await openTestApplication();
      const wanted = filters.map(untilTheEnd);
      const live = wanted.flatMap((filter) => [follow(ledger, filter, cuts), follow(ledger, filter, [])]);
      await carryOutAll(ledger, told);
      await tell(ledger, { type: 'RegisterAccount', accountId: ending, name: 'End' });
      const seen = await Promise.all(live);
      for (const [index, filter] of wanted.entries()) {
        const afterwards = await follow(ledger, filter, []);
        expect(seen[2 * index]).toEqual(afterwards);
        expect(seen[2 * index + 1]).toEqual(afterwards);
      }
      await ledger.close();
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

describe('waiting for a position', () => {
  const never = new AbortController().signal;

  test('ends when reads see it', async () => {
    await hire();
    expect(await reachPosition(app, 3, never)).toBe(true);
    const waiting = reachPosition(app, 4, never);
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Butler' });
    expect(await waiting).toBe(true);
    expect(app.readModels.database.checkpoint).toBe(4);
  });

  test('ends when the time is up', async () => {
    expect(await reachPosition(app, 1_000_000, AbortSignal.timeout(20))).toBe(false);
  });
});
