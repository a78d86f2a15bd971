// The README's table of the user's words and the page of their examples: every command, event and field is there, every example runs.
import { readFileSync } from 'node:fs';
import { type GraphQLSchema, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLedgerSchema } from '../schema/build.ts';
import { answer, openTestApplication, type TestApplication, tell } from './support/app-in-memory.ts';
import { acme, ann, at, globex, job, nextJob } from './support/ids.ts';

interface Word {
  word: string;
  commands: string[];
  events: string[];
  fields: string[];
}

const readme = readFileSync('README.md', 'utf8');
const page = readFileSync('docs/user-words.md', 'utf8');
const coded = (cell: string) => [...cell.matchAll(/`([\w.]+)`/g)].map((match) => match[1]!);
const words: Word[] = [
  ...readme.matchAll(/^\| \[([a-z ]+)\]\(docs\/user-words\.md#[\w-]+\) \|([^|]*)\|([^|]*)\|([^|]*)\|$/gm),
].map(([, word, commands, events, fields]) => ({
  word: word!,
  commands: coded(commands!),
  events: coded(events!),
  fields: coded(fields!),
}));

/** The operations of a section, each by itself. */
function examplesOf(word: string): { text: string }[] {
  const section = page.slice(page.indexOf(`\n## ${word}\n`)).split(/\n## /)[1]!;
  return [...section.matchAll(/```graphql\n([\s\S]*?)```/g)].flatMap(([, text]) =>
    text!.split(/\n(?=mutation|query)/).map((one) => ({ text: one })),
  );
}

let app: TestApplication;
let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await buildLedgerSchema();
  app = await openTestApplication({ nowMs: at('2026-12-31T12:00:00Z') });
  for (const [accountId, name] of [
    [acme, 'Example Industries'],
    [globex, 'Example Steel'],
  ] as const)
    await tell(app, { type: 'RegisterAccount', accountId, name });
  await tell(app, {
    type: 'RegisterContact',
    contactId: ann,
    name: 'Ada Example',
    email: 'ada@industries.example',
  });
  for (const placementId of [job, nextJob])
    await tell(
      app,
      {
        type: 'StartPlacement',
        contactId: ann,
        placementId,
        accountId: acme,
        title: 'Buyer',
        buyingRoles: ['champion'],
      },
      { effectiveOn: '2020-01-01' },
    );
});
afterAll(() => app.close());

it('the table has the four words, and the page a section for each', () => {
  expect(words.map(({ word }) => word)).toEqual(['title change', 'role change', 'departure', 'bounce']);
  expect([...page.matchAll(/^## (.*)$/gm)].map((match) => match[1])).toEqual(words.map(({ word }) => word));
});

describe.each(words)('$word', ({ word, commands, events, fields }) => {
  it('names fields that the schema has', () => {
    for (const field of fields) {
      const [type, name] = field.split('.') as [string, string];
      const known = schema.getType(type);
      expect(isObjectType(known) && name in known.getFields(), field).toBe(true);
    }
  });

  it('is recorded by its commands as its events, and asked about by its query', async () => {
    const before = await app.store.head();
    const examples = examplesOf(word);
    const mutations = examples.filter(({ text }) => text.startsWith('mutation'));
    const queries = examples.filter(({ text }) => text.startsWith('query'));
    expect(queries).toHaveLength(1);
    const used = mutations.flatMap(({ text }) =>
      [...text.matchAll(/(\w+)\(input:/g)].map((match) => match[1]!),
    );
    expect(used.sort()).toEqual([...commands].sort());
    const ids = { contact: ann, placement: job, other: nextJob, account: acme, elsewhere: globex };
    for (const { text } of [...mutations, ...queries]) {
      const answered = await answer<Record<string, { rejection?: unknown }>>(app, text, ids);
      if (text.startsWith('mutation'))
        for (const { rejection } of Object.values(answered)) expect(rejection).toBeNull();
    }
    const written = new Set<string>();
    for await (const events of app.store.readAll(before)) for (const { type } of events) written.add(type);
    expect([...written].sort()).toEqual([...events].sort());
  });
});

describe('the queries of the page', () => {
  const ask = (word: string) =>
    answer(app, examplesOf(word).find(({ text }) => text.startsWith('query'))!.text, {
      contact: ann,
      account: acme,
    });

  it('find what the commands recorded', async () => {
    expect(JSON.stringify(await ask('title change'))).toContain('Director of Purchasing');
    expect(JSON.stringify(await ask('departure'))).toContain('Example Steel');
    expect(JSON.stringify(await ask('bounce'))).toContain('550 5.1.1 user unknown');
  });
});
