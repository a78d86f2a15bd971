// What is allowed on a turnover, and how far its plan is by then.
import { describe, expect, test } from 'vitest';
import type { Deciding } from '../../src/deciding.ts';
import { isRejection, type Rejection } from '../../src/rejections.ts';
import { believeTurnover, stageNow, type TurnoverBelief } from '../../src/turnover/belief.ts';
import type { TurnoverCommand } from '../../src/turnover/commands.ts';
import { decideTurnover } from '../../src/turnover/decider.ts';
import { savedDefinition } from '../../src/turnover/definition.ts';
import { type Coverage, type TurnoverEvent, turnoverEvents } from '../../src/turnover/events.ts';
import { isSaved, progressOf, unknownsOf } from '../../src/turnover/progress.ts';
import { acme, ann, at, bob, cleo, eventIdOf, factIdOf, firstMs, hourMs, job } from '../support/ids.ts';

const turnoverId = factIdOf(77);
const deciding = { by: 'person', contactKnown: (id: string) => id !== factIdOf(99) } as unknown as Deciding;
type Asked = TurnoverCommand extends infer C
  ? C extends { turnoverId: string }
    ? Omit<C, 'turnoverId'>
    : never
  : never;

const opening: Asked = {
  type: 'OpenTurnover',
  contactId: ann,
  placementId: job,
  accountId: acme,
  postId: null,
  keyRoles: ['champion'],
  definition: { name: 'key_role', version: 1 },
  departure: {
    cause: 'left',
    causeEventId: eventIdOf(5),
    leftOn: '2026-01-01',
    learnedAtMs: firstMs,
    destination: null,
    destinationAccountId: null,
  },
  coverage: { percent: 25, basis: 'other_contact', contactIds: [bob] },
  plan: { name: 'recovery', version: 1 },
  owner: 'csm-1',
  segment: 'enterprise',
  arr: { minorUnits: 4_300_000, currency: 'USD' },
  renewalOn: null,
};

/** Decides and folds commands one after the other, an hour apart; the last one's decision is given back. */
function following(...asked: Asked[]) {
  const events: TurnoverEvent[] = [];
  let decision: ReturnType<typeof decideTurnover> = [];
  for (const [index, one] of [opening, ...asked].entries()) {
    const belief = believeTurnover(events);
    decision = decideTurnover(belief, { ...one, turnoverId } as TurnoverCommand, deciding);
    if (isRejection(decision)) return { belief: belief!, decision, rejected: decision as Rejection };
    for (const { type, data, personal } of decision) {
      expect(turnoverEvents[type].clear.safeParse(data).error).toBeUndefined();
      expect(turnoverEvents[type].sealed.safeParse(personal).error).toBeUndefined();
      const position = events.length + 1;
      events.push({
        ...{ id: eventIdOf(100 + position), stream: `turnover-${turnoverId}`, type, data, personal },
        ...{
          position,
          version: position,
          learnedAtMs: firstMs + index * hourMs,
          actor: { id: 'csm-1', kind: 'person' },
        },
      } as unknown as TurnoverEvent);
    }
  }
  return { belief: believeTurnover(events)!, decision, rejected: undefined };
}

const stageAfter = (...asked: Asked[]) => stageNow(following(...asked).belief);
const refusalOf = (...asked: Asked[]) => following(...asked).rejected?.rejected;
const percentOf = (belief: TurnoverBelief) => progressOf(belief, 'UTC').percent;

const assess: Asked = { type: 'AssessCoverage', percent: 75, basis: 'decision_maker' };
const refilled: Asked = { type: 'LearnRoleOutcome', outcome: 'refilled' };
const replaced: Asked = { type: 'IdentifyReplacement', contactId: cleo, kind: 'internal' };
const complete = (step: string): Asked => ({ type: 'CompleteStep', step });
const advocate: Asked = { type: 'RecordAdvocacy', basis: 'judgement', stance: 'advocate', contactId: cleo };
const onboarded = [replaced, complete('introduce'), complete('onboard_internal'), complete('review_value')];
const lose: Asked = { type: 'LoseTurnover', rootCause: 'budget_cut', competitor: 'Fjord' };

describe('its stage', () => {
  test('follows from what was learned and done', () => {
    expect(stageAfter()).toBe('detected');
    expect(stageAfter(assess)).toBe('coverage_assessed');
    expect(stageAfter(assess, refilled)).toBe('role_outcome_known');
    expect(stageAfter(replaced)).toBe('replacement_identified');
    expect(stageAfter(replaced, complete('introduce'))).toBe('onboarding');
    expect(stageAfter({ type: 'LearnRoleOutcome', outcome: 'given_up' })).toBe('onboarding');
    expect(stageAfter(lose)).toBe('lost');
  });

  test('is kept with when it was come to', () => {
    const { belief } = following(assess, complete('capture_value') as Asked);
    expect(belief.stages.map(({ stage }) => stage)).toEqual(['detected', 'coverage_assessed']);
    expect(following(assess, refilled).belief.stages.at(-1)).toEqual({
      stage: 'role_outcome_known',
      sinceMs: firstMs + 2 * hourMs,
    });
  });
});

describe('it is saved', () => {
  test('by the last of onboarding and advocate, whichever comes last', () => {
    expect(stageAfter(...onboarded)).toBe('onboarding');
    expect(stageAfter(...onboarded, advocate)).toBe('saved');
    expect(stageAfter(replaced, advocate, ...onboarded.slice(1))).toBe('saved');
    expect(following(...onboarded, advocate).belief.outcome).toMatchObject({
      definition: { name: 'saved', version: 1 },
    });
  });

  test('not while it is only assumed what becomes of the role, nor by a neutral voice', () => {
    expect(isSaved(following(advocate).belief, savedDefinition)).toBe(false);
    expect(stageAfter(...onboarded, { ...advocate, stance: 'neutral' } as Asked)).toBe('onboarding');
  });

  test('without the role by an agreement and an advocate', () => {
    const without: Asked[] = [{ type: 'LearnRoleOutcome', outcome: 'given_up' }, complete('extend_or_part')];
    expect(stageAfter(...without)).toBe('onboarding');
    expect(stageAfter(...without, { ...advocate, contactId: bob } as Asked)).toBe('saved');
  });

  test('no longer once a step is undone or the advocate turns away; only these open it again', () => {
    const { decision } = following(...onboarded, advocate, { type: 'UndoStep', step: 'review_value' });
    expect(decision).toMatchObject([{ type: 'StepUndone' }, { type: 'TurnoverReopened' }]);
    expect(stageAfter(...onboarded, advocate, { ...advocate, stance: 'detractor' } as Asked)).toBe(
      'onboarding',
    );
    expect(refusalOf(...onboarded, advocate, { type: 'ReopenTurnover' })).toBe('TURNOVER_CLOSED');
  });
});

describe('it is lost', () => {
  test('for a root cause from the list, the competitor apart', () => {
    expect(following(lose).belief.outcome).toMatchObject({
      kind: 'lost',
      rootCause: 'budget_cut',
      competitor: 'Fjord',
      competing: false,
    });
    expect(refusalOf({ type: 'LoseTurnover', rootCause: null })).toBe('ROOT_CAUSE_REQUIRED');
    expect(refusalOf({ type: 'LoseTurnover', rootCause: null, competing: true })).toBeUndefined();
  });

  test('until it is reopened; meanwhile it takes nothing but what is known of the departure', () => {
    expect(refusalOf(lose, complete('tell_executive'))).toBe('TURNOVER_CLOSED');
    expect(refusalOf(lose, { type: 'LearnDepartureDetails', destination: 'retired' })).toBeUndefined();
    expect(stageAfter(assess, lose, { type: 'ReopenTurnover' })).toBe('coverage_assessed');
  });
});

test('a stance that rests on a score is the one that the score has', () => {
  const scored = (
    npsScore: number,
    stance: 'advocate' | 'neutral' | 'detractor',
    basis: 'nps' | 'judgement' = 'nps',
  ) => following({ type: 'RecordAdvocacy', basis, stance, npsScore }).rejected?.rejected;
  expect(scored(9, 'advocate')).toBeUndefined();
  expect(scored(7, 'neutral')).toBeUndefined();
  expect(scored(6, 'detractor')).toBeUndefined();
  expect(scored(8, 'advocate')).toBe('STANCE_NOT_BY_SCORE');
  expect(scored(3, 'neutral')).toBe('STANCE_NOT_BY_SCORE');
  expect(scored(3, 'advocate', 'judgement')).toBeUndefined();
});

describe('a step', () => {
  test('completed twice was done by the first, and can be undone', () => {
    const { belief } = following(complete('agree_interim_plan'), complete('agree_interim_plan'));
    expect(belief.completed['agree_interim_plan']!.learnedAtMs).toBe(firstMs + hourMs);
    expect(percentOf(belief)).toBeGreaterThan(percentOf(following().belief));
    expect(
      percentOf(
        following(complete('agree_interim_plan'), { type: 'UndoStep', step: 'agree_interim_plan' }).belief,
      ),
    ).toBe(percentOf(following().belief));
  });

  test('waits for those before it, is not ticked off where it is answered, and must be in the plan', () => {
    expect(refusalOf(complete('introduce'))).toBe('STEP_WAITS');
    expect(refusalOf(complete('assess_coverage'))).toBe('STEP_ANSWERED');
    expect(refusalOf(complete('dance'))).toBe('STEP_UNKNOWN');
    expect(refusalOf(complete('call_main_number'))).toBe('STEP_UNKNOWN');
    expect(refusalOf({ type: 'UndoStep', step: 'dance' })).toBe('STEP_UNKNOWN');
  });

  test('is due in business days after its stage began, and not before', () => {
    const due = (belief: TurnoverBelief, key: string) =>
      progressOf(belief, 'UTC').steps.find(({ step }) => step.key === key)?.dueOn;
    const opened = at('2026-01-01') / 86_400_000;
    expect(due(following().belief, 'assess_coverage')).toBe(opened + 4);
    expect(due(following().belief, 'introduce')).toBeNull();
    expect(due(following(replaced).belief, 'introduce')).toBe(opened + 5);
  });
});

describe('its plan', () => {
  const keys = (belief: TurnoverBelief, stage = 'onboarding') =>
    progressOf(belief, 'UTC')
      .steps.filter(({ step }) => step.stage === stage)
      .map(({ step }) => step.key);

  test('counts with the longest way until the answers are known', () => {
    expect(keys(following().belief)).toEqual(['onboard_new', 'review_value', 'win_advocate']);
    expect(keys(following(replaced).belief)).toEqual(['onboard_internal', 'review_value', 'win_advocate']);
    expect(keys(following({ ...replaced, kind: 'external_competitor' } as Asked).belief)[0]).toBe(
      'onboard_from_competitor',
    );
    expect(keys(following({ type: 'LearnRoleOutcome', outcome: 'given_up' }).belief)).toEqual([
      'extend_or_part',
      'win_advocate',
    ]);
    expect(
      keys(following({ type: 'LearnRoleOutcome', outcome: 'merged' }).belief, 'role_outcome_known'),
    ).toContain('agree_ongoing_plan');
  });

  test('begins with the call to the main number where nobody is left', () => {
    const [first] = progressOf(
      { ...following().belief, coverageAtOpening: { percent: 0, basis: 'nobody', contactIds: [] } },
      'UTC',
    ).steps;
    expect(first!.step.key).toBe('call_main_number');
  });

  test('begins with that call also where somebody finds out later that nobody is left', () => {
    const nobody: Asked = { type: 'AssessCoverage', percent: 0, basis: 'human_resources' };
    const calls = ({ belief }: { belief: TurnoverBelief }) =>
      keys(belief, 'detected').includes('call_main_number');
    expect(calls(following())).toBe(false);
    expect(progressOf(following(nobody).belief, 'UTC').next!.step.key).toBe('call_main_number');
    expect(calls(following(nobody, assess))).toBe(false);
    // Whoever called found somebody.
    expect(calls(following(nobody, complete('call_main_number'), assess))).toBe(true);
    const { belief } = following(assess);
    const coverageAtOpening: Coverage = { percent: 0, basis: 'nobody', contactIds: [] };
    expect(calls({ belief: { ...belief, coverageAtOpening } })).toBe(true);
  });

  test('tells an executive of us of a large account alone', () => {
    const large = { ...following().belief, arr: { minorUnits: 10_000_000, currency: 'USD' } };
    expect(keys(large, 'coverage_assessed')).toContain('tell_executive');
    expect(keys(following().belief, 'coverage_assessed')).not.toContain('tell_executive');
  });

  test('goes from 0 to 100 percent, by stage and as a whole', () => {
    const all = following(
      ...[
        assess,
        { type: 'LearnDepartureDetails', destination: 'retired' } as Asked,
        { type: 'CaptureProductValue', rating: 8 } as Asked,
      ],
      ...[
        replaced,
        complete('agree_interim_plan'),
        { type: 'LearnIntentions', intention: 'continue' } as Asked,
        ...onboarded.slice(1),
        advocate,
      ],
    ).belief;
    expect(percentOf(all)).toBe(100);
    expect(progressOf(all, 'UTC').stages.every(({ percent }) => percent === 100)).toBe(true);
    expect(unknownsOf(all, 'UTC')).toEqual([]);
    expect(progressOf(all, 'UTC').next).toBeNull();
  });

  test('may be migrated to a version that there is', () => {
    expect(refusalOf({ type: 'MigratePlan', plan: { name: 'recovery', version: 99 } })).toBe('PLAN_UNKNOWN');
    expect(following({ type: 'MigratePlan', plan: { name: 'recovery', version: 1 } }).belief.plan).toEqual({
      name: 'recovery',
      version: 1,
    });
  });
});

test('what is unknown is listed in the order in which to learn it', () => {
  expect(unknownsOf(following().belief, 'UTC')).toEqual([
    'destination',
    'coverage',
    'role_outcome',
    'replacement',
    'intentions',
    'product_value',
    'advocate',
  ]);
  const suspected = following().belief;
  expect(
    unknownsOf(
      { ...suspected, departure: { ...suspected.departure, cause: 'bounced', leftOn: null } },
      'UTC',
    ).slice(0, 3),
  ).toEqual(['left_on', 'notice', 'departure']);
  expect(unknownsOf(following({ ...replaced, kind: 'external' } as Asked).belief, 'UTC')).toContain(
    'replacement_kind',
  );
  expect(
    unknownsOf(following({ type: 'LearnRoleOutcome', outcome: 'given_up' }).belief, 'UTC'),
  ).not.toContain('replacement');
});

test('who takes over is somebody known, and not the one who left', () => {
  expect(refusalOf({ ...replaced, contactId: ann } as Asked)).toBe('REPLACEMENT_IS_LEAVER');
  expect(refusalOf({ type: 'NameInterimContact', contactId: factIdOf(99) })).toBe('CONTACT_UNKNOWN');
});

test('the next replacement starts from the beginning', () => {
  const { belief } = following(...onboarded, { type: 'DropReplacement', contactId: cleo });
  expect(stageNow(belief)).toBe('role_outcome_known');
  expect(Object.keys(belief.completed)).toEqual([]);
});

test('nothing can be said of a turnover that is not known', () => {
  expect(decideTurnover(null, { type: 'ReopenTurnover', turnoverId }, deciding)).toMatchObject({
    rejected: 'TURNOVER_UNKNOWN',
  });
});

test('saying the same again changes nothing', () => {
  for (const asked of [
    assess,
    refilled,
    replaced,
    advocate,
    { type: 'ForecastOutcome', forecast: 'savable' } as Asked,
  ]) {
    const once = following(asked).belief;
    const twice = following(asked, asked).belief;
    expect({ ...twice, stages: [] }, asked.type).toEqual({ ...once, stages: [] });
  }
});
