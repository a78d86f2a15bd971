// Read models kept on a thread of their own: the same rows, the erased gone from them, and faults told.

import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Application } from '../../src/application.ts';
import { streamsOf } from '../../src/beliefs.ts';
import type { StoredEvent } from '../../src/event-store/port.ts';
import { KeyStoreFailure } from '../../src/personal-data/key-store.ts';
import { type RowThreadOptions, serveRows, startRowThread } from '../../src/projector/row-thread.ts';
import type { RowWriter } from '../../src/projector/row-writer.ts';
import { tell, testActor } from '../support/app-in-memory.ts';
import { ledgerFolder } from '../support/app-on-disk.ts';
import { filesIn, findInFiles } from '../support/byte-search.ts';
import { tellDemo } from '../support/demo-ledger.ts';
import { acme, ann, bob } from '../support/ids.ts';
import { carryOutAll, steps } from '../support/random-commands.ts';

const folder = ledgerFolder();

const register = (app: Application, contactId: string, name: string) =>
  tell(app, { type: 'RegisterContact', contactId, name });

const namesIn = ({ readModels }: Application) =>
  readModels.database
    .prepare('SELECT name FROM contact ORDER BY sort_name')
    .all()
    .map((row) => row['name']);

describe('read models on a thread of their own', () => {
  test('have the rows of a rebuild, across a swap, merges, undos and late arrivals', async () => {
    const app = await folder.open({ keepsReadModelsApart: true });
    for (const told of fc.sample(steps, { numRuns: 12, seed: 7 })) await carryOutAll(app, told);
    await tellDemo(app, { accounts: 10, months: 12 });
    await app.readModels.rebuild();
    for (const told of fc.sample(steps, { numRuns: 12, seed: 8 })) await carryOutAll(app, told);
    const { live, rebuilt } = await app.readModels.compareWithRebuilt();
    expect(live).toEqual(rebuilt);
    await app.close();
    const reopened = await folder.open();
    expect(reopened.readModels.database.checksums()).toEqual(live);
    expect(folder.faults).toEqual([]);
  });

  test('show a change to whoever waited for it, also one that was shown before', async () => {
    const app = await folder.open({ keepsReadModelsApart: true });
    await register(app, ann, 'Ann Archer');
    const read = () =>
      app.readModels.database.findCards<{ name: { value: string }[] }>('contact', [ann]).get(ann);
    const before = read();
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Baker' });
    expect(JSON.stringify(before)).toContain('Ann Archer');
    expect(JSON.stringify(read())).toContain('Ann Baker');
  });

  test('stay on this one where the ledger lies in memory', async () => {
    const app = await folder.open({ dataDirectory: ':memory:', keepsReadModelsApart: true });
    await register(app, ann, 'Ann Archer');
    expect(namesIn(app)).toEqual(['Ann Archer']);
  });

  test('hold nothing of the erased, whose keys the thread had', async () => {
    const app = await folder.open({ keepsReadModelsApart: true });
    await register(app, ann, 'Ann Unforgettable');
    await register(app, bob, 'Bob Archer');
    await app.erasures.erase(
      [{ contactId: ann, legalBasis: 'consent_withdrawn', requester: 'data_subject', ticket: 'PRIV-7' }],
      testActor,
    );
    expect(namesIn(app)).toEqual(['Bob Archer', null]);
    const { live, rebuilt } = await app.readModels.compareWithRebuilt();
    expect(live).toEqual(rebuilt);
    await app.close();
    expect(findInFiles(filesIn(folder.path), ['Unforgettable'])).toEqual([]);
  });
});

describe('the end on the thread', () => {
  test('writes together what came meanwhile, also what nobody has asked for yet, and answers who asks for it then', async () => {
    const { port1, port2 } = new MessageChannel();
    const batches: number[][] = [];
    const first = Promise.withResolvers<void>();
    serveRows(port2, () => ({
      async write(events) {
        batches.push(events.map(({ position }) => position));
        if (batches.length === 1) await first.promise;
      },
      close: () => undefined,
    }));
    const told: unknown[] = [];
    port1.on('message', (message) => told.push(message));
    const take = (position: number) => port1.postMessage({ take: JSON.stringify([{ position }]) });
    take(1);
    port1.postMessage('write');
    take(2);
    port1.postMessage('write');
    take(3);
    await expect.poll(() => batches).toEqual([[1]]);
    first.resolve();
    await expect.poll(() => told).toEqual([{ written: 1 }, { written: 3 }]);
    port1.postMessage('write');
    await expect.poll(() => told).toEqual([{ written: 1 }, { written: 3 }, { written: 3 }]);
    expect(batches).toEqual([[1], [2, 3]]);
    port1.postMessage('close');
    port1.close();
  });
});

describe('a thread that cannot go on', () => {
  function write(rows: RowWriter, event: StoredEvent): Promise<void> {
    rows.take([event]);
    return rows.write();
  }

  /** The program of the read models, with an event to write of a ledger that is open here. */
  async function started(optionsFor: (app: Application) => Partial<RowThreadOptions>) {
    const app = await folder.open();
    await register(app, ann, 'Ann Archer');
    await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
    const [event] = await app.store.read(`contact-${ann}`);
    const [account] = await app.store.read(`account-${acme}`);
    const data = { path: folder.file('other.db'), ledgerId: app.ledgerId, settings: { timeZone: 'UTC' } };
    const written: number[] = [];
    const rows = startRowThread({
      program: new URL('../../src/read-models-thread.ts', import.meta.url),
      data,
      open: app.sealing.open,
      readStream: streamsOf(app.store, app.sealing),
      readDatabase: { writtenElsewhere: (checkpoint) => written.push(checkpoint) },
      ...optionsFor(app),
    });
    return { rows, written, event: event as StoredEvent, account: account as StoredEvent };
  }

  test('because keys are out of reach says so with their code: that is no erasure', async () => {
    const outage = new KeyStoreFailure('KEYS_UNAVAILABLE', 'out of reach');
    const { rows, event, written } = await started(() => ({
      open: () => Promise.reject(outage),
    }));
    await expect(write(rows, event)).rejects.toMatchObject({
      code: 'KEYS_UNAVAILABLE',
      message: 'out of reach',
    });
    expect(written).toEqual([]);
    await rows.close();
  });

  test('after a batch that it could not write writes none of those handed to it meanwhile', async () => {
    const outage = new KeyStoreFailure('KEYS_UNAVAILABLE', 'out of reach');
    let asked = 0;
    const { rows, event, account, written } = await started(({ sealing }) => ({
      open: (events) => (asked++ === 0 ? Promise.reject(outage) : sealing.open(events)),
    }));
    // The second could be written, with a hole before it.
    const takes = await Promise.allSettled([write(rows, event), write(rows, account)]);
    expect(takes).toMatchObject(Array(2).fill({ reason: { code: 'KEYS_UNAVAILABLE' } }));
    expect(written).toEqual([]);
    await rows.close();
  });

  test('because it failed or ended tells whoever waits, and whoever asks it later', async () => {
    const { rows, event } = await started(() => ({
      program: new URL('data:text/javascript,throw new Error("broken")'),
    }));
    await expect(write(rows, event)).rejects.toThrow('broken');
    await expect(write(rows, event)).rejects.toThrow('broken');
    await rows.close();
  });

  test('stops the read models, which say so', async () => {
    const app = await folder.open({ keepsReadModelsApart: true });
    await register(app, ann, 'Ann Archer');
    app.readModels.database.database.exec('DROP TABLE placement');
    await expect(register(app, bob, 'Bob Archer')).rejects.toMatchObject({
      code: 'READ_MODELS_STOPPED',
      cause: { message: expect.stringContaining('placement') },
    });
    expect(app.readModels.isFollowing).toBe(false);
    expect(folder.faults).toHaveLength(1);
  });
});
