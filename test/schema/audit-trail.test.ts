// The audit trail over GraphQL: who, why, by which rule and when, for those who may see it.
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  answer,
  ask,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
  testActor,
} from '../support/app-in-memory.ts';
import { acme, ann, at, bob, job } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, { learnedOn: '2020-01-01' });
  for (const contactId of [ann, bob])
    await tell(app, { type: 'RegisterContact', contactId, name: 'N' }, { learnedOn: '2020-01-02' });
  await tell(
    app,
    { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme },
    { learnedOn: '2020-01-03', effectiveOn: '2019' },
  );
  await tell(
    app,
    { type: 'RemovePlacement', contactId: ann, placementId: job },
    {
      actor: { id: 'policy.removal_gate', kind: 'policy' },
      source: 'policy',
      policy: { name: 'removal_gate', version: 1 },
      reasonCode: 'hard_bounce',
      effectiveOn: '2026-05-31',
    },
  );
});
afterEach(() => app.close());

interface Trail {
  entries: Record<string, unknown>[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

async function trail(args: string, fields = 'type subjectId'): Promise<Trail> {
  const query = `{ auditTrail(${args}) { entries { ${fields} } pageInfo { hasNextPage endCursor } } }`;
  return (await answer<{ auditTrail: Trail }>(app, query)).auditTrail;
}
const typesOf = async (args: string) => (await trail(args)).entries.map(({ type }) => type);

it('finds by rule, reason, actor, source, type and subject', async () => {
  const removed = ['PlacementRemoved'];
  expect(await typesOf('filter: { policy: "removal_gate" }')).toEqual(removed);
  expect(await typesOf('filter: { reasonCode: "hard_bounce" }')).toEqual(removed);
  expect(await typesOf('filter: { actor: "policy.removal_gate" }')).toEqual(removed);
  expect(await typesOf('filter: { source: "policy", type: "PlacementRemoved" }')).toEqual(removed);
  expect(await typesOf(`filter: { subjectId: "${acme.toUpperCase()}" }`)).toEqual(['AccountRegistered']);
  expect(await typesOf('filter: { actor: "nobody" }')).toEqual([]);
});

it('finds by any of the three times, and is ordered by it', async () => {
  expect(
    await typesOf('filter: { learnedFrom: "2020-01-02T00:00:00Z", learnedBefore: "2020-01-03T00:00:00Z" }'),
  ).toEqual(['ContactRegistered', 'ContactRegistered']);
  expect(
    await typesOf('filter: { effectiveFrom: "2019", effectiveBefore: "2027" }, newestFirst: false'),
  ).toEqual(['PlacementStarted', 'PlacementRemoved']);
  expect(await typesOf('filter: { effectiveFrom: "2019-02", effectiveBefore: "2026-05-31" }')).toEqual([]);
  expect(await typesOf('filter: { recordedFrom: "2026-06-02T00:00:00Z" }')).toEqual([]);
  expect((await typesOf('filter: { recordedBefore: "2026-06-02T00:00:00Z" }')).length).toBe(5);
});

it('refuses a type that there is not, and names those there are', async () => {
  const query = '{ auditTrail(filter: { type: "Bogus" }) { entries { type } } }';
  expect(await mistakes(app, query)).toMatchObject([
    { code: 'BAD_USER_INPUT', path: 'filter.type', message: expect.stringContaining('PlacementRemoved') },
  ]);
});

it('pages through all, forwards and back', async () => {
  const seen: unknown[] = [];
  for (let after = ''; ; ) {
    const { entries, pageInfo } = await trail(`first: 2, newestFirst: false${after}`, 'position');
    seen.push(...entries.map(({ position }) => position));
    if (!pageInfo.hasNextPage) break;
    after = `, after: "${pageInfo.endCursor}"`;
  }
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  const { pageInfo } = await trail('first: 2');
  expect(
    await mistakes(
      app,
      `{ auditTrail(newestFirst: false, after: "${pageInfo.endCursor}") { entries { type } } }`,
    ),
  ).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'after' }]);
});

it('tells a range that is the wrong way round, and is for auditors', async () => {
  const query = (filter: string) => `{ auditTrail(filter: { ${filter} }) { entries { type } } }`;
  expect(
    await mistakes(app, query('learnedFrom: "2021-01-01T00:00:00Z", learnedBefore: "2020-01-01T00:00:00Z"')),
  ).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'filter.learnedBefore' }]);
  const { errors } = await ask(app, query(''), {}, testActor, ['csm']);
  expect(errors![0]!.extensions['code']).toBe('FORBIDDEN');
  expect((await ask(app, query(''), {}, testActor, ['auditor'])).errors).toBeUndefined();
});
