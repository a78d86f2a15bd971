// Writes schema/schema.graphql and docs/access.md from the code: sorted, so that a change of the API is seen in a diff.
import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { accessFile, accessPage } from './access-page.ts';
import { buildLedgerSchema } from './build.ts';

/** Where the schema is committed, seen from the root of the project. */
export const schemaFile = 'schema/schema.graphql';

const head = '# Generated from schema/*.ts by `npm run schema`. Do not edit.\n\n';

export async function printLedgerSchema(): Promise<string> {
  return `${head}${printSchema(lexicographicSortSchema(await buildLedgerSchema()))}\n`;
}

if (import.meta.main) {
  writeFileSync(schemaFile, await printLedgerSchema());
  writeFileSync(accessFile, accessPage(await buildLedgerSchema()));
}
