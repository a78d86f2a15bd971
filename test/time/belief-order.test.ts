// Belief order: what was learned first comes first, whatever was stored first.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BeliefOrdered, compareBeliefOrder, sortByBelief } from '../../src/time/belief-order.ts';

const learned = (learnedAtMs: number, position: number): BeliefOrdered => ({ learnedAtMs, position });
const anyEvent = fc.record({
  learnedAtMs: fc.integer({ min: 0, max: 5 }),
  position: fc.integer({ min: 1, max: 20 }),
});
const anyLog = fc.uniqueArray(anyEvent, { selector: (event) => event.position });

describe('belief order', () => {
  test('puts what was learned earlier first, though it was stored later', () => {
    const stored = [learned(200, 1), learned(100, 2), learned(300, 3)];
    expect(sortByBelief(stored).map((event) => event.position)).toEqual([2, 1, 3]);
  });

  test('puts what was stored earlier first among what was learned at the same instant', () => {
    expect(sortByBelief([learned(100, 7), learned(100, 3)]).map((event) => event.position)).toEqual([3, 7]);
  });

  test('hands back the same array when nothing has to move', () => {
    const stored = [learned(100, 1), learned(100, 2), learned(300, 3)];
    expect(sortByBelief(stored)).toBe(stored);
    expect(sortByBelief([])).toEqual([]);
  });

  test('leaves the array it was given as it was', () => {
    const stored = Object.freeze([learned(200, 1), learned(100, 2)]);
    expect(sortByBelief(stored)).not.toBe(stored);
    expect(stored.map((event) => event.position)).toEqual([1, 2]);
  });

  test('does not depend on the order in which the events are read', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const sorted = sortByBelief(log);
        expect(sortByBelief(log.toReversed())).toEqual(sorted);
        expect(new Set(sorted)).toEqual(new Set(log));
        for (let i = 1; i < sorted.length; i++)
          expect(compareBeliefOrder(sorted[i - 1]!, sorted[i]!)).toBeLessThan(0);
      }),
    );
  });
});
