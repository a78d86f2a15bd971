// What is wrong with a value, in words for whoever sent it: what every zod shape of the program says unless it has words of its own.
import { z } from 'zod';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Never content: what it says comes from the shape. Undefined leaves zod's own words. */
export function inPlainWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      if (issue.input === null) return 'must not be null';
      return kinds[issue.expected] && `must be ${kinds[issue.expected]}`;
    case 'too_small':
      return isLong(issue.origin)
        ? atLeast(Number(issue.minimum), issue.origin)
        : `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return isLong(issue.origin)
        ? `must have at most ${unitsOf(Number(issue.maximum), issue.origin)}`
        : `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    case 'invalid_format':
      return issue.format === 'uuid' ? 'must be a UUID' : undefined;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of: '}${issue.values.map(named).join(', ')}`;
    default:
      return undefined;
  }
}

const isLong = (origin: string) => origin === 'string' || origin === 'array';

function atLeast(minimum: number, origin: string): string {
  return minimum === 1 ? 'must not be empty' : `must have at least ${unitsOf(minimum, origin)}`;
}

function unitsOf(n: number, origin: string): string {
  const [one, more] = origin === 'string' ? ['character', 'characters'] : ['entry', 'entries'];
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : more}`;
}

const named = (value: unknown) => (value === '' ? '""' : String(value));

z.config({ customError: inPlainWords });
