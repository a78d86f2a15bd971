// What a shape says of a wrong value, where it has no words of its own: plain, and never the value.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { zId } from '../src/event-contract.ts';

test.each([
  [zId, 'nope', 'must be a UUID'],
  [z.string(), undefined, 'is missing'],
  [z.string(), null, 'must not be null'],
  [z.string(), 5, 'must be a text'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().min(3), 'ab', 'must have at least 3 characters'],
  [z.string().max(1), 'ab', 'must have at most 1 character'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entry'],
  [z.array(z.string()), 'a', 'must be a list'],
  [z.strictObject({}), [], 'must be an object'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.int().min(1).max(9), 0, 'must be at least 1'],
  [z.int().min(1).max(9), 10, 'must be at most 9'],
  [z.number().positive(), 0, 'must be more than 0'],
  [z.boolean(), 'yes', 'must be true or false'],
  [z.enum(['voice', 'fax', '']), 'telex', 'must be one of: voice, fax, ""'],
])('%#: a wrong value is told plainly', (shape, value, words) => {
  expect(shape.safeParse(value).error?.issues.map(({ message }) => message)).toEqual([words]);
});
