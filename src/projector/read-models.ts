// The read models as a whole: opened, brought up to date, rebuilt beside the old ones and swapped when they are.
import { existsSync, renameSync, rmSync } from 'node:fs';
import type { Beliefs, MergeHistory, ReadStream } from '../beliefs.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { EventStore } from '../event-store/port.ts';
import { createFollower, type FollowerOptions } from '../follower.ts';
import type { Projection, ProjectionSettings } from './projection.ts';
import { type Projector, startProjector } from './projector.ts';
import { openReadDatabase, type ProjectionChecksum, type ReadDatabase } from './read-database.ts';
import { type RebuildOptions, rebuild } from './rebuild.ts';
import { createRowWriter, type RowWriter } from './row-writer.ts';

export interface MergeLinks extends MergeHistory {
  /** Those whose rows depend on this one's because it was merged into them. */
  survivorsOf(loserId: string): readonly string[];
  /** Makes a merge known before its row is written. */
  note(loserId: string, survivorId: string): void;
}

export interface ReadModelsOptions extends FollowerOptions {
  /** File of the read models, or `:memory:`. */
  path: string;
  store: EventStore;
  ledgerId: string;
  sealing: EventSealing;
  projections: readonly Projection[];
  settings: ProjectionSettings;
  readStream: ReadStream;
  createLinks: (database: ReadDatabase) => MergeLinks;
  createBeliefs: (links: MergeLinks) => Beliefs;
  /** Starts what writes the rows of the tables that serve, where that is not to be done on this thread. */
  startRowThread?: ((database: ReadDatabase) => RowWriter) | undefined;
  onProgress?: RebuildOptions['onProgress'];
}

export interface ReadModels {
  /** The tables that finders read: always the ones that serve now, so that it may be kept across a swap. */
  readonly database: ReadDatabase;
  readonly beliefs: Beliefs;
  readonly links: MergeLinks;
  /** Whether tables are written anew beside those that serve. */
  readonly isRebuilding: boolean;
  /** False from a fault on until it is over: answers from them may be stale. */
  readonly isFollowing: boolean;
  /** Resolves once the tables rest on this position, also where they are swapped meanwhile; rejects where a fault has stopped them, be it for now. */
  applied(position: number): Promise<void>;
  /** Builds all tables anew beside the live ones and swaps them in. Where that fails the live ones go on. */
  rebuild(onProgress?: RebuildOptions['onProgress']): Promise<void>;
  /** Writes the tables into a fresh file where bytes of the old one may still hold what was erased. */
  compact(): Promise<void>;
  /** Builds all tables anew elsewhere and compares checksums at one position. Nothing may be written meanwhile. */
  compareWithRebuilt(
    onProgress?: RebuildOptions['onProgress'],
  ): Promise<{ position: number; live: ProjectionChecksum[]; rebuilt: ProjectionChecksum[] }>;
  close(): Promise<void>;
}

interface Generation {
  database: ReadDatabase;
  links: MergeLinks;
  beliefs: Beliefs;
}

export async function openReadModels(options: ReadModelsOptions): Promise<ReadModels> {
  const { path, store, projections, settings } = options;
  const follower = createFollower('read_models', options);
  const nextPath = besides(path, 'next');
  const comparedPath = besides(path, 'verify');
  // Left behind by a process that was killed.
  for (const file of [nextPath, comparedPath]) removeFile(file);
  const opened = openUsable(options, await store.head());
  let current = opened.database;
  const serving = servingDatabase(() => current);
  let live = generationOf(options, serving);
  const closing = new AbortController();
  let rebuilding: Promise<unknown> | undefined;
  /** While the tables are exchanged nobody follows the log. */
  let exchange: PromiseWithResolvers<void> | undefined;
  try {
    if (opened.state === 'empty') await build(live, options.onProgress);
  } catch (fault) {
    current.close();
    throw fault;
  }
  let projector = serve();
  if (opened.state === 'old_versions')
    void createFollower('read_models_rebuild', options).run(
      () => inTurn(() => swap(options.onProgress)),
      closing.signal,
    );

  /** Follows the log with the tables that serve. */
  function serve(): Projector {
    const { startRowThread } = options;
    // Each commit of the other connection empties this one's cache.
    if (startRowThread) serving.database.exec('PRAGMA cache_size=-2000');
    const { database: readDatabase } = live;
    const startRows = () => (startRowThread ? startRowThread(serving) : rowsOf(live));
    return startProjector({ store, readDatabase, startRows, follower });
  }

  /** Follows with tables that do not serve yet. A fault is told by whoever waits for them. */
  function catchUp(next: Generation): Projector {
    const startRows = () => rowsOf(next);
    const told = createFollower('read_models', { onFault: () => undefined });
    return startProjector({ store, readDatabase: next.database, startRows, follower: told });
  }

  function rowsOf({ database, links, beliefs }: Generation): RowWriter {
    const { sealing, readStream } = options;
    return createRowWriter(sealing.open, {
      readStream,
      beliefs,
      projections,
      settings,
      readDatabase: database,
      links,
    });
  }

  async function build(
    { database, beliefs }: Generation,
    onProgress: RebuildOptions['onProgress'],
  ): Promise<number> {
    const { sealing } = options;
    const { signal } = closing;
    return rebuild({
      store,
      sealing,
      beliefs,
      projections,
      settings,
      readDatabase: database,
      onProgress,
      signal,
    });
  }

  /** The old tables serve until the new ones are complete; then both stand still for the moment of the swap. */
  async function swap(onProgress: RebuildOptions['onProgress']): Promise<void> {
    const fresh = create(nextPath, options);
    const next = generationOf(options, fresh);
    let catchingUp: Projector | undefined;
    try {
      await build(next, onProgress);
      catchingUp = catchUp(next);
      await catchingUp.applied(current.checkpoint);
      exchange = Promise.withResolvers();
      await projector.stop();
      // Who was answered from the old tables must find the same in the new ones.
      await catchingUp.applied(current.checkpoint);
      await catchingUp.stop();
      current = exchangeFiles(fresh);
      live = generationOf(options, serving);
    } catch (fault) {
      await catchingUp?.stop();
      if (current !== fresh) fresh.close();
      removeFile(nextPath);
      throw fault;
    } finally {
      if (exchange) {
        projector = serve();
        exchange.resolve();
        exchange = undefined;
      }
    }
  }

  /** Puts the file of the new tables in the place of the old one; closed, because SQLite knows its files by name. */
  function exchangeFiles(fresh: ReadDatabase): ReadDatabase {
    current.close();
    if (path === ':memory:') return fresh;
    fresh.close();
    removeFile(path);
    renameSync(nextPath, path);
    return openReadDatabase(path, projections, settings, options.ledgerId).readDatabase!;
  }

  /** Both stand still: what is copied must not change, and who asks must find the same in the copy. */
  async function compact(): Promise<void> {
    if (path === ':memory:' || !current.isCompactionDue) return;
    exchange = Promise.withResolvers();
    try {
      await projector.stop();
      removeFile(nextPath);
      current.copyTo(nextPath);
      current = exchangeFiles(
        openReadDatabase(nextPath, projections, settings, options.ledgerId).readDatabase!,
      );
    } finally {
      projector = serve();
      exchange.resolve();
      exchange = undefined;
    }
  }

  async function compareWithRebuilt(onProgress: RebuildOptions['onProgress']) {
    await applied(await store.head());
    const other = generationOf(options, create(comparedPath, options));
    try {
      const position = await build(other, onProgress);
      return { position, live: current.checksums(), rebuilt: other.database.checksums() };
    } finally {
      other.database.close();
      removeFile(comparedPath);
    }
  }

  function begin<Result>(work: () => Promise<Result>): Promise<Result> {
    const running = work().finally(() => {
      if (rebuilding === running) rebuilding = undefined;
    });
    rebuilding = running;
    return running;
  }

  /** Whatever becomes of it: who waits for it has been told already. */
  const rebuilt = () => rebuilding?.catch(() => undefined);

  /** One after another, since they write the same files; none begins while all is being closed. */
  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    while (rebuilding) await rebuilt();
    closing.signal.throwIfAborted();
    return begin(work);
  }

  async function applied(position: number): Promise<void> {
    for (;;) {
      const asked = projector;
      try {
        return await asked.applied(position);
      } catch (fault) {
        await exchange?.promise;
        if (asked === projector) throw fault;
      }
    }
  }

  return {
    database: serving,
    get beliefs() {
      return live.beliefs;
    },
    get links() {
      return live.links;
    },
    get isFollowing() {
      return follower.isFollowing;
    },
    get isRebuilding() {
      return rebuilding !== undefined;
    },
    applied,
    rebuild: (onProgress) => inTurn(() => swap(onProgress)),
    compact: () => inTurn(compact),
    compareWithRebuilt: (onProgress) => inTurn(() => compareWithRebuilt(onProgress)),
    async close() {
      closing.abort();
      await rebuilt();
      await projector.stop();
      current.close();
    },
  };
}

/** A read database that stays the same object while the file behind it is exchanged. */
function servingDatabase(current: () => ReadDatabase): ReadDatabase {
  return {
    get database() {
      return current().database;
    },
    get checkpoint() {
      return current().checkpoint;
    },
    write: (change) => current().write(change),
    writtenElsewhere: (checkpoint) => current().writtenElsewhere(checkpoint),
    prepare: (sql) => current().prepare(sql),
    findCards: (table, ids) => current().findCards(table, ids),
    readBelief: (by, id) => current().readBelief(by, id),
    checksums: () => current().checksums(),
    createIndexes: () => current().createIndexes(),
    get isCompactionDue() {
      return current().isCompactionDue;
    },
    copyTo: (path) => current().copyTo(path),
    close: () => current().close(),
  };
}

function besides(path: string, suffix: string): string {
  return path === ':memory:' ? path : `${path}.${suffix}`;
}

function generationOf(options: ReadModelsOptions, database: ReadDatabase): Generation {
  const links = options.createLinks(database);
  return { database, links, beliefs: options.createBeliefs(links) };
}

/** Read models can always be made again: what cannot be used as it is (damaged, ahead of the log, other tables) is thrown away. */
function openUsable(
  options: ReadModelsOptions,
  head: number,
): { database: ReadDatabase; state: 'current' | 'old_versions' | 'empty' } {
  const { path, projections, settings, ledgerId } = options;
  if (path !== ':memory:' && existsSync(path)) {
    try {
      const { readDatabase: database, state } = openReadDatabase(path, projections, settings, ledgerId);
      if (state !== 'unusable' && database && database.checkpoint > 0 && database.checkpoint <= head)
        return { database, state };
      database?.close();
    } catch {
      // A damaged file says nothing that the log does not say better.
    }
  }
  return { database: create(path, options), state: 'empty' };
}

/** An empty one, in the place of whatever was there. */
function create(path: string, { projections, settings, ledgerId }: ReadModelsOptions): ReadDatabase {
  removeFile(path);
  return openReadDatabase(path, projections, settings, ledgerId, { indexes: false }).readDatabase!;
}

function removeFile(path: string): void {
  if (path === ':memory:') return;
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}
