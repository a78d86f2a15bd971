// The program of the thread that keeps the read models during an import: wires what `application.ts` wires, around a log elsewhere.
import { parentPort, workerData } from 'node:worker_threads';
import { createMergeLinks } from '../projections/identities.ts';
import { projections } from '../projections/index.ts';
import { createBeliefs } from './beliefs.ts';
import { createEventSealing } from './event-sealing.ts';
import { createFollowedStreams } from './projector/followed-streams.ts';
import type { ProjectionSettings } from './projector/projection.ts';
import { openReadDatabase } from './projector/read-database.ts';
import { serveRows } from './projector/row-thread.ts';
import { createRowWriter } from './projector/row-writer.ts';

export interface ReadModelsThreadData {
  /** File of the read models, which is there and of this version. */
  path: string;
  ledgerId: string;
  settings: ProjectionSettings;
}

const { path, ledgerId, settings } = workerData as ReadModelsThreadData;
const nothingIsSealed = () => Promise.reject(new Error('Nothing is sealed on this thread.'));

serveRows(parentPort!, ({ store, keyStore }) => {
  const readDatabase = openReadDatabase(path, projections, settings, ledgerId).readDatabase!;
  const sealing = createEventSealing({ ...keyStore, take: nothingIsSealed, destroy: nothingIsSealed });
  const links = createMergeLinks(readDatabase);
  const streams = createFollowedStreams(async (stream) => sealing.open(await store.read(stream)));
  const rows = createRowWriter({
    store,
    sealing: {
      async open(stored) {
        const events = await sealing.open(stored);
        streams.take(events);
        return events;
      },
    },
    beliefs: createBeliefs(streams.read, links),
    projections,
    settings,
    readDatabase,
    links,
  });
  return {
    ...rows,
    async close() {
      await rows.close();
      readDatabase.close();
    },
  };
});
