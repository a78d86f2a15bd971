// Many commands in one mutation: in order, each decided on those before it, each with its own answer.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { batchCommandsMax } from '../../schema/command-batch.ts';
import type { Application } from '../../src/application.ts';
import { ask, openTestApplication } from '../support/app-in-memory.ts';
import { acme, ann, bob, contactIdOf, job } from '../support/ids.ts';

let app: Application;
beforeEach(async () => {
  app = await openTestApplication();
});
afterEach(() => app.close());

interface Outcome {
  __typename: string;
  position: number | null;
  repeated: boolean;
  rejection: { code: string; path: string } | null;
  contact?: { name: string } | null;
}

async function send(commands: object[]) {
  const { data, errors } = await ask(
    app,
    `mutation ($commands: [CommandInput!]!) {
      executeCommands(commands: $commands) {
        __typename position repeated rejection { code path }
        ... on ContactPayload { contact { name } }
      }
    }`,
    { commands },
  );
  return { answers: (data?.['executeCommands'] ?? null) as (Outcome | null)[] | null, errors: errors ?? [] };
}

const hire = [
  { registerAccount: { accountId: acme, name: 'Acme' } },
  { registerContact: { contactId: ann, name: 'Ann Archer' } },
  { startPlacement: { contactId: ann, placementId: job, accountId: acme } },
  { changeContactName: { contactId: ann, name: 'Ann Butler' } },
];

describe('a batch of commands', () => {
  test('is decided in its order, each on those before it, and sees all of its own writes', async () => {
    const { answers, errors } = await send(hire);
    expect(errors).toEqual([]);
    expect(answers!.map((answer) => [answer!.__typename, answer!.position, answer!.rejection])).toEqual([
      ['AccountPayload', 1, null],
      ['ContactPayload', 2, null],
      ['ContactPayload', 3, null],
      ['ContactPayload', 4, null],
    ]);
    expect(answers!.at(-1)!.contact).toEqual({ name: 'Ann Butler' });
  });

  test('answers a refused command with its rejection at its place, and goes on', async () => {
    const { answers, errors } = await send([
      ...hire.slice(0, 2),
      { changeContactName: { contactId: bob, name: 'Bob' } },
      { changeContactName: { contactId: ann, name: 'Ann Butler', change: { expectedVersion: 9 } } },
      { changeContactName: { contactId: ann, name: 'Ann Butler' } },
    ]);
    expect(errors).toEqual([]);
    expect(answers!.map((answer) => answer!.rejection)).toEqual([
      null,
      null,
      { code: 'CONTACT_UNKNOWN', path: 'commands.2.changeContactName.contactId' },
      { code: 'VERSION_MISMATCH', path: 'commands.3.changeContactName.change.expectedVersion' },
      null,
    ]);
    expect(await app.store.head()).toBe(3);
  });

  test('answers a mistake in one with an error of its place, and goes on', async () => {
    const { answers, errors } = await send([
      hire[1]!,
      { changeContactName: { contactId: 'nobody', name: 'Ann Butler' } },
      {
        changeContactName: { contactId: ann, name: 'Ann Butler', change: { reasonCode: 'Not a code' } },
        changeContactOwner: { contactId: ann, owner: 'grace' },
      },
      { changeContactName: { contactId: ann, name: 'Ann Butler' } },
    ]);
    expect(answers!.map((answer) => answer?.position ?? null)).toEqual([1, null, null, 2]);
    expect(errors.map(({ path, extensions }) => [path, extensions['code'], extensions['path']])).toEqual([
      [['executeCommands', 1], 'BAD_USER_INPUT', 'commands.1.changeContactName.contactId'],
      [['executeCommands', 2], 'BAD_USER_INPUT', 'commands.2'],
    ]);
  });

  test('sent again with its idempotency keys writes nothing', async () => {
    const keyed = hire.map((command, index) =>
      Object.fromEntries(
        Object.entries(command).map(([name, input]) => [
          name,
          { ...input, change: { idempotencyKey: `row-${index}` } },
        ]),
      ),
    );
    await send(keyed);
    const { answers } = await send(keyed);
    expect(answers!.map((answer) => [answer!.position, answer!.repeated])).toEqual([
      [1, true],
      [2, true],
      [3, true],
      [4, true],
    ]);
    expect(await app.store.head()).toBe(4);
  });

  test.each([
    ['no command', 0],
    ['too many', batchCommandsMax + 1],
  ])('of %s is a mistake, and nothing is written', async (_title, count) => {
    const { answers, errors } = await send(
      Array.from({ length: count }, (_, index) => ({
        registerContact: { contactId: contactIdOf(index + 1), name: 'A' },
      })),
    );
    expect(answers).toBeNull();
    expect(errors.map(({ extensions }) => [extensions['code'], extensions['path']])).toEqual([
      ['BAD_USER_INPUT', 'commands'],
    ]);
    expect(await app.store.head()).toBe(0);
  });
});
