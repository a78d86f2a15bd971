// Builds all read models anew from the log, in pages, with a flat memory: first what events put, then what is believed.
import type { Beliefs } from '../beliefs.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { EventStore } from '../event-store/port.ts';
import { categoryOf } from '../ledger-events.ts';
import {
  type BelievedCategory,
  isBelieved,
  type Projection,
  type ProjectionSettings,
  type Row,
} from './projection.ts';
import type { ReadDatabase } from './read-database.ts';
import { beliefRows, believedOf } from './row-writer.ts';

export interface RebuildOptions {
  store: EventStore;
  sealing: EventSealing;
  /** Reads beliefs with the merges that the database being built knows. */
  beliefs: Beliefs;
  projections: readonly Projection[];
  settings: ProjectionSettings;
  readDatabase: ReadDatabase;
  /** Aborts the building between two pages. */
  signal?: AbortSignal;
  /** Told now and then; `done` of `total` events or, in the second half, subjects. */
  onProgress?: ((progress: { step: 'events' | 'beliefs'; done: number; total: number }) => void) | undefined;
}

const subjectsPerPage = 500;

/** Fills an empty read database from the log up to what is its end now, and returns that position. */
export async function rebuild(options: RebuildOptions): Promise<number> {
  const { store, readDatabase } = options;
  const target = await store.head();
  readDatabase.database.exec('CREATE TEMP TABLE subject (stream TEXT PRIMARY KEY) WITHOUT ROWID');
  await projectEvents(options, target);
  await projectBeliefs(options, target);
  readDatabase.database.exec('DROP TABLE subject');
  readDatabase.createIndexes();
  readDatabase.write({ checkpoint: target, replace: [], rows: [] });
  return target;
}

async function projectEvents(
  { store, sealing, projections, readDatabase, signal, onProgress }: RebuildOptions,
  target: number,
): Promise<void> {
  const byEvent = projections.filter((projection) => projection.by === 'event');
  const opens = new Set(byEvent.flatMap((projection) => projection.opens));
  const noteSubject = readDatabase.prepare('INSERT OR IGNORE INTO subject VALUES (?)');
  for await (const page of store.readAll(0)) {
    signal?.throwIfAborted();
    const stored = page.filter((event) => event.position <= target);
    const events = await sealing.open(stored, opens);
    const rows: Row[] = [];
    for (const event of events) {
      for (const projection of byEvent) rows.push(...projection.rows(event));
      const category = categoryOf(event.stream);
      if (event.version === 1 && isBelieved(category)) noteSubject.run(event.stream);
    }
    readDatabase.write({ checkpoint: 0, replace: [], rows });
    const done = events.at(-1)?.position ?? target;
    onProgress?.({ step: 'events', done, total: target });
    if (done >= target) return;
  }
}

async function projectBeliefs(
  { beliefs, projections, settings, readDatabase, signal, onProgress }: RebuildOptions,
  target: number,
): Promise<void> {
  const { database } = readDatabase;
  const { total } = database.prepare('SELECT count(*) AS total FROM subject').get() as { total: number };
  const next = database.prepare('SELECT stream FROM subject WHERE stream > ? ORDER BY stream LIMIT ?');
  let done = 0;
  for (let after = ''; ; ) {
    const streams = (next.all(after, subjectsPerPage) as { stream: string }[]).map((row) => row.stream);
    if (streams.length === 0) return;
    signal?.throwIfAborted();
    const rows: Row[] = [];
    for (const stream of streams) {
      const by = categoryOf(stream) as BelievedCategory;
      const id = stream.slice(by.length + 1);
      const believed = await believedOf(beliefs, by, id, target);
      rows.push(...beliefRows(projections, by, believed, settings));
    }
    readDatabase.write({ checkpoint: 0, replace: [], rows });
    done += streams.length;
    after = streams.at(-1)!;
    onProgress?.({ step: 'beliefs', done, total });
  }
}
