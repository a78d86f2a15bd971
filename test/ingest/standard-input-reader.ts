// A process of its own that reads a feed from its standard input and writes the lines to a file.
import { writeFileSync } from 'node:fs';
import { openFeed } from '../../src/ingest/line-reader.ts';

const lines = (await Array.fromAsync(openFeed('-'))).flat();
writeFileSync(process.argv[2]!, JSON.stringify(lines));
