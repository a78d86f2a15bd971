// Gives up an operation whose time is over: it is answered at once, and what was not yet begun of it is not begun any more.
import {
  defaultFieldResolver,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
} from 'graphql';

export interface Deadline {
  readonly isOver: boolean;
  /** Resolves when the time is over; never otherwise. */
  readonly over: Promise<'OVER'>;
  /** For all that is resolved with this context value, which must belong to one operation alone. */
  applyTo(contextValue: object): void;
  /** The operation has ended. */
  clear(): void;
}

/** Apollo copies a context for each operation, symbols included, so that a WeakMap would not find it again. */
const deadlineKey = Symbol('deadline');
type Limited = { [deadlineKey]?: Deadline } | undefined;

export function startDeadline(afterMs: number): Deadline {
  const atMs = performance.now() + afterMs;
  const { promise: over, resolve } = Promise.withResolvers<'OVER'>();
  const timer = setTimeout(resolve, afterMs, 'OVER' as const);
  const deadline: Deadline = {
    // By the clock: while one resolver works on, no timer comes to its turn.
    get isOver() {
      return performance.now() >= atMs;
    },
    over,
    applyTo(contextValue) {
      Object.assign(contextValue, { [deadlineKey]: deadline });
    },
    clear: () => clearTimeout(timer),
  };
  return deadline;
}

/** Makes every field that gives objects look at the clock first. */
export function guardByDeadline(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (!isCompositeType(getNamedType(field.type))) continue;
      const resolve = field.resolve ?? defaultFieldResolver;
      field.resolve = (source, args, context, info) => {
        if ((context as Limited)?.[deadlineKey]?.isOver) throw timedOut();
        return resolve(source, args, context, info);
      };
    }
  }
}

export function timedOut(): GraphQLError {
  return new GraphQLError(
    'The operation took too long and was given up. Ask for less. Of a mutation, some commands may have been carried out: ' +
      'send it again with the same idempotency keys.',
    { extensions: { code: 'OPERATION_TIMED_OUT', http: { status: 503 } } },
  );
}
