// The kept tree: it follows the log, goes on where it was left, also after a crash, and is the same however it came to be.
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type EventStore, EventStoreFailure, type StoredEvent } from '../../src/event-store/port.ts';
import { countsRoot } from '../../src/integrity/count-map.ts';
import { openKeptTree } from '../../src/integrity/kept-tree.ts';
import { openProofsFile } from '../../src/integrity/proofs-file.ts';
import { createTreeWriter } from '../../src/integrity/tree-writer.ts';
import { tell } from '../support/app-in-memory.ts';
import { ledgerFolder } from '../support/app-on-disk.ts';
import { heldBackOff } from '../support/held-back-off.ts';
import { ann, contactIdOf } from '../support/ids.ts';
import { signingKeyFile } from '../support/signing-key-file.ts';

const keyFile = signingKeyFile();
const ledger = ledgerFolder();
const open = () => ledger.open({ signingKeyFile: keyFile });

const eventAt = (position: number, stream: string, version: number): StoredEvent => ({
  stream,
  version,
  position,
  id: contactIdOf(position),
  type: 'ContactRegistered',
  typeVersion: 1,
  learnedAtMs: position,
  recordedAtMs: position,
  meta: { actor: { id: 'user-1', kind: 'person' }, source: 'test', commandId: 'c', requestDigest: 'd' },
  data: {},
  boxes: [],
});
/** Events of so many streams in turn. */
const eventsOf = (count: number, streams: number) =>
  Array.from({ length: count }, (_, index) =>
    eventAt(index + 1, `contact-${contactIdOf(index % streams)}`, Math.floor(index / streams) + 1),
  );

describe('the tree of a ledger', () => {
  it('is the same whether it followed the log or was made of it afterwards', async () => {
    const app = await open();
    await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
    const first = await app.integrity.checkpoint();
    for (let n = 2; n < 40; n++)
      await tell(app, { type: 'RegisterContact', contactId: contactIdOf(n), name: 'Bob' });
    const followed = await app.integrity.checkpoint();
    await app.close();
    rmSync(ledger.file('proofs.db'));
    const anew = await open();
    expect(await anew.integrity.checkpoint()).toBe(followed);
    const { since } = await anew.integrity.prove({ contactId: ann, mergedIds: [] }, first);
    expect(since!.checkpoint).toBe(first);
  });

  it.each<[string, (path: string) => void]>([
    ['is cut short', (path) => truncateSync(path, 5_000)],
    ['is something else', (path) => writeFileSync(path, 'hello')],
    ['lacks tiles', (path) => change(path, 'DELETE FROM tree_tile')],
    ['is another ledger’s', (path) => change(path, "UPDATE meta SET ledger_id = 'another'")],
    ['is of another format', (path) => change(path, 'UPDATE meta SET format = 99')],
    ['has no state', (path) => change(path, 'DELETE FROM meta')],
  ])('is made anew where its file %s', async (_, spoil) => {
    const app = await open();
    for (let n = 1; n < 20; n++)
      await tell(app, { type: 'RegisterContact', contactId: contactIdOf(n), name: 'Bob' });
    const before = await app.integrity.checkpoint();
    await app.close();
    spoil(ledger.file('proofs.db'));
    const again = await open();
    expect(await again.integrity.checkpoint()).toBe(before);
    expect(ledger.faults).toEqual([]);
  });

  it('goes on after a crash, wherever it was interrupted', async () => {
    const app = await open();
    for (let n = 1; n < 30; n++) {
      await tell(app, { type: 'RegisterContact', contactId: contactIdOf(n), name: 'Bob' });
      if (n === 10) await app.integrity.checkpoint();
    }
    // As it lies on the disk while it is open.
    mkdirSync(ledger.file('crashed'));
    for (const name of ['proofs.db', 'proofs.db-wal'])
      copyFileSync(ledger.file(name), `${ledger.file('crashed')}/${name}`);
    const complete = await app.integrity.checkpoint();
    const kept = openKeptTree({
      path: `${ledger.file('crashed')}/proofs.db`,
      store: app.store,
      ledgerId: app.ledgerId,
      onFault: (fault) => ledger.faults.push(fault),
    });
    const head = await kept.at(await app.store.head(), ({ head: headOf }) => headOf());
    await kept.close();
    expect(complete).toContain(head.root.toString('base64'));
    expect(complete).toContain(head.countsRoot.toString('base64'));
    expect(ledger.faults).toEqual([]);
  });

  it('goes on after an outage from where it was left, and says the same as one that had none', async () => {
    const app = await open();
    const backOff = heldBackOff();
    let isAway = false;
    const store: EventStore = {
      ...app.store,
      async *subscribe(after, options) {
        for await (const page of app.store.subscribe(after, options)) {
          if (isAway) throw new EventStoreFailure('STORE_UNAVAILABLE', 'i/o error');
          yield page;
        }
      },
    };
    const kept = openKeptTree({ path: ledger.file('other.db'), store, ledgerId: app.ledgerId, ...backOff });
    const headAt = async () => kept.at(await app.store.head(), ({ head }) => head());
    await headAt();
    isAway = true;
    const waiting = expect(kept.at((await app.store.head()) + 1, () => undefined)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    for (let n = 1; n < 20; n++)
      await tell(app, { type: 'RegisterContact', contactId: contactIdOf(n), name: 'Bob' });
    await waiting;
    await backOff.waits();
    await expect(headAt()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    isAway = false;
    backOff.letTry();
    await backOff.isBack();
    expect(await headAt()).toEqual(await app.integrity.kept(await app.store.head(), ({ head }) => head()));
    expect(backOff.told).toEqual(['tree_of_hashes: STORE_UNAVAILABLE', 'tree_of_hashes: back']);
    await kept.close();
  });

  it('goes on after its file found no room, with the leaves that did not get in', async () => {
    const app = await open();
    const backOff = heldBackOff();
    const path = ledger.file('other.db');
    const kept = openKeptTree({ path, store: app.store, ledgerId: app.ledgerId, ...backOff });
    const headAt = async () => kept.at(await app.store.head(), ({ head }) => head());
    await headAt();
    // As long as another holds the file it cannot be written.
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    for (let n = 1; n < 20; n++)
      await tell(app, { type: 'RegisterContact', contactId: contactIdOf(n), name: 'Bob' });
    await expect(headAt()).rejects.toMatchObject({ code: 'ERR_SQLITE_ERROR' });
    await backOff.waits();
    backOff.letTry();
    await backOff.waits();
    expect(backOff.told).toEqual(['tree_of_hashes: ERR_SQLITE_ERROR']);
    other.exec('ROLLBACK');
    other.close();
    backOff.letTry();
    await backOff.isBack();
    expect(await headAt()).toEqual(await app.integrity.kept(await app.store.head(), ({ head }) => head()));
    await kept.close();
  });

  it('goes on after an outage in the middle of a checkpoint, whose counts come in meanwhile', async () => {
    const events = eventsOf(400, 400);
    const whole = Promise.withResolvers<void>();
    let attempts = 0;
    const store = {
      async *subscribe(after: number, { signal }: { signal: AbortSignal }) {
        attempts += 1;
        if (attempts === 1) {
          yield events;
          await setImmediate();
          throw new EventStoreFailure('STORE_UNAVAILABLE', 'i/o error');
        }
        yield [...events, eventAt(401, `contact-${contactIdOf(400)}`, 1)].slice(after);
        if (!signal.aborted) await once(signal, 'abort');
      },
      async readPositions([position]: readonly number[]) {
        await whole.promise;
        return [events[position! - 1]];
      },
      head: async () => 401,
    } as unknown as EventStore;
    const backOff = heldBackOff();
    const kept = openKeptTree({ path: ':memory:', store, ledgerId: 'a', ...backOff });
    const asked = kept.at(400, ({ head }) => head().size);
    await backOff.waits();
    backOff.letTry();
    expect(await asked).toBe(400);
    whole.resolve();
    expect(await kept.at(401, ({ head }) => head().size)).toBe(401);
    expect(backOff.told).toEqual(['tree_of_hashes: STORE_UNAVAILABLE', 'tree_of_hashes: back']);
    await kept.close();
  });

  it('is closed without waiting for the next attempt after an outage', async () => {
    const app = await open();
    const backOff = heldBackOff();
    const readPositions = () => Promise.reject(new EventStoreFailure('STORE_UNAVAILABLE', 'i/o error'));
    const subscribe = async function* () {
      yield* [];
      await readPositions();
    };
    const store = { ...app.store, readPositions, subscribe };
    const kept = openKeptTree({ path: ':memory:', store, ledgerId: app.ledgerId, ...backOff });
    await backOff.waits();
    await kept.close();
    await expect(kept.at(1, () => undefined)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(backOff.pausesMs).toHaveLength(1);
  });

  it('answers a checkpoint that is asked for while the ledger closes with its code', async () => {
    const app = await open();
    const asked = app.integrity.kept(1_000, () => undefined);
    await Promise.all([expect(asked).rejects.toMatchObject({ code: 'PROOFS_STOPPED' }), app.close()]);
  });
});

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

describe('the writer of the tree', () => {
  it('takes many streams and few the same, in pages of any size', async () => {
    for (const streams of [1, 7, 2_000]) {
      const events = eventsOf(3_000, streams);
      const heads = [];
      for (const pageSize of [3_000, 500, 333]) {
        const file = openProofsFile(':memory:', 'ledger');
        const writer = createTreeWriter(file);
        for (let start = 0; start < events.length; start += pageSize)
          await writer.take(events.slice(start, start + pageSize));
        await writer.settle();
        heads.push(writer.head());
        file.close();
      }
      expect(heads[1]).toEqual(heads[0]);
      expect(heads[2]).toEqual(heads[0]);
    }
  });

  it('counts on after a crash between tree and counts', async () => {
    // Most streams have nothing after the crash: what they had before it must be read again.
    const events = eventsOf(510, 50);
    const whole = openProofsFile(':memory:', 'ledger');
    const writer = createTreeWriter(whole);
    await writer.take(events);
    await writer.settle();

    const file = openProofsFile(':memory:', 'ledger');
    const first = createTreeWriter(file);
    await first.take(events.slice(0, 200));
    await first.settle();
    await first.take(events.slice(200, 500));
    expect(file.state).toEqual({ size: 500, countedTo: 200 });
    // What waited in memory is gone; the log is read again from where the counts are.
    const second = createTreeWriter(file);
    await second.take(events.slice(200));
    await second.settle();
    expect(second.head()).toEqual(writer.head());
    expect(countsRoot(file.counts)).toEqual(countsRoot(whole.counts));
    whole.close();
    file.close();
  });

  it('refuses a log with a gap', async () => {
    const writer = createTreeWriter(openProofsFile(':memory:', 'ledger'));
    const events = eventsOf(5, 1);
    await expect(writer.take(events.toSpliced(2, 1))).rejects.toMatchObject({ code: 'TREE_DIFFERS' });
  });
});
