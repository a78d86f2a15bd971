// The README and docs say what the program does: commands, options, variables, exit codes and codes, in both directions.
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildLedgerSchema } from '../schema/build.ts';
import { buildProgram } from '../src/cli/program.ts';
import { exitCodes } from '../src/cli/terminal.ts';
import { environmentVariables } from '../src/config.ts';
import { feedLines, lineCodes } from '../src/ingest/change-feed.ts';
import { limitTable } from '../src/limits.ts';
import { rejectionCodes } from '../src/rejections.ts';
import { streamEnds } from '../src/server/stream-ends.ts';
import { openTestApplication } from './support/app-in-memory.ts';
import { importText } from './support/feed-in-memory.ts';

const readme = readFileSync('README.md', 'utf8');
const commandsPage = readFileSync('docs/commands.md', 'utf8');
const codes = readFileSync('docs/codes.md', 'utf8');
const changeFeed = readFileSync('docs/change-feed.md', 'utf8');
const limits = readFileSync('docs/limits.md', 'utf8');
const live = readFileSync('docs/live.md', 'utf8');
const sorted = (items: Iterable<string>) => [...new Set(items)].sort();
const matches = (text: string, pattern: RegExp) =>
  sorted([...text.matchAll(pattern)].map((match) => match[1]!));

/** The commands that do something, with those that they are part of. */
function leavesOf(command: Command, path: string[] = []): [string, Command][] {
  if (command.commands.length === 0) return [[path.join(' '), command]];
  return command.commands.flatMap((sub) => leavesOf(sub, [...path, sub.name()]));
}

describe('the README and the page of commands', () => {
  it('name every command and option, and no other', () => {
    const commands = commandsPage.slice(0, commandsPage.indexOf('All take `--data'));
    // A cell may name several commands, and says in capitals what follows them.
    const options = Object.fromEntries(
      [...commands.matchAll(/^\| (`[a-z-]+[^|]*)\|[^|]*\|([^|]*)\|$/gm)].flatMap(([, names, cell]) =>
        matches(names!, /`([a-z-]+(?: [a-z-]+)*)/g).map((name) => [name, matches(cell!, /`(--[a-z-]+)`/g)]),
      ),
    );
    const program = buildProgram();
    expect(options).toEqual(
      Object.fromEntries(
        leavesOf(program).map(([name, command]) => [
          name,
          sorted(command.options.map((option) => option.long!)),
        ]),
      ),
    );
    for (const option of program.options)
      expect(commandsPage).toContain(`\`${option.flags.replace(/<.*>/, '').trim()}`);
  });

  it('name every environment variable, and no other', () => {
    const named = matches(readme + commandsPage + limits, /\b(CONTACT_LEDGER_[A-Z_]+)/g);
    expect(named).toEqual(sorted(Object.keys(environmentVariables)));
  });

  it('leaves to the page of limits what each of them is', () => {
    const rows = [...limits.matchAll(/^\| `(CONTACT_LEDGER_[A-Z_]+)` \| ([\d,]+) \| (.*) \|$/gm)];
    expect(
      rows.map(([, variable, value, what]) => [variable, Number(value!.replaceAll(',', '')), what]),
    ).toEqual(Object.values(limitTable).map(({ variable, value, what }) => [variable, value, what]));
  });

  it('explains every exit code', () => {
    const sentence = /Exit codes: (.*)/.exec(commandsPage)![1]!;
    for (const code of Object.keys(exitCodes)) expect(sentence).toMatch(new RegExp(`(^|, )${code} `));
  });

  it('shows GraphQL that the schema takes', async () => {
    const schema = await buildLedgerSchema();
    const examples = [...readme.matchAll(/```graphql\n([\s\S]*?)```/g)].map((match) => match[1]!);
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) expect(validate(schema, parse(example))).toEqual([]);
  });

  it('links to pages and names files that exist', () => {
    const named = [
      ...matches(readme, /\]\(([^)#:]+)\)/g),
      ...matches(readme, /`((?:src|schema|test|projections)\/[\w./-]+)`/g),
    ];
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('the page of codes', () => {
  const table = (title: string) =>
    matches(codes.slice(codes.indexOf(title)).split(/\n## /)[0]!, /^\| `([A-Z_0-9]+)` \|/gm);

  it('has the refusals of the program, in its words', () => {
    expect(table('Refusals of commands and lines')).toEqual(sorted(Object.keys(rejectionCodes)));
    expect(table('Refusals of lines that cannot be read')).toEqual(sorted(Object.keys(lineCodes)));
    for (const [code, meaning] of Object.entries({ ...rejectionCodes, ...lineCodes }))
      expect(codes).toContain(`| \`${code}\` | ${meaning} |`);
  });

  it('has the faults that the sources name, and no other', () => {
    const sources = [
      'src/event-store/port.ts',
      'src/personal-data/key-store.ts',
      'src/personal-data/sealer.ts',
      'src/event-sealing.ts',
      'src/verify.ts',
      'src/read-models-stopped.ts',
      'src/migrate.ts',
      'src/integrity/integrity-failure.ts',
      'src/integrity/verify-proof.ts',
      'src/auth/viewer.ts',
      'src/auth/access-file.ts',
      'src/config.ts',
      'src/cli/resolve-id.ts',
      'src/cli/file-problem.ts',
      'src/demo/customer-base.ts',
      'src/server/server-failure.ts',
      'src/server/http-server.ts',
      'src/server/graphql-endpoint.ts',
      'src/server/event-stream-endpoint.ts',
      'src/server/web-socket-endpoint.ts',
      'src/server/document-shape.ts',
      'src/server/operation-cost.ts',
      'src/server/operations.ts',
      'src/server/deadline.ts',
      'src/server/await-position.ts',
      'src/server/persisted-operations.ts',
      'src/server/request-body.ts',
      'src/server/stream-ends.ts',
      'src/server/error-masking.ts',
      'schema/access-check.ts',
      'schema/parse-input.ts',
      'schema/read-point.ts',
    ];
    const internal = ['WRONG_VERSION', 'CLIENT_GONE', 'TOO_LARGE'];
    // Apollo's own.
    const others = ['PERSISTED_QUERY_NOT_FOUND'];
    const named = sources.flatMap((file) => {
      const source = readFileSync(file, 'utf8');
      return [
        ...matches(source, /'([A-Z]+(?:_[A-Z]+)+)'/g),
        ...matches(source, /(?:code: |Code = )'([A-Z]+)'/g),
      ];
    });
    expect(table('Faults')).toEqual(
      sorted(
        [...named, ...others].filter((code) => !internal.includes(code) && !(code in environmentVariables)),
      ),
    );
  });
});

it('the page of live changes names every code that a WebSocket is closed with', () => {
  for (const { closeCode, code } of Object.values(streamEnds))
    expect(live).toContain(`| ${closeCode} | \`${code}\` |`);
});

it('the page of the change feed names every type of line', () => {
  const rows = changeFeed.slice(changeFeed.indexOf('| type | further'), changeFeed.indexOf('```json'));
  const named = [...rows.matchAll(/^\| ([A-Z][A-Za-z, ]+) \|/gm)].flatMap((match) => match[1]!.split(', '));
  expect(sorted(named)).toEqual(sorted(Object.keys(feedLines)));
});

it('the example of the change feed is taken as it stands', async () => {
  const example = /```json\n([\s\S]*?)```/.exec(changeFeed)![1]!;
  const app = await openTestApplication();
  try {
    const { summary, refusals } = await importText(app, example);
    expect(refusals).toEqual([]);
    expect(summary).toMatchObject({ lines: 4, accepted: 4 });
  } finally {
    await app.close();
  }
});
