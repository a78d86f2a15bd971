// contact-ledger graphql: asks or changes whatever the API can, of a ledger that no server has open.
import { text as readAll } from 'node:stream/consumers';
import { type Command, InvalidArgumentError } from 'commander';
import type { Application } from '../application.ts';
import { execute } from './ask.ts';
import { configOf, openConfigured, print } from './terminal.ts';

interface GraphqlOptions {
  variables: Record<string, unknown>;
}

export function defineGraphql(program: Command): void {
  program
    .command('graphql')
    .description(
      'carry out one query or mutation of the API, as who holds the master key may; - is standard input',
    )
    .argument(
      '<text>',
      "GraphQL text, such as '{ turnovers(filter: { open: true }) { edges { node { stage } } } }'",
    )
    .option('--variables <json>', 'its variables, a JSON object', readVariables, {})
    .addHelpText(
      'after',
      '\nThe answer is JSON as the API gives it; with errors or a rejection in it the exit code is 1.' +
        '\nIt wants the ledger to itself: stop the server first, or ask its API.',
    )
    .action(async (given: string, { variables }: GraphqlOptions, command: Command) => {
      const config = configOf(command);
      const source = given === '-' ? await readAll(process.stdin) : given;
      const app = await openConfigured(config, { create: false });
      try {
        const answer = await answerTo(app, config.actor, source, variables);
        print(JSON.stringify(answer, null, config.json ? undefined : 2));
        if (answer.errors || hasRejection(answer.data)) process.exitCode = 1;
      } finally {
        await app.close();
      }
    });
}

/** Whether a mutation was refused, as far as the answer shows it: one of a batch, too. */
export function hasRejection(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([field, inner]) => (field === 'rejection' && inner !== null) || hasRejection(inner),
  );
}

function readVariables(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidArgumentError('It is a JSON object, such as {"id": "…"}.');
  return value as Record<string, unknown>;
}

/** What follows from a change by a rule follows at once, as it does while serving. */
export async function answerTo(
  app: Application,
  actorId: string,
  source: string,
  variables: Record<string, unknown>,
): Promise<{ data?: unknown; errors?: readonly unknown[] }> {
  if (await isSubscription(source))
    return {
      errors: [{ message: 'A subscription needs a server: start contact-ledger serve and ask its API.' }],
    };
  const head = await app.store.head();
  const { data, errors } = await execute(app, actorId, source, variables);
  if ((await app.store.head()) > head) await app.policies.catchUp();
  await app.accessLog.flush();
  return {
    ...(errors && { errors: errors.map((error) => error.toJSON()) }),
    ...(data !== undefined && { data }),
  };
}

async function isSubscription(source: string): Promise<boolean> {
  const { getOperationAST, parse } = await import('graphql');
  try {
    return getOperationAST(parse(source))?.operation === 'subscription';
  } catch {
    // What is no GraphQL is told so where it is carried out.
    return false;
  }
}
