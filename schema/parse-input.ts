// Mistakes in what a client sent: found by a zod shape, told as BAD_USER_INPUT with the path, never with the value.
import { GraphQLError } from 'graphql';
import type { z } from 'zod';

export interface InputProblem {
  /** Where, as a path from the argument on: input.attributes.0.name. */
  path: string;
  /** What is wrong and what would be right. */
  message: string;
}

/** The value as the shape gives it back. Throws BAD_USER_INPUT with all that is wrong; `extensions.path` is the first place. */
export function parseInput<S extends z.ZodType>(shape: S, value: unknown, path: string): z.infer<S> {
  const parsed = shape.safeParse(value, { error: explain });
  if (parsed.success) return parsed.data;
  throw badUserInput(
    parsed.error.issues.map((issue) => ({
      path: [path, ...issue.path.map(String)].join('.'),
      message: issue.message,
    })),
  );
}

export function badUserInput(problems: readonly InputProblem[]): GraphQLError {
  const [first] = problems;
  return new GraphQLError(problems.map(({ path, message }) => `${path}: ${message}`).join('; '), {
    extensions: { code: 'BAD_USER_INPUT', path: first?.path ?? '', problems },
  });
}

/** Plainer words for what GraphQL's own types let through. Undefined leaves the shape's words. */
function explain(issue: { code: string | undefined; input?: unknown }): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.input === undefined) return 'is missing; give a value, or null for none';
  if (issue.input === null) return 'cannot be null; leave the field out, or give a value';
  return undefined;
}
