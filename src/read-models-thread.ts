// The program of the thread that keeps the read models during an import: wires what `application.ts` wires, around a log elsewhere.
import { parentPort, workerData } from 'node:worker_threads';
import { createMergeLinks } from '../projections/identities.ts';
import { projections } from '../projections/index.ts';
import { createBeliefs } from './beliefs.ts';
import { createEventSealing } from './event-sealing.ts';
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
  // Nothing that was opened is kept: which version a stream has by now is known on the other thread alone.
  const beliefs = createBeliefs(async (stream) => sealing.open(await store.read(stream)), links);
  const rows = createRowWriter({ store, sealing, beliefs, projections, settings, readDatabase, links });
  return {
    take: rows.take,
    async close() {
      await rows.close();
      readDatabase.close();
    },
  };
});
