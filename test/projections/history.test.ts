// Histories in a log of many millions: each is found by its own index, whatever it is filtered by.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HistoryFilter, historiesSql, historySql } from '../../projections/history.ts';
import { openTestApplication, type TestApplication } from '../support/app-in-memory.ts';
import { acme, ann } from '../support/ids.ts';

let app: TestApplication;
beforeAll(async () => {
  app = await openTestApplication();
});
afterAll(() => app.close());

const filter: Required<HistoryFilter> = {
  types: ['TitleChanged'],
  claims: ['TitleChanged'],
  actors: ['olga'],
  sources: ['crm'],
  reasonCodes: ['left'],
  learnedFromMs: 1,
  learnedBeforeMs: 2,
  recordedFromMs: 1,
  recordedBeforeMs: 2,
  effectiveFrom: 1,
  effectiveBefore: 2,
  effectivePossible: true,
  atPosition: 9,
};

test.each([
  ['contact', { subjectIds: [ann] }],
  ['account', { accountIds: [acme] }],
])('that of a %s is never looked for in the whole log', (_, of) => {
  for (const asked of [{}, filter])
    for (const [newestFirst, statementOf] of [
      [true, historySql],
      [false, historySql],
      [true, historiesSql],
      [false, historiesSql],
    ] as const) {
      const { sql, values } = statementOf(of, asked, { limit: 51, after: 7, newestFirst });
      const plan = app.readModels.database.database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all('[]', ...values) as { detail: string }[];
      expect(
        plan
          .map(({ detail }) => detail)
          .filter((detail) => /^SCAN (h|entry|history|involvement)\b/.test(detail)),
      ).toEqual([]);
    }
});
