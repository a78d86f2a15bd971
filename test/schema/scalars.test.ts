// The scalars as they are written into the text of an operation: a mistake tells where it stands, and never repeats the value.
import { GraphQLError, type GraphQLScalarType, Kind, parseValue } from 'graphql';
import { describe, expect, test } from 'vitest';
import { EdtfDate, Instant, MinorUnits, Position } from '../../schema/scalars.ts';

function refusalOf(scalar: GraphQLScalarType, literal: string): GraphQLError {
  try {
    scalar.parseLiteral(parseValue(literal));
  } catch (mistake) {
    if (mistake instanceof GraphQLError) return mistake;
  }
  throw new Error(`${scalar.name} took ${literal}.`);
}

describe('a literal that is none', () => {
  test.each([
    [EdtfDate, '"2025-13"', 'no such month'],
    [EdtfDate, '2025', 'A date is a text'],
    [Instant, '"yesterday"', 'RFC 3339'],
    [Instant, '5', 'RFC 3339'],
    [Position, '-1', 'from 0'],
    [Position, '"77"', 'from 0'],
    [MinorUnits, '1.5', 'whole number'],
  ])('%s %s', (scalar, literal, what) => {
    const mistake = refusalOf(scalar as GraphQLScalarType, literal);
    expect(mistake.message).toContain(what);
    expect(mistake.message).not.toContain(literal.replaceAll('"', ''));
    expect(mistake.locations).toEqual([{ line: 1, column: 1 }]);
    expect(mistake.extensions['code']).toBe('BAD_USER_INPUT');
  });
});

test('a literal that is one becomes its value', () => {
  expect(EdtfDate.parseLiteral({ kind: Kind.STRING, value: '2026-03' })).toBe('2026-03');
  expect(Instant.parseLiteral({ kind: Kind.STRING, value: '2026-03-14T09:30:00+01:00' })).toBe(
    Date.parse('2026-03-14T08:30:00Z'),
  );
  expect(Position.parseLiteral({ kind: Kind.INT, value: '7' })).toBe(7);
});
