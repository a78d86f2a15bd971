// A whole ledger in memory with a clock that stands still, and a way to ask it in GraphQL text as a client would.
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  getOperationAST,
  graphql,
  parse,
  validate,
} from 'graphql';
import { buildLedgerSchema } from '../../schema/build.ts';
import type { Context } from '../../schema/context.ts';
import { type Application, type ApplicationOptions, openApplication } from '../../src/application.ts';
import type { Role } from '../../src/auth/roles.ts';
import type { Command, CommandContext, CommandDone } from '../../src/command.ts';
import type { Actor } from '../../src/envelope.ts';
import type { Policy } from '../../src/policies/policy.ts';
import { compile, type ExecuteQuery } from '../../src/server/compiled-execution.ts';
import { type FixedClock, fixedClock } from '../../src/time/clock.ts';
import { at } from './ids.ts';

export interface TestApplication extends Application {
  clock: FixedClock;
  /** Whether each query is carried out as compiled code too, and must then give the same. */
  compares: boolean;
}

export const testActor: Actor = { id: 'user-1', kind: 'person' };

/** A fault that no caller waits for ends the test that it happens in. */
function rethrow(fault: unknown): void {
  queueMicrotask(() => {
    throw fault;
  });
}

export async function openTestApplication(
  options: {
    /** Default: none, the ledger is kept in memory. */
    dataDirectory?: string;
    nowMs?: number;
    timeZone?: string;
    signingKeyFile?: string;
    policies?: readonly Policy[];
    rules?: ApplicationOptions['rules'];
    accessLog?: ApplicationOptions['accessLog'];
    retention?: ApplicationOptions['retention'];
    /** Not where reads are counted. Default true. */
    compares?: boolean;
  } = {},
): Promise<TestApplication> {
  const clock = fixedClock(options.nowMs ?? at('2027-01-01T12:00:00Z'));
  const app = await openApplication({
    dataDirectory: options.dataDirectory ?? ':memory:',
    masterKey: Buffer.alloc(32, 1),
    clock,
    timeZone: options.timeZone ?? 'UTC',
    create: true,
    ...(options.policies && { policies: options.policies }),
    ...(options.rules && { rules: options.rules }),
    signingKeyFile: options.signingKeyFile,
    ...(options.accessLog && { accessLog: options.accessLog }),
    ...(options.retention && { retention: options.retention }),
    onFault: rethrow,
  });
  return Object.assign(app, { clock, compares: options.compares ?? true });
}

export function testContext(
  app: Application,
  actor: Actor = testActor,
  roles: readonly Role[] = ['admin'],
): Context {
  return { app, actor, roles };
}

let schema: Promise<GraphQLSchema> | undefined;

/** Runs GraphQL text through the whole schema. */
export async function ask(
  app: Application,
  query: string,
  variables: Record<string, unknown> = {},
  actor: Actor = testActor,
  roles: readonly Role[] = ['admin'],
): Promise<ExecutionResult> {
  schema ??= buildLedgerSchema();
  const contextValue = testContext(app, actor, roles);
  const result = await graphql({
    schema: await schema,
    source: query,
    variableValues: variables,
    contextValue,
  });
  if ((app as Partial<TestApplication>).compares) {
    const execute = await compiled(await schema, query);
    const same = await execute?.(testContext(app, actor, roles), variables);
    if (same) expectSame(query, result, same);
  }
  return result;
}

const compiledQueries = new Map<string, Promise<ExecuteQuery | undefined>>();

/** Undefined for what is no valid query, or more than one. */
function compiled(schema: GraphQLSchema, text: string): Promise<ExecuteQuery | undefined> {
  let compiling = compiledQueries.get(text);
  if (!compiling) {
    const document = queryIn(schema, text);
    compiling = document ? compile(schema, document, undefined) : Promise.resolve(undefined);
    compiledQueries.set(text, compiling);
  }
  return compiling;
}

function queryIn(schema: GraphQLSchema, text: string): DocumentNode | undefined {
  try {
    const document = parse(text);
    const isQuery = getOperationAST(document)?.operation === 'query';
    return isQuery && validate(schema, document).length === 0 ? document : undefined;
  } catch {
    return undefined;
  }
}

/** Of errors only that there are some: they come from graphql-js in any case. */
function expectSame(query: string, expected: ExecutionResult, found: ExecutionResult): void {
  const isSame = expected.errors
    ? found.errors !== undefined
    : !found.errors && JSON.stringify(found.data) === JSON.stringify(expected.data);
  if (!isSame)
    throw new Error(
      `Compiled, this gives something else: ${query}\n${JSON.stringify(found)}\ninstead of\n${JSON.stringify(expected)}`,
    );
}

/** The same for a query that must succeed: its data, in a type of the caller's choice. */
export async function answer<T = Record<string, unknown>>(
  app: Application,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<T> {
  const { data, errors } = await ask(app, query, variables);
  if (errors?.length) throw errors[0]!;
  // Null-prototype objects do not equal literals.
  return JSON.parse(JSON.stringify(data)) as T;
}

/** Code and path of the mistakes that a query is refused with. */
export async function mistakes(
  app: Application,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<{ code: unknown; path: unknown; message: string }[]> {
  const { errors } = await ask(app, query, variables);
  return (errors ?? []).map(({ extensions, message }) => ({
    code: extensions['code'],
    path: extensions['path'],
    message,
  }));
}

/** Executes a command that must be accepted. Learned on `learnedOn` at noon, by default now. */
export async function tell(
  app: Application,
  command: Command,
  context: Partial<CommandContext> & { learnedOn?: string } = {},
): Promise<CommandDone> {
  const { learnedOn, ...rest } = context;
  const result = await app.ledger.execute(command, {
    actor: testActor,
    source: 'test',
    by: 'person',
    ...(learnedOn !== undefined && { learnedAtMs: at(`${learnedOn}T12:00:00Z`) }),
    ...rest,
  });
  if (!result.ok) throw new Error(`${command.type} was refused: ${result.rejected} at ${result.path}`);
  // A feed's line is acknowledged before it is visible.
  await app.readModels.applied(result.position);
  return result;
}
