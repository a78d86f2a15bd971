// A process of its own that reads a feed from its standard input and writes the lines to a file.
import { writeFileSync } from 'node:fs';
import { type FeedLine, openFeed } from '../../src/ingest/line-reader.ts';

const lines: FeedLine[] = [];
for await (const batch of openFeed('-')) lines.push(...batch);
writeFileSync(process.argv[2]!, JSON.stringify(lines));
