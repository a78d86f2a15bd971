// Where the real test data lies: the folder TEST_DATA, by default ../shared/data; a missing file is skipped by name.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from 'vitest';

export const testData = resolve(process.env['TEST_DATA'] ?? '../shared/data');
export const feedFile = (name: string) => join(testData, 'feeds', `${name}.ndjson.gz`);
export const truthFile = (name: string) => join(testData, 'feeds', 'truth', name);

/** A suite on real files: where one is missing, the suite is reported as skipped under the name of that file. */
export function describeWithData(title: string, files: readonly string[], suite: () => void): void {
  const missing = files.find((file) => !existsSync(file));
  if (missing) describe.skip(`${title} (skipped: ${missing} is missing)`, suite);
  else describe(title, suite);
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** Rows of a CSV file whose quoted fields hold no line breaks. */
export function readCsv(file: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/).map(splitCsvLine);
  return lines.map((fields) => Object.fromEntries(head!.map((name, index) => [name, fields[index] ?? ''])));
}

function splitCsvLine(line: string): string[] {
  const fields = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? [];
  const values = fields
    .map((field) => field.replace(/,$/, ''))
    .map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
  return line.endsWith(',') ? values : values.slice(0, -1);
}
