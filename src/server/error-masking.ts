// Decides which errors a client may read: expected mistakes pass, everything else becomes an incident in the log.
import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';

export type Log = (entry: object) => void;

export interface ErrorMask {
  /** For Apollo's `formatError`: the error as the client gets it. */
  format(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError;
  /** Logs a fault and answers its incident id; the same error object is logged once however often it comes by. */
  report(fault: unknown): string;
}

const maskedCode = 'INTERNAL_SERVER_ERROR';
const causesMax = 5;

export function createErrorMask(log: Log): ErrorMask {
  const incidents = new WeakMap<object, string>();

  function report(fault: unknown): string {
    const source = sourceOf(fault);
    const known = isObject(source) ? incidents.get(source) : undefined;
    if (known !== undefined) return known;
    const incidentId = randomUUID();
    if (isObject(source)) incidents.set(source, incidentId);
    log({ level: 'error', event: 'incident', incidentId, ...describe(source), causes: causesOf(source) });
    return incidentId;
  }

  function format(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
    if (isExpected(error)) return formatted;
    if (isMistakenArgument(sourceOf(error))) return { ...formatted, extensions: { code: 'BAD_USER_INPUT' } };
    const incidentId = report(error);
    const retryCode = retryableCodeOf(sourceOf(error));
    if (retryCode !== undefined)
      return {
        ...formatted,
        message:
          'What holds the ledger cannot be reached now. Nothing is half done: send the request again, a change with the same idempotencyKey.',
        extensions: { code: retryCode, retryable: true, incidentId },
      };
    return {
      ...formatted,
      message: `Something went wrong on the server. Quote incident ${incidentId} when you report it.`,
      extensions: { code: maskedCode, incidentId },
    };
  }

  return { format, report };
}

/**
 * A GraphQLError that was given a code of its own. graphql copies `extensions` from whatever a resolver threw, so a
 * driver's error that happens to have a code there looks the same; only the same object tells that it was copied.
 */
function isExpected(error: unknown): boolean {
  let current = error;
  while (current instanceof GraphQLError) {
    const original: (Error & { extensions?: unknown }) | undefined = current.originalError;
    if (original === undefined || original.extensions !== current.extensions) {
      const code = current.extensions['code'];
      return typeof code === 'string' && code !== maskedCode;
    }
    current = original;
  }
  return false;
}

const givenKinds: readonly string[] = [Kind.VARIABLE, Kind.OBJECT, Kind.LIST];

/** What only shows while an operation is carried out: a variable is null, or absent, where the argument's type wants a value. */
function isMistakenArgument(fault: unknown): boolean {
  return fault instanceof GraphQLError && (fault.nodes ?? []).some(({ kind }) => givenKinds.includes(kind));
}

/** The code of a fault that says of itself that it passes: the same request may succeed later. */
function retryableCodeOf(fault: unknown): string | undefined {
  const { code, retryable } = (fault ?? {}) as { code?: unknown; retryable?: unknown };
  return retryable === true && typeof code === 'string' ? code : undefined;
}

/** What was thrown, without the GraphQLErrors wrapped around it. */
function sourceOf(error: unknown): unknown {
  let current = error;
  while (current instanceof GraphQLError && current.originalError) current = current.originalError;
  return current;
}

function causesOf(fault: unknown): object[] {
  const causes: object[] = [];
  let current = fault instanceof Error ? fault.cause : undefined;
  while (current !== undefined && causes.length < causesMax) {
    causes.push(describe(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return causes;
}

/** Name, code and stack frames. Never the message: it may quote a value of the request, which is personal data. */
function describe(fault: unknown): object {
  if (!(fault instanceof Error)) return { errorName: `thrown ${typeof fault}` };
  const code = 'code' in fault ? fault.code : undefined;
  return {
    errorName: fault.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { errorCode: code } : {}),
    stack: framesOf(fault),
  };
}

function framesOf(fault: Error): string[] {
  const stack = (fault.stack ?? '').replace(fault.message, '');
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
