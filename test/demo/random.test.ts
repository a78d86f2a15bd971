// The generator of the demo: repeatable on every machine, even, and independent in its forks.
import { expect, test } from 'vitest';
import { createRandom } from '../../src/demo/random.ts';
import { zId } from '../../src/event-contract.ts';

test('the numbers of a seed stay what they are, so that a stored base can be continued', () => {
  const random = createRandom('contacts');
  expect([random.int(0, 999_999), random.int(0, 999_999), random.uuid()]).toMatchInlineSnapshot(`
    [
      640752,
      566752,
      "2833c811-b084-46d1-a816-c3c05db406fa",
    ]
  `);
});

test('ids are UUIDs of version 4', () => {
  const random = createRandom('ids');
  for (let count = 0; count < 500; count++) {
    const id = random.uuid();
    expect(zId.safeParse(id).success).toBe(true);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test('a fork depends on the seed and its label, not on what was drawn', () => {
  const random = createRandom('a');
  const fresh = random.fork('people').next();
  random.next();
  expect(random.fork('people').next()).toBe(fresh);
  expect(random.fork('places').next()).not.toBe(fresh);
});

test('numbers are spread evenly, weights are kept, and half of a long tail lies below its median', () => {
  const random = createRandom('spread');
  const draws = 20_000;
  const share = (holds: () => boolean) => Array.from({ length: draws }, holds).filter(Boolean).length / draws;
  expect(share(() => random.int(1, 4) === 4)).toBeCloseTo(0.25, 1);
  expect(
    share(
      () =>
        random.weighted([
          ['rare', 1],
          ['usual', 9],
        ] as const) === 'rare',
    ),
  ).toBeCloseTo(0.1, 1);
  expect(share(() => random.longTail(40) <= 40)).toBeCloseTo(0.5, 1);
  expect(share(() => random.longTail(40) > 160)).toBeLessThan(0.1);
});
