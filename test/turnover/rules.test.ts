// What a company may set for its turnovers: what is refused and where, and which version applies when.
import { expect, test } from 'vitest';
import { dayFromIso } from '../../src/time/day.ts';
import { defaultRules, digestsOf, holidaysAt, zTurnoverRules } from '../../src/turnover/rules.ts';
import { versionAt } from '../../src/turnover/versions.ts';
import { at } from '../support/ids.ts';

const keyRoles = (version: number, more: object = {}) => ({
  name: 'own',
  version,
  keyRoles: { contactTypes: ['power_user'] },
  ...more,
});
const step = {
  key: 'call',
  stage: 'detected',
  title: 'Call',
  ownerRole: 'csm',
  dueBusinessDays: 1,
  weight: 1,
};
const problems = (rules: object) =>
  zTurnoverRules
    .safeParse(rules)
    .error?.issues.map(({ path, message }) => [path.map(String).join('.'), message]);

test('a file that says nothing leaves all as it is shipped', () => {
  expect(zTurnoverRules.parse({})).toEqual(defaultRules);
});

test('a version applies to what is learned from its moment on, one without to all, and those before it until then', () => {
  const { keyRoles: versions } = zTurnoverRules.parse({
    keyRoles: [keyRoles(1), keyRoles(2, { learnedFrom: '2026-07-01T00:00:00Z' })],
  });
  const applying = (moment: string) => versionAt(versions, at(moment)).version;
  expect(versions.map(({ name, version }) => `${name} ${version}`)).toEqual(['key_role 1', 'own 1', 'own 2']);
  expect([applying('2020-01-01'), applying('2026-06-30T23:59:59Z'), applying('2026-07-01')]).toEqual([
    1, 1, 2,
  ]);
  const dated = zTurnoverRules.parse({ keyRoles: [keyRoles(1, { learnedFrom: '2026-07-01T00:00:00Z' })] });
  expect(versionAt(dated.keyRoles, at('2026-06-30')).name).toBe('key_role');
});

test.each([
  [
    'a version twice',
    { keyRoles: [keyRoles(1), keyRoles(1, { learnedFrom: '2026-07-01T00:00:00Z' })] },
    'keyRoles.1.version',
    /exists already/,
  ],
  [
    'a shipped one with another content',
    { plans: [{ name: 'recovery', version: 1, steps: [step] }] },
    'plans.0.version',
    /recovery 1 exists already/,
  ],
  [
    'versions that apply from the same moment',
    { keyRoles: [keyRoles(1), keyRoles(2)] },
    'keyRoles.1.learnedFrom',
    /moment after/,
  ],
  [
    'a moment that is none',
    { keyRoles: [keyRoles(1, { learnedFrom: 'July' })] },
    'keyRoles.0.learnedFrom',
    /is a moment/,
  ],
  [
    'a plan with a cycle',
    { plans: [{ name: 'own', version: 1, steps: [{ ...step, after: ['call'] }] }] },
    'plans.0.steps.0.after',
    /cycle/,
  ],
  [
    'a plan with a step without weight',
    { plans: [{ name: 'own', version: 1, steps: [{ ...step, weight: 0 }] }] },
    'plans.0.steps.0.weight',
    /is 1 or more/,
  ],
  ['a plan without steps', { plans: [{ name: 'own', version: 1, steps: [] }] }, 'plans.0.steps', /./],
  [
    'a detractor who is an advocate',
    { saved: [{ name: 'own', version: 1, npsAdvocateMin: 8, npsDetractorMax: 8, bases: ['nps'] }] },
    'saved.0.npsDetractorMax',
    /is below/,
  ],
  [
    'a turnover as a root cause',
    { rootCauses: [{ name: 'own', version: 1, causes: { staff_turnover: 'x' } }] },
    'rootCauses.0.causes',
    /is a risk/,
  ],
  [
    'no root cause at all',
    { rootCauses: [{ name: 'own', version: 1, causes: {} }] },
    'rootCauses.0.causes',
    /at least one/,
  ],
  [
    'a holiday that is no day',
    { holidays: [{ place: 'DE', days: ['2026-12'] }] },
    'holidays.0.days.0',
    /is a day/,
  ],
  ['a key that there is not', { definitions: [] }, '', /definitions/],
])('%s is refused, and told where', (_title, rules, path, message) => {
  const [first, ...others] = problems(rules) ?? [];
  expect(others).toEqual([]);
  expect(first![0]).toBe(path);
  expect(first![1]).toMatch(message);
});

test('holidays are those of the country and of the region, for as long as a plan may take', () => {
  const rules = zTurnoverRules.parse({
    holidays: [
      { place: 'DE', days: ['2026-12-25', '2026-01-01', '2028-12-25'] },
      { place: 'DE-BY', days: ['2027-01-06', '2026-12-25'] },
      { place: 'FR', days: ['2026-07-14'] },
    ],
  });
  const from = dayFromIso('2026-06-01')!;
  expect(holidaysAt(rules, { country: 'DE' }, from)).toEqual(['2026-12-25']);
  expect(holidaysAt(rules, { country: 'DE', region: 'DE-BY' }, from)).toEqual(['2026-12-25', '2027-01-06']);
  expect(holidaysAt(rules, { country: 'AT' }, from)).toEqual([]);
  expect(holidaysAt(rules, null, from)).toEqual([]);
});

test('a version is known by its content: whatever is said otherwise is another one, what is left out says nothing', () => {
  const digests = (rules: object) => digestsOf(zTurnoverRules.parse(rules)).map(({ digest }) => digest);
  const plan = { name: 'short', version: 1, steps: [step] };
  expect(digestsOf(zTurnoverRules.parse({ keyRoles: [keyRoles(1)], plans: [plan] }))).toEqual([
    { rule: 'keyRoles own 1', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { rule: 'plans short 1', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(digestsOf(defaultRules)).toEqual([]);
  const [own] = digests({ keyRoles: [keyRoles(1)] });
  expect(digests({ keyRoles: [keyRoles(1, { relationships: ['partner'] })] })).not.toEqual([own]);
  expect(digests({ keyRoles: [keyRoles(1, { learnedFrom: '2026-07-01T00:00:00Z' })] })).not.toEqual([own]);
  const same = keyRoles(1, { keyRoles: { titles: [], contactTypes: ['power_user'] } });
  expect(digests({ keyRoles: [same] })).toEqual([own]);
  expect(digests({ plans: [{ ...plan, steps: [{ ...step, weight: 2 }] }] })).not.toEqual(
    digests({ plans: [plan] }),
  );
});
