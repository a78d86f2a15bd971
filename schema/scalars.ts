// The scalars of the API: instants, dates as precise as they are known, positions, and amounts in minor units.
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { explainEdtf, parseEdtf } from '../src/time/edtf.ts';
import { formatInstant, parseInstant } from '../src/time/instant.ts';

/** A mistake in a value, without the value itself: it may be personal. */
function mistake(message: string, node?: ValueNode): GraphQLError {
  return new GraphQLError(message, { nodes: node ?? null, extensions: { code: 'BAD_USER_INPUT' } });
}

function textOf(node: ValueNode, expected: string): string {
  if (node.kind !== Kind.STRING) throw mistake(expected, node);
  return node.value;
}

const instantForm = 'An instant has the form 2026-03-14T09:30:00Z (RFC 3339, with an offset).';

function readInstant(text: unknown, node?: ValueNode): number {
  const ms = typeof text === 'string' ? parseInstant(text) : undefined;
  if (ms === undefined) throw mistake(instantForm, node);
  return ms;
}

export const Instant = new GraphQLScalarType<number, string>({
  name: 'Instant',
  description:
    'A moment, as RFC 3339: 2026-03-14T09:30:00Z or with another offset. Answers are in UTC with three digits of milliseconds.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (ms) => formatInstant(Number(ms)),
  parseValue: (value) => readInstant(value),
  parseLiteral: (node) => readInstant(textOf(node, instantForm), node),
});

function readDate(text: unknown, node?: ValueNode): string {
  if (typeof text !== 'string') throw mistake('A date is a text such as 2026-03-14, 2026-03 or 2026.');
  if (!parseEdtf(text)) throw mistake(explainEdtf(text), node);
  return text;
}

export const EdtfDate = new GraphQLScalarType<string, string>({
  name: 'EdtfDate',
  description:
    'A date as precise as it is known, in EDTF (ISO 8601-2) level 1: 2026-03-14, 2026-03, 2026, 202X, 2026-XX, ' +
    'with ?, ~ or % at the end for uncertain, approximate or both. An unknown date is null.',
  specifiedByURL: 'https://www.loc.gov/standards/datetime/',
  serialize: (text) => String(text),
  parseValue: (value) => readDate(value),
  parseLiteral: (node) =>
    readDate(textOf(node, 'A date is a text such as "2026-03-14", "2026-03" or "2026".'), node),
});

/** An integer that every JSON reader keeps exactly: up to 2^53 − 1. */
function wholeNumber(name: string, description: string, min: number): GraphQLScalarType<number, number> {
  const expected = `${name} is a whole number from ${min} to ${Number.MAX_SAFE_INTEGER}.`;
  function check(value: unknown, node?: ValueNode): number {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min)
      throw mistake(expected, node);
    return value;
  }
  return new GraphQLScalarType<number, number>({
    name,
    description,
    serialize: (value) => check(value),
    parseValue: (value) => check(value),
    parseLiteral(node) {
      if (node.kind !== Kind.INT) throw mistake(expected, node);
      return check(Number(node.value), node);
    },
  });
}

export const Position = wholeNumber(
  'Position',
  'A place in the ledger: the number of its events up to and including one of them. 0 is before the first.',
  0,
);

export const MinorUnits = wholeNumber(
  'MinorUnits',
  'An amount in integer minor units of its currency: cents, not euros. Beyond the 32 bits of Int.',
  Number.MIN_SAFE_INTEGER,
);
