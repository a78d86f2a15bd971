// The read models as a whole: opened, brought up to date, rebuilt beside the old ones and swapped when they are.
import { existsSync, renameSync, rmSync } from 'node:fs';
import type { Beliefs } from '../beliefs.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { EventStore } from '../event-store/port.ts';
import type { Projection, ProjectionSettings } from './projection.ts';
import { type Projector, startProjector } from './projector.ts';
import { openReadDatabase, type ProjectionChecksum, type ReadDatabase } from './read-database.ts';
import { type RebuildOptions, rebuild } from './rebuild.ts';

export interface MergeLinks {
  losersOf(survivorId: string): readonly string[];
  survivorsOf(loserId: string): readonly string[];
  note(loserId: string, survivorId: string): void;
}

export interface ReadModelsOptions {
  /** File of the read models, or `:memory:`. */
  path: string;
  store: EventStore;
  ledgerId: string;
  sealing: EventSealing;
  projections: readonly Projection[];
  settings: ProjectionSettings;
  createLinks: (database: ReadDatabase) => MergeLinks;
  createBeliefs: (links: MergeLinks) => Beliefs;
  onProgress?: RebuildOptions['onProgress'];
  onFault: (fault: unknown) => void;
}

export interface ReadModels {
  /** The tables that finders read; another object after a swap. */
  readonly database: ReadDatabase;
  readonly beliefs: Beliefs;
  readonly links: MergeLinks;
  /** Whether rows of an older version still serve while the new ones are built. */
  readonly isRebuilding: boolean;
  applied(position: number): Promise<void>;
  /** Builds all tables anew beside the live ones and swaps them in. */
  rebuild(onProgress?: RebuildOptions['onProgress']): Promise<void>;
  /** Builds all tables anew elsewhere and compares: live and rebuilt checksums at one position. */
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
  const nextPath = path === ':memory:' ? path : `${path}.next`;
  const opened = openUsable(options, await store.head());
  let live = generationOf(options, opened.database);
  let rebuilding: Promise<void> | undefined;
  if (opened.state === 'empty') await build(live, options.onProgress);
  let projector = follow(live);
  if (opened.state === 'old_versions') rebuilding = swap(options.onProgress).catch(options.onFault);

  function follow({ database, links, beliefs }: Generation): Projector {
    const { sealing, onFault } = options;
    return startProjector({
      store,
      sealing,
      beliefs,
      projections,
      settings,
      readDatabase: database,
      links,
      onFault,
    });
  }

  async function build(
    { database, beliefs }: Generation,
    onProgress: RebuildOptions['onProgress'],
  ): Promise<number> {
    return rebuild({
      store,
      sealing: options.sealing,
      beliefs,
      projections,
      settings,
      readDatabase: database,
      onProgress,
    });
  }

  /** The old tables serve until the new ones are complete; then both stand still for the moment of the swap. */
  async function swap(onProgress: RebuildOptions['onProgress']): Promise<void> {
    removeFile(nextPath);
    const next = generationOf(options, create(nextPath, options));
    await build(next, onProgress);
    const catchingUp = follow(next);
    await catchingUp.applied(live.database.checkpoint);
    const [former, formerProjector] = [live, projector];
    live = next;
    projector = catchingUp;
    await formerProjector.stop();
    former.database.close();
    if (path !== ':memory:') {
      removeFile(path);
      for (const suffix of ['', '-wal', '-shm'])
        if (existsSync(nextPath + suffix)) renameSync(nextPath + suffix, path + suffix);
    }
    rebuilding = undefined;
  }

  return {
    get database() {
      return live.database;
    },
    get beliefs() {
      return live.beliefs;
    },
    get links() {
      return live.links;
    },
    get isRebuilding() {
      return rebuilding !== undefined;
    },
    applied: (position) => projector.applied(position),
    async rebuild(onProgress) {
      await rebuilding;
      rebuilding = swap(onProgress);
      await rebuilding;
    },
    async compareWithRebuilt(onProgress) {
      await rebuilding;
      await projector.applied(await store.head());
      const temporary = path === ':memory:' ? path : `${path}.verify`;
      removeFile(temporary);
      const other = generationOf(options, create(temporary, options));
      try {
        const position = await build(other, onProgress);
        return { position, live: live.database.checksums(), rebuilt: other.database.checksums() };
      } finally {
        other.database.close();
        removeFile(temporary);
      }
    },
    async close() {
      await rebuilding;
      await projector.stop();
      live.database.close();
    },
  };
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
    removeFile(path);
  }
  return { database: create(path, options), state: 'empty' };
}

function create(path: string, { projections, settings, ledgerId }: ReadModelsOptions): ReadDatabase {
  return openReadDatabase(path, projections, settings, ledgerId, { indexes: false }).readDatabase!;
}

function removeFile(path: string): void {
  if (path === ':memory:') return;
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}
