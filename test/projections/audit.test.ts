// The rows of the audit trail: whatever is asked for, on whatever axis, all pages together are what a plain filter finds.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  type AuditFilter,
  type AuditKey,
  type AuditPageRequest,
  audit,
  auditAxes,
  listAudit,
} from '../../projections/audit.ts';
import { history } from '../../projections/history.ts';
import { openReadDatabase, type ReadDatabase } from '../../src/projector/read-database.ts';
import { contactNameChanged, contactOwnerChanged, type TestEvent } from '../support/builders.ts';
import { ann, bob, eventIdOf } from '../support/ids.ts';

function openWith(events: readonly TestEvent[]): ReadDatabase {
  const db = openReadDatabase(':memory:', [history, audit], { timeZone: 'UTC' }, 'ledger').readDatabase!;
  const rows = events.flatMap((event) => [...history.rows(event), ...audit.rows(event)]);
  db.write({ checkpoint: events.length, replace: [], rows });
  return db;
}

const told = fc.record({
  of: fc.constantFrom(ann, bob),
  isName: fc.boolean(),
  actor: fc.constantFrom('a', 'b', 'c'),
  source: fc.constantFrom('api', 'crm'),
  reasonCode: fc.constantFrom(undefined, 'x', 'y'),
  policy: fc.constantFrom(undefined, 'gate'),
  learnedAtMs: fc.nat(9),
  effectiveDay: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
});
type Told = typeof told extends fc.Arbitrary<infer T> ? T : never;

function eventOf({ of, isName, actor, effectiveDay, policy, ...rest }: Told, index: number): TestEvent {
  const event = isName ? contactNameChanged({}, { of }) : contactOwnerChanged({ owner: 'o' }, { of });
  return {
    ...event,
    position: index + 1,
    actor: { id: actor, kind: 'person' },
    source: rest.source,
    learnedAtMs: rest.learnedAtMs,
    ...(rest.reasonCode && { reasonCode: rest.reasonCode }),
    ...(effectiveDay && { effectiveOn: `1970-01-0${effectiveDay}` }),
    ...(policy && { policy: { name: policy, version: 1 } }),
  } as TestEvent;
}

const range = fc.option(fc.record({ from: fc.nat(9), length: fc.nat(9) }), { nil: undefined, freq: 1 });
const asked = fc.record({
  axis: fc.constantFrom(...auditAxes),
  actor: fc.constantFrom(undefined, 'a', 'nobody'),
  source: fc.constantFrom(undefined, 'crm'),
  reasonCode: fc.constantFrom(undefined, undefined, 'x'),
  policy: fc.constantFrom(undefined, undefined, 'gate'),
  type: fc.constantFrom(undefined, 'ContactNameChanged'),
  subjectId: fc.constantFrom(undefined, undefined, ann),
  recorded: range,
  learned: range,
  effective: range,
  newestFirst: fc.boolean(),
  limit: fc.integer({ min: 1, max: 5 }),
  window: fc.integer({ min: 1, max: 12 }),
});
type Asked = typeof asked extends fc.Arbitrary<infer A> ? A : never;

function requestOf({ axis, newestFirst, limit, window, recorded, learned, effective, ...texts }: Asked): {
  filter: AuditFilter;
  request: AuditPageRequest;
} {
  const ranges = Object.entries({ recorded, learned, effective })
    .filter(([name, one]) => one !== undefined || (name === 'effective' && axis === 'effective'))
    .map(([name, one]) => [name, one ? { from: one.from, before: one.from + one.length } : {}]);
  const given = Object.entries(texts).filter(([, text]) => text !== undefined);
  return {
    filter: { ...Object.fromEntries(given), ranges: Object.fromEntries(ranges) },
    request: { axis, newestFirst, limit, window },
  };
}

/** Goes through all pages; fails where one is longer than asked for. */
function allPages(db: ReadDatabase, { filter, request }: ReturnType<typeof requestOf>): AuditKey[] {
  const keys: AuditKey[] = [];
  for (let after: AuditKey | undefined, pages = 0; ; pages++) {
    const page = listAudit(db, filter, { ...request, after });
    expect(page.keys.length).toBeLessThanOrEqual(request.limit);
    expect(pages).toBeLessThan(500);
    keys.push(...page.keys);
    if (!page.next) return keys;
    after = page.next;
  }
}

const dayOf = (event: TestEvent) =>
  event.effectiveOn === undefined ? undefined : Number(event.effectiveOn.slice(-1)) - 1;

function plainly(
  events: readonly TestEvent[],
  { filter, request }: ReturnType<typeof requestOf>,
): AuditKey[] {
  const { actor, source, reasonCode, policy, type, subjectId, ranges } = filter;
  const within = (one: { from?: number; before?: number } | undefined, at: number | undefined) =>
    !one || (at !== undefined && at >= (one.from ?? 0) && at < (one.before ?? Number.POSITIVE_INFINITY));
  const atOf = {
    recorded: (event: TestEvent) => event.position as number | undefined,
    learned: (event: TestEvent) => event.learnedAtMs as number | undefined,
    effective: dayOf,
  };
  const sign = request.newestFirst ? -1 : 1;
  return events
    .filter(
      (event) =>
        (actor === undefined || event.actor.id === actor) &&
        (source === undefined || event.source === source) &&
        (reasonCode === undefined || event.reasonCode === reasonCode) &&
        (policy === undefined || event.policy?.name === policy) &&
        (type === undefined || event.type === type) &&
        (subjectId === undefined || event.stream === `contact-${subjectId}`) &&
        auditAxes.every((axis) => within(ranges[axis], atOf[axis](event))),
    )
    .map((event): AuditKey => [atOf[request.axis](event)!, event.position])
    .sort((a, b) => sign * (a[0] - b[0] || a[1] - b[1]));
}

describe('the pages of a trail', () => {
  test('are together what a plain filter finds, in the order of the axis, however small the window', () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 40 }), asked, (stories, question) => {
        const events = stories.map(eventOf);
        const db = openWith(events);
        const asking = requestOf(question);
        expect(allPages(db, asking)).toEqual(plainly(events, asking));
        db.close();
      }),
      { numRuns: 400 },
    );
  });
});

describe('one condition and a range of time', () => {
  const filters: [string, AuditFilter][] = (
    ['actor', 'source', 'policy', 'type', 'reasonCode'] as const
  ).flatMap((name) => [
    [`${name} learned`, { [name]: 'x', ranges: { learned: { from: 1, before: 2 } } }],
    [`${name} effective`, { [name]: 'x', ranges: { effective: { from: 1, before: 2 } } }],
  ]);
  it.each(filters)('%s walks an index in its order, and sorts nothing', (_, filter) => {
    const db = openWith([]);
    const plans: string[] = [];
    const explaining: ReadDatabase = {
      ...db,
      prepare(sql) {
        if (!sql.startsWith('WITH'))
          plans.push(
            ...(
              db.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...sql.match(/\?/g)!.map(() => 1)) as {
                detail: string;
              }[]
            ).map(({ detail }) => detail),
          );
        return db.prepare(sql);
      },
    };
    const axis = filter.ranges.learned ? 'learned' : 'effective';
    listAudit(explaining, filter, { axis, limit: 50, after: [1, 1], newestFirst: true });
    expect(plans.join('\n')).toMatch(
      /SEARCH audit USING INDEX audit_\d \(\w+=\? AND (learned_at|effective_on)[<>]/,
    );
    expect(plans.join('\n')).not.toContain('TEMP B-TREE');
    db.close();
  });
});

it('jumps from source to source where nothing is asked but a time, without walking the log', () => {
  const db = openWith([]);
  const plans: string[] = [];
  const explaining: ReadDatabase = {
    ...db,
    prepare(sql) {
      const rows = db.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
      plans.push(...rows.map(({ detail }) => detail));
      return db.prepare(sql);
    },
  };
  const ranges = { learned: { from: 1, before: 2 } };
  listAudit(explaining, { ranges }, { axis: 'learned', limit: 50, newestFirst: true });
  expect(plans.filter((plan) => / audit /.test(plan))).toEqual([
    expect.stringContaining('SEARCH audit USING COVERING INDEX'),
    expect.stringContaining('SEARCH audit USING COVERING INDEX'),
  ]);
  db.close();
});

it('names the events that an event was caused by or rests on once each', () => {
  const event = {
    ...contactNameChanged(),
    causationId: eventIdOf(1),
    evidence: [
      { kind: 'bounce', eventId: eventIdOf(1) },
      { kind: 'word' },
      { kind: 'bounce', eventId: eventIdOf(2) },
    ],
  } as TestEvent;
  expect(
    audit
      .rows(event)
      .filter(([table]) => table === 'cause')
      .map(([, id]) => id),
  ).toEqual([eventIdOf(1), eventIdOf(2)]);
});
