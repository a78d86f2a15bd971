// The program of the thread that keeps the read models during an import: wires what `application.ts` wires, around a log elsewhere.
import { parentPort, workerData } from 'node:worker_threads';
import { createMergeLinks } from '../projections/identities.ts';
import { projections } from '../projections/index.ts';
import { createBeliefs } from './beliefs.ts';
import { createFollowedStreams } from './projector/followed-streams.ts';
import type { ProjectionSettings } from './projector/projection.ts';
import { openReadDatabase } from './projector/read-database.ts';
import { serveRows } from './projector/row-thread.ts';
import { createRows } from './projector/row-writer.ts';

export interface ReadModelsThreadData {
  /** File of the read models, which is there and of this version. */
  path: string;
  ledgerId: string;
  settings: ProjectionSettings;
}

const { path, ledgerId, settings } = workerData as ReadModelsThreadData;

serveRows(parentPort!, (readStream) => {
  const readDatabase = openReadDatabase(path, projections, settings, ledgerId).readDatabase!;
  // Much is written here in a short time, and mostly to the same pages: taken into the file less often, they are written less often.
  readDatabase.database.exec('PRAGMA wal_autocheckpoint=40000');
  const links = createMergeLinks(readDatabase);
  const streams = createFollowedStreams(readStream);
  const beliefs = createBeliefs(streams.read, links);
  const write = createRows({ readStream, beliefs, projections, settings, readDatabase, links });
  return {
    async write(events) {
      streams.take(events);
      await write(events);
    },
    close: () => readDatabase.close(),
  };
});
