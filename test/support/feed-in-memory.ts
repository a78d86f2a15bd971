// Small feeds as objects: imported into a ledger in memory, and what the ledger made of them.
import type { Application } from '../../src/application.ts';
import { type ImportSummary, importFeed, type Refusal } from '../../src/ingest/import-feed.ts';
import { type FeedLine, readLines } from '../../src/ingest/line-reader.ts';
import type { LedgerEvent } from '../../src/ledger-events.ts';

export type Line = Record<string, unknown>;

export const importer = { id: 'importer', kind: 'integration' } as const;

/** The lines of a feed of the source `crm`, numbered where they have no id, all learned on one day where they do not say. */
export function feedOf(
  lines: readonly Line[],
  defaults: Line = { learnedAt: '2026-06-01T00:00:00Z' },
): Line[] {
  return lines.map((line, index) => ({ source: 'crm', id: String(index + 1), ...defaults, ...line }));
}

export interface Imported {
  summary: ImportSummary;
  refusals: Refusal[];
}

export async function importLines(app: Application, lines: readonly (Line | string)[]): Promise<Imported> {
  return importBatches(
    app,
    (async function* () {
      yield lines.map(asFeedLine);
    })(),
  );
}

export async function importText(app: Application, text: string): Promise<Imported> {
  const { Readable } = await import('node:stream');
  return importBatches(app, readLines(Readable.from([Buffer.from(text)], { objectMode: false })));
}

export async function importBatches(app: Application, lines: AsyncIterable<FeedLine[]>): Promise<Imported> {
  const refusals: Refusal[] = [];
  const onRefusal = (refusal: Refusal) => void refusals.push(refusal);
  const summary = await importFeed(app, { lines, actor: importer, onRefusal });
  refusals.sort((a, b) => a.line - b.line);
  return { summary, refusals };
}

export function asFeedLine(line: Line | string, index: number): FeedLine {
  const text = typeof line === 'string' ? line : JSON.stringify(line);
  return { number: index + 1, text, bytesRead: 0 };
}

/** All events of the ledger, opened. */
export async function eventsOf(app: Application, after = 0): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  for await (const page of app.store.readAll(after)) events.push(...(await app.sealing.open(page)));
  return events;
}

export const typesOf = (events: readonly LedgerEvent[]) => events.map((event) => event.type);
