// Makes the types of the example client from the committed schema and its operations: `node test/client-example/generate.ts`.
import { readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

const folder = 'test/client-example';
const operationsFile = `${folder}/operations.graphql`;
/** Where the types are committed, seen from the root of the project. */
export const generatedFile = `${folder}/generated.ts`;

const head = `// Generated from schema/schema.graphql and ${operationsFile} by ${folder}/generate.ts. Do not edit.\n`;

/** How the API's own scalars travel in JSON. */
const scalars = { Instant: 'string', EdtfDate: 'string', Position: 'number', MinorUnits: 'number' };

export async function generateClient(): Promise<string> {
  const read = (file: string) => parse(readFileSync(file, 'utf8'));
  const text = await codegen({
    filename: generatedFile,
    schema: read('schema/schema.graphql'),
    documents: [{ location: operationsFile, document: read(operationsFile) }],
    config: {
      scalars,
      strictScalars: true,
      enumsAsTypes: true,
      useTypeImports: true,
      skipTypename: true,
      avoidOptionals: { field: true },
    },
    plugins: [{ typescriptOperations: {} }, { typedDocumentNode: {} }],
    pluginMap: { typescriptOperations, typedDocumentNode },
  });
  return `${head}${text}`;
}

if (import.meta.main) writeFileSync(generatedFile, await generateClient());
