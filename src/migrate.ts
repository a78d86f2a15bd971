// Moves a ledger between a file and a cluster: every event with its id, times and place, sealed as it is, and its keys.
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Application, openApplication } from './application.ts';
import { openEventStore, type StoreTrouble } from './event-store/open.ts';
import { EventStoreFailure, type LedgerStore, type StoredEvent } from './event-store/port.ts';
import { checkKeys, copyKeys, type KeyPlace } from './personal-data/key-transfer.ts';
import type { ProjectionChecksum } from './projector/read-database.ts';
import type { Clock } from './time/clock.ts';

/** Where a ledger is: a folder, and what of it is kept elsewhere. */
export interface LedgerPlace {
  dataDirectory: string;
  eventStore?: string | undefined;
  keyDatabase?: string | undefined;
}

export interface MigrationOptions {
  from: LedgerPlace;
  to: LedgerPlace;
  masterKey: Buffer;
  clock: Clock;
  timeZone: string;
  openWithinMs?: number;
  onTrouble?: (trouble: StoreTrouble) => void;
  onProgress?: (progress: MigrationProgress) => void;
}

export interface MigrationProgress {
  /** The log, then keys, then what the read models at each end are computed from. */
  step: 'log' | 'keys' | 'events' | 'beliefs';
  done: number;
  total: number;
}

export interface Migration {
  ledgerId: string;
  /** Events of the ledger, the same at both ends. */
  events: number;
  /** How many of them were written now; the others an earlier run had brought. */
  moved: number;
  keys: number;
  /** The read models, the same at both ends. */
  readModels: ProjectionChecksum[];
}

/** What came out is not what went in, or the place to move to holds something else. */
export class MigrationFailure extends Error {
  readonly code: 'MIGRATION_SAME_FOLDER' | 'MIGRATION_DIVERGED' | 'MIGRATION_DIFFERS';
  constructor(code: MigrationFailure['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Cut short, it goes on where it was when it is run again. Nobody may write at either end meanwhile. */
export async function migrate(options: MigrationOptions): Promise<Migration> {
  const { from, to } = options;
  if (resolve(from.dataDirectory) === resolve(to.dataDirectory))
    throw new MigrationFailure(
      'MIGRATION_SAME_FOLDER',
      `Both ends would use the folder ${from.dataDirectory}: give --data another folder for what belongs to the cluster's end.`,
    );
  const source = await openPlace(options, from, undefined);
  // Where there are none, opening computes them anew.
  const readModelsAreOld = existsSync(join(to.dataDirectory, 'views.db'));
  let moved: number;
  let keys: number;
  const { ledgerId } = source;
  try {
    const target = await openPlace(options, to, ledgerId);
    try {
      const keyPlaces = [keysAt(from), keysAt(to), { masterKey: options.masterKey, ledgerId }] as const;
      await checkKeys(...keyPlaces);
      moved = await moveEvents(source, target, options);
      options.onProgress?.({ step: 'keys', done: 0, total: 1 });
      // Last: without them nobody can open what has arrived so far, take it for the ledger and go on in it.
      keys = await copyKeys(...keyPlaces);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  return { ledgerId, moved, keys, ...(await compare(options, readModelsAreOld)) };
}

function keysAt({ dataDirectory, keyDatabase }: LedgerPlace): KeyPlace {
  return keyDatabase === undefined ? { file: join(dataDirectory, 'keys.db') } : { url: keyDatabase };
}

/** `newLedgerId` where the ledger may be made there. */
async function openPlace(
  { clock, openWithinMs, onTrouble }: MigrationOptions,
  { dataDirectory, eventStore }: LedgerPlace,
  newLedgerId: string | undefined,
): Promise<LedgerStore> {
  if (newLedgerId !== undefined || eventStore !== undefined)
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const store = await openEventStore({
    url: eventStore,
    folder: dataDirectory,
    clock,
    create: newLedgerId !== undefined,
    ...(newLedgerId !== undefined && { ledgerId: newLedgerId }),
    ...(openWithinMs !== undefined && { openWithinMs }),
    ...(onTrouble && { onTrouble }),
  });
  if (newLedgerId === undefined || store.ledgerId === newLedgerId) return store;
  await store.close();
  throw new EventStoreFailure(
    'LEDGER_MISMATCH',
    `The place to move to holds the ledger ${store.ledgerId}, not ${newLedgerId}: name an empty one.`,
  );
}

async function moveEvents(
  source: LedgerStore,
  target: LedgerStore,
  { onProgress }: MigrationOptions,
): Promise<number> {
  const total = await source.head();
  const start = await target.head();
  await checkStart(source, target, start);
  for await (const page of source.readAll(start)) {
    await target.restore(page);
    onProgress?.({ step: 'log', done: page.at(-1)!.position, total });
  }
  if ((await source.head()) === total && (await target.head()) === total) return total - start;
  throw new MigrationFailure(
    'MIGRATION_DIVERGED',
    'Somebody wrote while the ledger was moved: stop all who use it, then run the command again.',
  );
}

/** What is there already must be the beginning of what is to come. */
async function checkStart(source: LedgerStore, target: LedgerStore, start: number): Promise<void> {
  if (start === 0) return;
  const [[last], [there]] = await Promise.all([source.readPositions([start]), target.readPositions([start])]);
  const place = (event: StoredEvent | undefined) => event && `${event.id} ${event.stream} ${event.version}`;
  if (last && place(last) === place(there)) return;
  throw new MigrationFailure(
    'MIGRATION_DIVERGED',
    `The place to move to holds ${start} events that this ledger does not begin with: name an empty one.`,
  );
}

/**
 * The tree of hashes over the log, which covers every part of every event, and the read models: as they are where the ledger was,
 * computed anew where it is now.
 */
async function compare(
  options: MigrationOptions,
  readModelsAreOld: boolean,
): Promise<Pick<Migration, 'events' | 'readModels'>> {
  const ends: { events: number; log: string; readModels: ProjectionChecksum[] }[] = [];
  for (const place of [options.from, options.to]) {
    const faults: unknown[] = [];
    const app = await openApplication({
      ...options,
      ...place,
      create: false,
      onFault: (fault) => faults.push(fault),
    });
    try {
      if (place === options.to && readModelsAreOld) await app.readModels.rebuild(options.onProgress);
      ends.push(await sumsOf(app));
    } finally {
      await app.close();
    }
    if (faults.length > 0) throw faults[0];
  }
  const [before, after] = ends;
  if (JSON.stringify(before) === JSON.stringify(after))
    return { events: before!.events, readModels: before!.readModels };
  throw new MigrationFailure(
    'MIGRATION_DIFFERS',
    'What was moved is not what is there now: do not use the new place. Delete it and move the ledger again; keep the old one.',
  );
}

async function sumsOf({ store, readModels, integrity }: Application) {
  const events = await store.head();
  await readModels.applied(events);
  const log = await integrity.kept(events, (tree) => JSON.stringify(tree.head()));
  return { events, log, readModels: readModels.database.checksums() };
}
