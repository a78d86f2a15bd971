// Plans: what a plan may be, which of its steps a turnover has, and what is due when.
import { expect, test } from 'vitest';
import { addBusinessDays, isBusinessDay } from '../../src/time/business-days.ts';
import { dayFromIso, isoFromDay } from '../../src/time/day.ts';
import { arrBandOf, coverageBandOf, zFollowedPlan, zPlan } from '../../src/turnover/plan.ts';
import { followed, plans, stepsOf } from '../../src/turnover/plans/index.ts';
import { versionAt } from '../../src/turnover/versions.ts';

const step = (key: string, more: object = {}) => ({
  key,
  stage: 'detected',
  title: key,
  ownerRole: 'success_manager',
  dueBusinessDays: 1,
  weight: 1,
  ...more,
});
const problems = (...steps: object[]) =>
  zPlan
    .safeParse({ name: 'own', version: 1, steps })
    .error?.issues.map(({ path, message }) => [path.join('.'), message]);

test('a plan with a cycle is refused, and told where', () => {
  const circle = problems(
    step('a', { after: ['b'] }),
    step('b', { after: ['a'] }),
    step('c', { after: ['a'] }),
  );
  expect(circle).toEqual([
    ['steps.0.after', 'leads back to the step itself: a cycle'],
    ['steps.1.after', 'leads back to the step itself: a cycle'],
  ]);
  expect(problems(step('a', { after: ['a'] }))).toHaveLength(1);
});

test('a plan with a step without weight, of an unknown predecessor or of a key used twice is refused', () => {
  expect(problems(step('a', { weight: 0 }))?.[0]?.[0]).toBe('steps.0.weight');
  expect(problems(step('a', { after: ['b'] }))).toEqual([
    ['steps.0.after', 'names a step that the plan does not have'],
  ]);
  expect(problems(step('a'), step('a'))).toEqual([['steps.1.key', 'is the key of an earlier step']]);
  expect(problems(step('a'), step('b', { after: ['a'] }))).toBeUndefined();
});

test('a plan that an export says was followed is looked at as closely', () => {
  const followed = (...keys: string[]) => ({
    name: 'own',
    version: 1,
    steps: keys.map((key) => step(key, { after: [] })),
  });
  expect(zFollowedPlan.safeParse(followed('a', 'b')).success).toBe(true);
  expect(zFollowedPlan.safeParse({ name: 'shipped', version: 1 }).success).toBe(true);
  expect(zFollowedPlan.safeParse(followed('a', 'a')).error?.issues[0]).toMatchObject({
    path: ['steps', 1, 'key'],
    message: 'is the key of an earlier step',
  });
});

test('the plans that are shipped are plans, each version once, and the newest is what new turnovers get', () => {
  expect(new Set(plans.map(({ name, version }) => `${name} ${version}`)).size).toBe(plans.length);
  expect(versionAt(plans, 0)).toBe(plans.at(-1));
  for (const plan of plans) expect(zPlan.parse(plan)).toEqual(plan);
});

test('business days leave out weekends', () => {
  const plus = (from: string, count: number) => isoFromDay(addBusinessDays(dayFromIso(from)!, count));
  // 2026-03-13 is a Friday.
  expect(plus('2026-03-13', 0)).toBe('2026-03-13');
  expect(plus('2026-03-13', 1)).toBe('2026-03-16');
  expect(plus('2026-03-14', 0)).toBe('2026-03-16');
  expect(plus('2026-03-14', 1)).toBe('2026-03-16');
  expect(plus('2026-03-11', 5)).toBe('2026-03-18');
  expect(plus('2026-03-12', 12)).toBe('2026-03-30');
  const start = dayFromIso('2026-03-09')!;
  for (let day = start; day < start + 7; day++)
    for (let count = 1; count < 30; count++) {
      let expected = day;
      for (let left = count; left > 0; ) if (isBusinessDay(++expected)) left--;
      expect(addBusinessDays(day, count)).toBe(expected);
    }
});

test('bands of coverage and revenue have stated bounds, in the digits of each currency', () => {
  expect([100, 99, 75, 74, 50, 49, 1, 0].map(coverageBandOf)).toEqual([
    'full',
    'high',
    'high',
    'partial',
    'partial',
    'low',
    'low',
    'none',
  ]);
  expect(arrBandOf(null)).toBe('unknown');
  expect(arrBandOf({ minorUnits: 2_499_999, currency: 'USD' })).toBe('small');
  expect(arrBandOf({ minorUnits: 2_500_000, currency: 'USD' })).toBe('medium');
  expect(arrBandOf({ minorUnits: 100_000, currency: 'JPY' })).toBe('large');
});

test('a plan that is shipped is named, and another one held as a whole with the turnover', () => {
  const shipped = plans[0]!;
  expect(followed(shipped)).toEqual({ name: 'recovery', version: 1 });
  expect(stepsOf({ name: 'recovery', version: 1 })).toBe(shipped.steps);
  const own = zPlan.parse({ name: 'own', version: 3, steps: [step('call')] });
  expect(followed(own)).toEqual({ name: 'own', version: 3, steps: own.steps });
  expect(stepsOf(followed(own))).toEqual(own.steps);
  expect(stepsOf({ name: 'nobody_knows', version: 1 })).toEqual([]);
});

test('business days leave out the holidays of a place', () => {
  const holidays = new Set(['2026-12-25', '2026-12-28'].map((text) => dayFromIso(text)!));
  const plus = (from: string, count: number) =>
    isoFromDay(addBusinessDays(dayFromIso(from)!, count, holidays));
  // 2026-12-25 is a Friday, 2026-12-28 the Monday after.
  expect(plus('2026-12-24', 1)).toBe('2026-12-29');
  expect(plus('2026-12-25', 0)).toBe('2026-12-29');
  expect(plus('2026-12-23', 3)).toBe('2026-12-30');
  expect(plus('2026-12-26', 1)).toBe('2026-12-29');
});
