// The composition root: opens a ledger's files and wires store, keys, read models and commands together.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMergeLinks } from '../projections/identities.ts';
import { projections } from '../projections/index.ts';
import { type AccessLog, type AccessLogLevel, createAccessLog } from './access/access-log.ts';
import { createBeliefs } from './beliefs.ts';
import { createErasedPeople } from './erasure/erased-people.ts';
import { readErasures } from './erasure/erasure-log.ts';
import {
  createErasures,
  destroyErasedKeys,
  type Erasures,
  type ErasuresOptions,
} from './erasure/erasures.ts';
import { createEventSealing, type EventSealing } from './event-sealing.ts';
import type { EventStore } from './event-store/port.ts';
import { openSqliteEventStore, type SqliteEventStore } from './event-store/sqlite.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { Change } from './live/change.ts';
import { type ChangeStreamOptions, streamChanges } from './live/change-stream.ts';
import { createChangeTail } from './live/change-tail.ts';
import { deriveId } from './personal-data/derive-id.ts';
import { openFileKeyStore } from './personal-data/file-key-store.ts';
import type { KeyStore } from './personal-data/key-store.ts';
import { policies as allPolicies } from './policies/index.ts';
import type { Policy, RefusedEffect } from './policies/policy.ts';
import { openPolicyFile } from './policies/policy-file.ts';
import { createPolicyRunner, type PolicyRunner } from './policies/runner.ts';
import { openReadModels, type ReadModels, type ReadModelsOptions } from './projector/read-models.ts';
import type { Clock } from './time/clock.ts';

/** Events read at a time: as many as the read models take in one transaction. */
const pageSize = 4_000;

export interface ApplicationOptions {
  /** Folder of the ledger's files: `ledger.db` (the log), `keys.db`, `views.db`. `:memory:` keeps nothing after closing. */
  dataDirectory: string;
  masterKey: Buffer;
  clock: Clock;
  /** IANA name of the zone in which a moment is a day. */
  timeZone: string;
  /** Make a new ledger where the folder holds none; else that is an error. */
  create: boolean;
  /** Most pages of 4,096 bytes that the log may take; beyond, commands fail with STORE_FULL. Default: what the disk holds. */
  pageCountMax?: number;
  /** Days after which no backup holds what was erased; default 35. Receipts say so. */
  backupDays?: number;
  /** Which reads are recorded; default off. */
  accessLog?: AccessLogLevel;
  /** Told of each step of an erasure: where it throws, the erasure is cut short as by a crash. */
  onErasureStep?: ErasuresOptions['onStep'];
  onProgress?: ReadModelsOptions['onProgress'];
  /** By default all that there are. None acts before `policies.catchUp` or `policies.follow` is called. */
  policies?: readonly Policy[];
  /** Told of what the ledger refused a policy. */
  onRefusedEffect?: (refused: RefusedEffect) => void;
  /** Told of a fault that no caller waits for, such as the read models' projector stopping. */
  onFault: (fault: unknown) => void;
}

export interface Application {
  ledgerId: string;
  store: EventStore;
  sealing: EventSealing;
  keyStore: KeyStore;
  readModels: ReadModels;
  ledger: Ledger;
  policies: PolicyRunner;
  erasures: Erasures;
  accessLog: AccessLog;
  /** Changes after a position, then those that come, for one subscriber; all share one reader of the log. */
  streamChanges(from: ChangesFrom): AsyncIterableIterator<Change, void>;
  clock: Clock;
  timeZone: string;
  close(): Promise<void>;
}

export type ChangesFrom = Pick<ChangeStreamOptions, 'after' | 'filter' | 'bufferMax'>;

export async function openApplication(options: ApplicationOptions): Promise<Application> {
  const { clock, timeZone } = options;
  const { store, keyStore } = await openFiles(options);
  try {
    const records = await readErasures(store);
    await destroyErasedKeys(keyStore, records);
    const erased = createErasedPeople(keyStore.salt);
    for (const { order } of records) erased.note(order);
    const sealing = createEventSealing(keyStore);
    const readModels = await openReadModels({
      path: pathOf(options, 'views.db'),
      store,
      ledgerId: store.ledgerId,
      sealing,
      projections,
      settings: { timeZone },
      createLinks: createMergeLinks,
      createBeliefs: (links) => createBeliefs(store, sealing, links),
      onProgress: options.onProgress,
      onFault: options.onFault,
    });
    const ledger = createLedger({
      store,
      sealing,
      clock,
      salt: keyStore.salt,
      erased,
      head: await store.head(),
      applied: (position) => readModels.applied(position),
      mergesOf: (contactId) => readModels.beliefs.mergesOf(contactId),
      links: {
        note: (loserId, merge) => readModels.links.note(loserId, merge),
        survivorsOf: (contactId) => readModels.links.survivorsOf(contactId),
        cycleOf: (contactId) => readModels.links.cycleOf(contactId),
      },
    });
    const erasures = createErasures({
      store,
      sealing,
      keyStore,
      readModels,
      ledger,
      erased,
      clock,
      backupDays: options.backupDays ?? 35,
      replica: 'this',
      onStep: options.onErasureStep,
    });
    await erasures.resume();
    const accessLog = createAccessLog({
      store,
      sealing,
      clock,
      level: options.accessLog ?? 'off',
      onFault: options.onFault,
    });
    const tail = createChangeTail({ store, sealing, readModels });
    const opened = {
      ledgerId: store.ledgerId,
      store,
      sealing,
      keyStore,
      readModels,
      ledger,
      erasures,
      accessLog,
      clock,
      timeZone,
      streamChanges: (from: ChangesFrom) => streamChanges({ tail, database: readModels.database, ...from }),
    };
    const { runner, file } = openPolicies(options, opened);
    return {
      ...opened,
      policies: runner,
      async close() {
        await tail.close();
        await runner.stop();
        file.close();
        await accessLog.close().catch(options.onFault);
        await readModels.close();
        await store.close();
        await keyStore.close();
      },
    };
  } catch (fault) {
    await store.close();
    await keyStore.close();
    throw fault;
  }
}

function openPolicies(
  options: ApplicationOptions,
  {
    ledgerId,
    store,
    sealing,
    keyStore,
    readModels,
    ledger,
    timeZone,
  }: Omit<Application, 'policies' | 'close'>,
) {
  const file = openPolicyFile(pathOf(options, 'policies.db'), ledgerId);
  const runner = createPolicyRunner({
    policies: options.policies ?? allPolicies,
    store,
    sealing,
    ledger,
    world: {
      get beliefs() {
        return readModels.beliefs;
      },
      database: readModels.database,
      read: (stream) => store.read(stream),
      slotId: (...parts) => deriveId(keyStore.salt, ...parts),
      timeZone,
    },
    applied: (position) => readModels.applied(position),
    file,
    onRefusal: options.onRefusedEffect,
    onFault: options.onFault,
  });
  return { runner, file };
}

function pathOf({ dataDirectory }: ApplicationOptions, file: string): string {
  return dataDirectory === ':memory:' ? dataDirectory : join(dataDirectory, file);
}

/** Log and keys belong together: one without the other is an error, never a reason to make a new one. */
async function openFiles(
  options: ApplicationOptions,
): Promise<{ store: SqliteEventStore; keyStore: KeyStore }> {
  const { dataDirectory, clock, masterKey, pageCountMax } = options;
  if (dataDirectory === ':memory:') return openInMemory(options);
  const [logPath, keyPath] = [pathOf(options, 'ledger.db'), pathOf(options, 'keys.db')];
  if (options.create) mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const store = openSqliteEventStore({
    path: logPath,
    clock,
    pageSize,
    create: options.create && !existsSync(keyPath),
    ...(pageCountMax !== undefined && { pageCountMax }),
  });
  try {
    const isNew = (await store.head()) === 0;
    const keyStore = openFileKeyStore({ path: keyPath, masterKey, ledgerId: store.ledgerId, create: isNew });
    return { store, keyStore };
  } catch (fault) {
    await store.close();
    throw fault;
  }
}

/** The keys lie in a temporary folder for as long as the ledger is open: there is one kind of key store, and it is a file. */
function openInMemory({ clock, masterKey }: ApplicationOptions): {
  store: SqliteEventStore;
  keyStore: KeyStore;
} {
  const store = openSqliteEventStore({ path: ':memory:', clock, create: true });
  const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
  const keyStore = openFileKeyStore({
    path: join(folder, 'keys.db'),
    masterKey,
    ledgerId: store.ledgerId,
    create: true,
  });
  return {
    store,
    keyStore: {
      ...keyStore,
      async close() {
        await keyStore.close();
        rmSync(folder, { recursive: true, force: true });
      },
    },
  };
}
