// The subscription to changes, as GraphQL: what a change is, where it starts, and what is a mistake in its arguments.
import { type ExecutionResult, parse, subscribe } from 'graphql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildLedgerSchema } from '../../schema/build.ts';
import type { Context } from '../../schema/context.ts';
import { openTestApplication, type TestApplication, tell, testContext } from '../support/app-in-memory.ts';
import { acme, ann, job } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
});
afterEach(() => app.close());

const schema = await buildLedgerSchema();

async function start(args: string, fields = 'position type', context: Partial<Context> = {}) {
  return subscribe({
    schema,
    document: parse(`subscription { changes${args} { ${fields} } }`),
    contextValue: { ...testContext(app), ...context },
  });
}

/** The next results of a subscription that must start. */
async function next(count: number, ...[args, fields, context]: Parameters<typeof start>): Promise<unknown[]> {
  const started = await start(args, fields, context);
  if (!('next' in started)) throw new Error(JSON.stringify(started));
  const taken: unknown[] = [];
  while (taken.length < count) {
    const { value } = await started.next();
    const { data, errors } = value as ExecutionResult;
    expect(errors).toBeUndefined();
    taken.push(JSON.parse(JSON.stringify(data!['changes'])));
  }
  await started.return();
  return taken;
}

describe('a change', () => {
  test('is an entry of the history, with what it was and became', async () => {
    const taking = next(1, '', 'position type subjectId changes { field was now } contact { name }');
    await new Promise(setImmediate);
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Butler' });
    expect(await taking).toEqual([
      {
        position: 3,
        type: 'ContactNameChanged',
        subjectId: ann,
        changes: [{ field: 'name', was: 'Ann', now: 'Ann Butler' }],
        contact: { name: 'Ann Butler' },
      },
    ]);
  });

  test('comes after the position that is named, filtered as asked', async () => {
    await tell(app, { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme });
    expect(await next(2, '(after: 1)')).toEqual([
      { position: 2, type: 'ContactRegistered' },
      { position: 3, type: 'PlacementStarted' },
    ]);
    const filter = `filter: { accountIds: ["${acme.toUpperCase()}"], types: ["PlacementStarted"] }`;
    expect(await next(1, `(after: 0, ${filter})`)).toEqual([{ position: 3, type: 'PlacementStarted' }]);
  });

  test('comes after the Last-Event-ID of a client that was cut off, whatever it asked for first', async () => {
    expect(await next(1, '(after: 0)', 'position', { resumeAfter: '1' })).toEqual([{ position: 2 }]);
  });
});

test.each([
  ['a position ahead of the ledger', '(after: 3)', {}, 'after'],
  ['a Last-Event-ID that is no position', '', { resumeAfter: 'x' }, 'Last-Event-ID'],
  ['an id that is none', '(filter: { contactIds: ["ann"] })', {}, 'filter.contactIds.0'],
  ['a type that there is not', '(filter: { types: ["ContactRegistered", "Nothing"] })', {}, 'filter.types.1'],
])('%s is a mistake', async (_title, args, context, path) => {
  const started = await start(args, 'position', context);
  expect(started).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', path } }] });
});
