// The composition root: opens a ledger's files and wires store, keys, read models and commands together.
import { extname, join } from 'node:path';
import { createMergeLinks, findAllByExternalId } from '../projections/identities.ts';
import { projections } from '../projections/index.ts';
import { type AccessLog, createAccessLog } from './access/access-log.ts';
import type { AccessLogLevel } from './access/events.ts';
import { createBeliefs, streamsOf } from './beliefs.ts';
import { ConfigInvalid } from './config.ts';
import { createErasedPeople, type ErasedPeople } from './erasure/erased-people.ts';
import { isOfPerson, joinReplicas, readErasures } from './erasure/erasure-log.ts';
import {
  createErasures,
  destroyErasedKeys,
  type Erasures,
  type ErasuresOptions,
} from './erasure/erasures.ts';
import type { RetentionDefinition } from './erasure/retention.ts';
import { createEventSealing, type EventSealing } from './event-sealing.ts';
import type { StoreTrouble } from './event-store/open.ts';
import type { LedgerStore } from './event-store/port.ts';
import type { FollowerOptions } from './follower.ts';
import { type Integrity, openIntegrity } from './integrity/integrity.ts';
import { readSigningKey } from './integrity/signing-key.ts';
import { createLedger, type Ledger, type LedgerOptions } from './ledger.ts';
import { type LedgerFilesOptions, openLedgerFiles } from './ledger-files.ts';
import type { Change } from './live/change.ts';
import { type ChangeStreamOptions, streamChanges } from './live/change-stream.ts';
import { createChangeTail } from './live/change-tail.ts';
import { deriveId } from './personal-data/derive-id.ts';
import type { KeyStore } from './personal-data/key-store.ts';
import { createPolicies } from './policies/index.ts';
import type { Policy, RefusedEffect } from './policies/policy.ts';
import { openPolicyFile, type PolicyFile } from './policies/policy-file.ts';
import { createPolicyRunner, type PolicyRunner } from './policies/runner.ts';
import { openReadModels, type ReadModels, type ReadModelsOptions } from './projector/read-models.ts';
import { startRowThread } from './projector/row-thread.ts';
import type { ReadModelsThreadData } from './read-models-thread.ts';
import { createReplicaMemory } from './replica.ts';
import type { Clock } from './time/clock.ts';
import { defaultRules, digestsOf, type TurnoverRules } from './turnover/rules.ts';

export type { StoreTrouble };

export interface ApplicationOptions extends LedgerFilesOptions {
  clock: Clock;
  /** IANA name of the zone in which a moment is a day. */
  timeZone: string;
  /** Days after which no backup holds what was erased; default 35. Receipts say so. */
  backupDays?: number;
  /** How long data are kept; by default no rule. Nothing is erased by itself. */
  retention?: RetentionDefinition;
  /** What the company has set for turnovers; by default what is shipped. */
  rules?: TurnoverRules;
  /** Name of this copy among those that share the log, for whose word erasures wait. By default it is the only one. */
  replica?: string | undefined;
  /** Which reads are recorded; default off. */
  accessLog?: AccessLogLevel;
  /** Told of each step of an erasure: where it throws, the erasure is cut short as by a crash. */
  onErasureStep?: ErasuresOptions['onStep'];
  /** PEM file of the key that checkpoints are signed with; read when the first is asked for. */
  signingKeyFile?: string | undefined;
  /** Whether the read models are kept on a thread of their own: quicker where much is written and little is read. Default: false. */
  keepsReadModelsApart?: boolean;
  onProgress?: ReadModelsOptions['onProgress'];
  /** By default all that there are. None acts before `policies.catchUp` or `policies.follow` is called. */
  policies?: readonly Policy[];
  /** Told of what the ledger refused a policy. */
  onRefusedEffect?: (refused: RefusedEffect) => void;
  /** Told of a fault that no caller waits for, and of the follower of the log that it stopped, such as the read models. */
  onFault: FollowerOptions['onFault'];
  /** Told that a follower which a fault had stopped goes on. */
  onBack?: FollowerOptions['onBack'];
}

export interface Application {
  ledgerId: string;
  store: LedgerStore;
  sealing: EventSealing;
  keyStore: KeyStore;
  readModels: ReadModels;
  ledger: Ledger;
  policies: PolicyRunner;
  erasures: Erasures;
  retention: RetentionDefinition | undefined;
  rules: TurnoverRules;
  accessLog: AccessLog;
  /** Changes after a position, then those that come, for one subscriber; all share one reader of the log. */
  streamChanges(from: ChangesFrom): AsyncIterableIterator<Change, void>;
  integrity: Integrity;
  clock: Clock;
  timeZone: string;
  close(): Promise<void>;
}

/** Built or not, it lies beside this file. */
const threadProgram = new URL(`./read-models-thread${extname(import.meta.url)}`, import.meta.url);

export type ChangesFrom = Pick<ChangeStreamOptions, 'after' | 'filter' | 'bufferMax'>;

export async function openApplication(options: ApplicationOptions): Promise<Application> {
  // What is opened later needs what was opened before, so all is closed the other way round, also where opening fails.
  const opened = new AsyncDisposableStack();
  try {
    const parts = await openParts(options, opened);
    let closing: Promise<void> | undefined;
    return {
      ...parts,
      close() {
        closing ??= opened.disposeAsync();
        return closing;
      },
    };
  } catch (fault) {
    await opened.disposeAsync().catch(options.onFault);
    throw fault;
  }
}

async function openParts(
  options: ApplicationOptions,
  opened: AsyncDisposableStack,
): Promise<Omit<Application, 'close'>> {
  const { clock, timeZone, rules = defaultRules, retention, onFault } = options;
  const { store, keyStore } = await openLedgerFiles(options);
  opened.defer(() => keyStore.close());
  opened.defer(() => store.close());
  const { ledgerId } = store;
  const policyFile = openPolicyFile(pathOf(options, 'policies.db'), ledgerId, await store.head());
  opened.defer(() => policyFile.close());
  refuseChangedRules(rules, policyFile);
  const erased = createErasedPeople(keyStore.salt);
  const sealing = createEventSealing(keyStore);
  const closing = new AbortController();
  const memory = createReplicaMemory({
    erased,
    keyStore,
    sealing,
    closing: closing.signal,
    onFault,
    onBack: options.onBack,
  });
  store.onWrittenElsewhere(memory.note);
  await destroyErased({ store, keyStore, erased });
  await joinAsReplica(options, { store, sealing });
  const readModels = await openViews(options, { store, sealing });
  opened.defer(() => readModels.close());
  // Others may have written while this replica was away: what it answers first must not be older than what it decides on.
  await readModels.applied(await store.head());
  const written = { store, sealing, keyStore, readModels, erased };
  const head = await store.head();
  const ledger = createLedgerOf(written, { clock, rules, head });
  const erasures = openErasures(options, { ...written, ledger });
  memory.opened({ ledger, readModels, acknowledge: () => erasures.acknowledge() });
  opened.defer(() => erasures.settled());
  opened.defer(() => closing.abort());
  await erasures.resume();
  const integrity = openProofs(options, store);
  opened.defer(() => integrity.close());
  const accessLog = createAccessLog({ store, sealing, clock, level: options.accessLog ?? 'off', onFault });
  opened.defer(() => accessLog.close().catch(onFault));
  const parts = { ledgerId, store, sealing, keyStore, readModels, ledger, rules, clock, timeZone };
  const policies = openPolicies(options, { ...parts, head }, policyFile);
  opened.defer(() => policies.stop());
  const tail = createChangeTail({ store, sealing, readModels });
  opened.defer(() => tail.close());
  return {
    ...parts,
    policies,
    erasures,
    retention,
    accessLog,
    integrity,
    streamChanges: (from) => streamChanges({ tail, database: readModels.database, ...from }),
  };
}

/** Notes who was erased, once their keys are gone: those of a key store from a backup may still be there. */
async function destroyErased({
  store,
  keyStore,
  erased,
}: Pick<Written, 'store' | 'keyStore' | 'erased'>): Promise<void> {
  const records = await readErasures(store);
  await destroyErasedKeys(keyStore, records);
  for (const record of records) if (isOfPerson(record)) erased.note(record.order);
}

/** Makes it known that this copy's word is to be awaited. */
async function joinAsReplica(
  { replica, clock }: ApplicationOptions,
  log: Pick<Application, 'store' | 'sealing'>,
): Promise<void> {
  if (replica === undefined) return;
  await joinReplicas(log, replica, { actor: { id: replica, kind: 'system' }, learnedAtMs: clock.nowMs() });
}

async function openViews(
  options: ApplicationOptions,
  { store, sealing }: Pick<Application, 'store' | 'sealing'>,
): Promise<ReadModels> {
  const { ledgerId } = store;
  const path = pathOf(options, 'views.db');
  const settings = { timeZone: options.timeZone };
  const data: ReadModelsThreadData = { path, ledgerId, settings };
  const readStream = streamsOf(store, sealing);
  // What lies in memory alone another thread cannot open.
  const isApart = options.keepsReadModelsApart === true && path !== ':memory:';
  return openReadModels({
    path,
    store,
    ledgerId,
    sealing,
    projections,
    settings,
    readStream,
    createLinks: createMergeLinks,
    createBeliefs: (links) => createBeliefs(readStream, links),
    ...(isApart && {
      startRowThread: (readDatabase) =>
        startRowThread({ program: threadProgram, data, open: sealing.open, readStream, readDatabase }),
    }),
    onProgress: options.onProgress,
    onFault: options.onFault,
    onBack: options.onBack,
  });
}

type Written = Pick<Application, 'store' | 'sealing' | 'keyStore' | 'readModels'> & { erased: ErasedPeople };

function createLedgerOf(
  { store, sealing, keyStore, readModels, erased }: Written,
  { clock, rules, head }: Pick<LedgerOptions, 'clock' | 'rules' | 'head'>,
): Ledger {
  return createLedger({
    store,
    sealing,
    clock,
    salt: keyStore.salt,
    erased,
    rules,
    head,
    applied: (position) => readModels.applied(position),
    mergesOf: (category, id) => readModels.beliefs.mergesOf(category, id),
    holdersOf: (kind, { source, id }) => findAllByExternalId(readModels.database, kind, source, id),
    links: {
      note: (loserId, survivorId) => readModels.links.note(loserId, survivorId),
      survivorsOf: (id) => readModels.links.survivorsOf(id),
      cycleOf: (id) => readModels.links.cycleOf(id),
    },
  });
}

function openErasures(
  { clock, backupDays = 35, replica, onErasureStep: onStep }: ApplicationOptions,
  written: Written & Pick<Application, 'ledger'>,
): Erasures {
  return createErasures({ ...written, clock, backupDays, replica, onStep });
}

function openProofs(options: ApplicationOptions, store: LedgerStore): Integrity {
  const { signingKeyFile, onFault, onBack } = options;
  return openIntegrity({
    path: pathOf(options, 'proofs.db'),
    store,
    ledgerId: store.ledgerId,
    signingKey: signingKeyFile === undefined ? undefined : () => readSigningKey(signingKeyFile),
    onFault,
    onBack,
  });
}

function openPolicies(
  options: ApplicationOptions,
  {
    store,
    sealing,
    keyStore,
    readModels,
    ledger,
    rules,
    timeZone,
    head,
  }: Pick<Application, 'store' | 'sealing' | 'keyStore' | 'readModels' | 'ledger' | 'rules' | 'timeZone'> &
    Pick<LedgerOptions, 'head'>,
  file: PolicyFile,
): PolicyRunner {
  return createPolicyRunner({
    policies: options.policies ?? createPolicies(),
    store,
    sealing,
    ledger,
    world: {
      get beliefs() {
        return readModels.beliefs;
      },
      database: readModels.database,
      read: (stream) => store.read(stream),
      readOpened: streamsOf(store, sealing),
      slotId: (...parts) => deriveId(keyStore.salt, ...parts),
      rules,
      timeZone,
    },
    applied: (position) => readModels.applied(position),
    file,
    head,
    onRefusal: options.onRefusedEffect,
    onFault: options.onFault,
    onBack: options.onBack,
  });
}

/** What turnovers went by must be told apart from what they go by now: throws CONFIG_INVALID. */
function refuseChangedRules(rules: TurnoverRules, file: PolicyFile): void {
  const changed = digestsOf(rules).filter(({ rule, digest }) => file.noteRule(rule, digest) !== digest);
  if (changed.length === 0) return;
  const names = changed.map(({ rule }) => rule).join(', ');
  throw new ConfigInvalid(
    `The rules for turnovers have another content than this ledger knows under the same version: ${names}. ` +
      'Put back what was there, and add what is to change as another version with a later learnedFrom.',
  );
}

function pathOf({ dataDirectory }: ApplicationOptions, file: string): string {
  return dataDirectory === ':memory:' ? dataDirectory : join(dataDirectory, file);
}
