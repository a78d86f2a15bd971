// Whatever is told of a turnover, in whatever order it arrives: the fold is total, and rests on the order of learning alone.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { turnovers } from '../../projections/turnovers.ts';
import type { Deciding } from '../../src/deciding.ts';
import { isRejection } from '../../src/rejections.ts';
import { believeTurnover } from '../../src/turnover/belief.ts';
import { describeTurnoverChanges } from '../../src/turnover/changes.ts';
import { type TurnoverCommand, turnoverCommands } from '../../src/turnover/commands.ts';
import { decideTurnover } from '../../src/turnover/decider.ts';
import { type TurnoverEvent, turnoverEvents } from '../../src/turnover/events.ts';
import { progressOf, unknownsOf } from '../../src/turnover/progress.ts';
import { noStates } from '../../src/turnover/states.ts';
import { arbitraryEvent, arbitraryOf, placed } from '../support/arbitrary-values.ts';
import { factIdOf } from '../support/ids.ts';

const stream = `turnover-${factIdOf(1)}`;
const plan = { name: 'recovery', version: 1 };
const actor = { id: 'csm-1', kind: 'person' };
const told = fc.array(arbitraryEvent(turnoverEvents, stream), { maxLength: 25, size: 'max' }).map((events) =>
  placed(events as unknown as Parameters<typeof placed>[0]).map(
    (event) =>
      ({
        ...event,
        actor,
        data: 'plan' in event.data ? { ...event.data, plan } : event.data,
      }) as unknown as TurnoverEvent,
  ),
);

test('every history folds, opened and erased, to something that can be shown', () => {
  fc.assert(
    fc.property(told, (events) => {
      for (const some of [events, events.map((event) => ({ ...event, personal: null }))]) {
        const belief = believeTurnover(some as TurnoverEvent[]);
        if (!belief) continue;
        const { percent, steps } = progressOf(belief, 'UTC');
        expect(percent).toBeGreaterThanOrEqual(0);
        expect(percent).toBeLessThanOrEqual(100);
        expect(steps.length).toBeGreaterThan(5);
        unknownsOf(belief);
        describeTurnoverChanges(null, belief);
        turnovers.rows(belief, { timeZone: 'UTC' }, noStates);
      }
    }),
    { numRuns: 150 },
  );
});

test('the order of arrival does not matter, only the order of learning', () => {
  fc.assert(
    fc.property(told, fc.infiniteStream(fc.nat()), (events, random) => {
      const key = new Map(events.map((event) => [event, random.next().value as number]));
      const shuffled = [...events].sort((a, b) => key.get(a)! - key.get(b)!);
      expect(believeTurnover(shuffled)).toEqual(believeTurnover(events));
    }),
    { numRuns: 100 },
  );
});

test('whatever is asked is refused, or becomes events that keep their contracts', () => {
  const asked = fc
    .constantFrom(...Object.entries(turnoverCommands))
    .chain(([type, shape]) =>
      arbitraryOf(shape).map((fields) => ({ type, ...(fields as object) }) as unknown as TurnoverCommand),
    );
  const deciding = { by: 'person', contactKnown: () => true } as unknown as Deciding;
  fc.assert(
    fc.property(told, asked, (events, command) => {
      const decided = decideTurnover(believeTurnover(events), command, deciding);
      if (isRejection(decided)) return;
      for (const { type, data, personal } of decided) {
        expect(turnoverEvents[type].clear.safeParse(data).error).toBeUndefined();
        expect(turnoverEvents[type].sealed.safeParse(personal).error).toBeUndefined();
      }
    }),
    { numRuns: 200 },
  );
});
