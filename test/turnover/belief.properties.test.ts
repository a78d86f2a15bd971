// Whatever is told of a turnover, in whatever order it arrives: the fold is total, and rests on the order of learning alone.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { turnovers } from '../../projections/turnovers.ts';
import type { Deciding } from '../../src/deciding.ts';
import { isRejection } from '../../src/rejections.ts';
import { believeTurnover, replacementsOf, type TurnoverBelief } from '../../src/turnover/belief.ts';
import { describeTurnoverChanges } from '../../src/turnover/changes.ts';
import { type TurnoverCommand, turnoverCommands } from '../../src/turnover/commands.ts';
import { decideTurnover } from '../../src/turnover/decider.ts';
import { type TurnoverEvent, turnoverEvents } from '../../src/turnover/events.ts';
import { stepsOf } from '../../src/turnover/plans/index.ts';
import { progressOf, unknownsOf } from '../../src/turnover/progress.ts';
import { defaultRules } from '../../src/turnover/rules.ts';
import { noStates } from '../../src/turnover/states.ts';
import { arbitraryEvent, arbitraryOf, placed } from '../support/arbitrary-values.ts';
import { factIdOf, firstMs, hourMs } from '../support/ids.ts';

const stream = `turnover-${factIdOf(1)}`;
const plan = { name: 'recovery', version: 1 };
const actor = { id: 'csm-1', kind: 'person' };
const anything = fc.array(arbitraryEvent(turnoverEvents, stream), { maxLength: 25, size: 'max' });
/** Learned in the second hour: what is told of the first one is void. */
const opening = arbitraryEvent({ TurnoverOpened: turnoverEvents.TurnoverOpened }, stream).map((event) => ({
  ...event,
  learnedAtMs: firstMs + hourMs,
}));
const told = fc.tuple(opening, anything).map(([opened, others]) =>
  placed([opened, ...others]).map(
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
        const belief = believeTurnover(some as TurnoverEvent[])!;
        const { percent, steps } = progressOf(belief, 'UTC');
        expect(percent).toBeGreaterThanOrEqual(0);
        expect(percent).toBeLessThanOrEqual(100);
        expect(steps.length).toBeGreaterThan(5);
        unknownsOf(belief, 'UTC');
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

/** The command as somebody would give it who looks at the turnover: of a step, a plan, a cause or a replacement that there is. */
function fitting(command: TurnoverCommand, belief: TurnoverBelief, pick: number): TurnoverCommand {
  const choose = <T>(some: readonly T[]): T | undefined => some[pick % some.length];
  switch (command.type) {
    case 'CompleteStep': {
      const open = progressOf(belief, 'UTC').steps.filter(
        ({ step, waitsFor }) => !step.answeredBy && waitsFor.length === 0,
      );
      return { ...command, step: choose(open)!.step.key };
    }
    case 'UndoStep':
      return { ...command, step: choose(stepsOf(belief.plan))!.key };
    case 'MigratePlan':
      return { ...command, plan };
    case 'LoseTurnover':
      return { ...command, rootCause: choose(Object.keys(defaultRules.rootCauses[0]!.causes))! };
    case 'DropReplacement': {
      const { contactId } = replacementsOf(belief).at(-1) ?? command;
      return { type: command.type, turnoverId: command.turnoverId, contactId };
    }
    default:
      return command;
  }
}

const outcomes: ReadonlySet<string> = new Set(['TurnoverSaved', 'TurnoverLost', 'TurnoverDismissed']);
/** Some have not begun, and more than one would have by chance are still open. */
const histories = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: told },
  { weight: 3, arbitrary: told.map((events) => events.filter(({ type }) => !outcomes.has(type))) },
);

/** One of each type. */
const commands = fc.tuple(
  ...Object.entries(turnoverCommands).map(([type, shape]) =>
    arbitraryOf(shape)
      .filter((fields) => shape.safeParse(fields).success)
      .map((fields) => ({ type, ...(fields as object) }) as TurnoverCommand),
  ),
);

test('whatever is asked is refused, or becomes events that keep their contracts; nothing is always refused', () => {
  const deciding = { by: 'person', contactKnown: () => true } as unknown as Deciding;
  const accepted = new Set<string>();
  fc.assert(
    fc.property(histories, commands, fc.boolean(), fc.nat(), (events, asked, fits, pick) => {
      const belief = believeTurnover(events);
      for (const command of asked) {
        const given = belief && fits ? fitting(command, belief, pick) : command;
        const decided = decideTurnover(belief, given, deciding);
        if (isRejection(decided) || decided.length === 0) continue;
        accepted.add(command.type);
        for (const { type, data, personal } of decided) {
          expect(turnoverEvents[type].clear.safeParse(data).error).toBeUndefined();
          expect(turnoverEvents[type].sealed.safeParse(personal).error).toBeUndefined();
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(Object.keys(turnoverCommands).filter((type) => !accepted.has(type))).toEqual([]);
});
