// Lines that are JSON and nothing else: whatever they hold, they are refused and the import goes on.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestApplication, type TestApplication } from '../support/app-in-memory.ts';
import { feedOf, importLines } from '../support/feed-in-memory.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
});
afterEach(() => app.close());

const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
const uuid = '00000000-0000-8000-8000-000000000000';
const person = feedOf([{ type: 'ContactRegistered', contact: 'c-1', name: 'Ada' }]);

describe('a line of odd JSON', () => {
  it.each([
    ['a source that cannot be written as text', '{"source":{"toString":1,"valueOf":1},"id":"1","type":"X"}'],
    ['a source of very many levels', `{"source":${deep},"id":"1","type":"X"}`],
    [
      'an exported event of very many levels',
      `{"source":"s","id":"${uuid}","type":"X","stream":"contact-${uuid}","data":{"a":${deep}}}`,
    ],
    ['a type named like a property of every object', '{"source":"s","id":"1","type":"constructor"}'],
    ['a type named like the prototype', '{"source":"s","id":"1","type":"__proto__"}'],
  ])('is refused, and what follows it is taken: %s', async (_, line) => {
    const { summary, refusals } = await importLines(app, [line, ...person]);
    expect(summary).toMatchObject({ lines: 2, accepted: 1, refused: 1, complete: true });
    expect(refusals[0]!.line).toBe(1);
  });
});
