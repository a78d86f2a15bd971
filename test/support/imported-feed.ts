// A ledger that holds one of the real feeds.
import type { Application } from '../../src/application.ts';
import { type ImportSummary, importFeed, type Refusal } from '../../src/ingest/import-feed.ts';
import { openFeed } from '../../src/ingest/line-reader.ts';
import { openTestApplication } from './app-in-memory.ts';

export const importer = { id: 'import', kind: 'integration' } as const;

export interface ImportedFeed {
  app: Application;
  summary: ImportSummary;
  refusals: Refusal[];
}

export async function importFile(app: Application, file: string): Promise<Omit<ImportedFeed, 'app'>> {
  const refusals: Refusal[] = [];
  const summary = await importFeed(app, {
    lines: openFeed(file),
    actor: importer,
    onRefusal: (refusal) => refusals.push(refusal),
  });
  return { summary, refusals };
}

/** In memory, unless a folder is named. */
export async function openImported(file: string, dataDirectory?: string): Promise<ImportedFeed> {
  const app = await openTestApplication({ nowMs: Date.now(), ...(dataDirectory && { dataDirectory }) });
  return { app, ...(await importFile(app, file)) };
}
