// What is allowed on a turnover: from the belief at the moment of learning and a command to events, or a refusal.
import type { Deciding } from '../deciding.ts';
import { isRejection, type Rejection, reject } from '../rejections.ts';
import { believeTurnoverNext, isDropped, isOpen, type TurnoverBelief } from './belief.ts';
import type { TurnoverCommand, TurnoverCommandOf, TurnoverCommandType } from './commands.ts';
import { type SavedDefinition, stanceBy } from './definition.ts';
import type { DecidedTurnoverEvent, TurnoverEvent } from './events.ts';
import type { PlanStep } from './plan.ts';
import { followed, stepsOf } from './plans/index.ts';
import { isSaved, progressOf } from './progress.ts';
import { defaultRules, type TurnoverRules } from './rules.ts';
import { findVersion, versionAt } from './versions.ts';

export type TurnoverDecision = DecidedTurnoverEvent[] | Rejection;
type Step<K extends TurnoverCommandType> = (
  belief: TurnoverBelief,
  command: TurnoverCommandOf<K>,
  deciding: Deciding,
  rules: TurnoverRules,
) => TurnoverDecision;

/** What may still be said of a closed turnover: what the ledger knows of the departure, so that figures follow, and its undoing. */
const takenWhenClosed: ReadonlySet<TurnoverCommandType> = new Set([
  'RestateDeparture',
  'LearnDepartureDetails',
  'CaptureProductValue',
  'RecordAdvocacy',
  'UndoStep',
  'ReopenTurnover',
]);

export function decideTurnover(
  belief: TurnoverBelief | null,
  command: TurnoverCommand,
  deciding: Deciding,
  rules: TurnoverRules = defaultRules,
): TurnoverDecision {
  if (command.type === 'OpenTurnover') return open(belief, command, deciding);
  if (!belief) return reject('TURNOVER_UNKNOWN', 'turnoverId');
  if (!isOpen(belief) && !takenWhenClosed.has(command.type)) {
    const { kind } = belief.outcome!;
    // The same outcome again is no contradiction.
    if (command.type === 'DismissTurnover' && kind === 'dismissed') return [];
    return reject('TURNOVER_CLOSED', 'turnoverId');
  }
  const decided = (decisions[command.type] as Step<TurnoverCommandType>)(belief, command, deciding, rules);
  return isRejection(decided) ? decided : withOutcome(belief, decided, rules);
}

/** A turnover is saved by what was learned or done last, never by decree; and it is open again once that is undone. */
function withOutcome(
  belief: TurnoverBelief,
  decided: DecidedTurnoverEvent[],
  { saved }: TurnoverRules,
): DecidedTurnoverEvent[] {
  const after = decided.reduce<TurnoverBelief>(
    (before, { type, data, personal }) =>
      believeTurnoverNext(before, imagined(belief, { type, data, personal }))!,
    belief,
  );
  const applying = versionAt(saved, belief.opened.learnedAtMs);
  if (isOpen(after) && isSaved(after, applying)) {
    const { name, version } = applying;
    return [...decided, { type: 'TurnoverSaved', data: { definition: { name, version } }, personal: {} }];
  }
  const { kind, definition } = after.outcome ?? {};
  const savedBy = definition ? (findVersion(saved, definition) ?? applying) : applying;
  if (kind === 'saved' && !isSaved(after, savedBy))
    return [...decided, { type: 'TurnoverReopened', data: {}, personal: {} }];
  return decided;
}

/** A decided event as it will be folded, with no more of an envelope than the fold looks at for this. */
function imagined(
  belief: TurnoverBelief,
  decided: { type: string; data: object; personal: object },
): TurnoverEvent {
  return {
    ...decided,
    id: '',
    stream: `turnover-${belief.id}`,
    learnedAtMs: belief.opened.learnedAtMs,
    actor: { id: '', kind: 'system' },
  } as unknown as TurnoverEvent;
}

function open(
  belief: TurnoverBelief | null,
  command: TurnoverCommandOf<'OpenTurnover'>,
  deciding: Deciding,
): TurnoverDecision {
  if (belief) return [];
  if (!deciding.contactKnown(command.contactId)) return reject('CONTACT_UNKNOWN', 'contactId');
  const { type: _, turnoverId: __, ...data } = command;
  return [{ type: 'TurnoverOpened', data, personal: {} }];
}

const noted = (note: string | undefined): { note?: string } => (note === undefined ? {} : { note });

function findStep(belief: TurnoverBelief, key: string): PlanStep | Rejection {
  const state = progressOf(belief, 'UTC').steps.find(({ step }) => step.key === key);
  if (!state) return reject('STEP_UNKNOWN', 'step');
  if (state.step.answeredBy)
    return reject(
      'STEP_ANSWERED',
      'step',
      `This step is done once the ${state.step.answeredBy.replace('_', ' ')} is known; record that instead.`,
    );
  if (!state.done && state.waitsFor.length > 0)
    return reject('STEP_WAITS', 'step', `Complete these steps first: ${state.waitsFor.join(', ')}.`);
  return state.step;
}

const decisions: { [K in Exclude<TurnoverCommandType, 'OpenTurnover'>]: Step<K> } = {
  RestateDeparture: (_, { departure }) => [{ type: 'DepartureRestated', data: { departure }, personal: {} }],
  LearnDepartureDetails: (_, { type: _type, turnoverId: _id, destinationName, ...data }) => [
    {
      type: 'DepartureDetailsLearned',
      data,
      personal: destinationName === undefined ? {} : { destinationName },
    },
  ],
  AssessCoverage: (_, { percent, basis, contactIds = [], note }) => [
    { type: 'CoverageAssessed', data: { percent, basis, contactIds }, personal: noted(note) },
  ],
  NameInterimContact: (belief, { contactId, untilOn = null }, deciding) =>
    refuseContact(belief, contactId, deciding) ?? [
      { type: 'InterimContactNamed', data: { contactId, untilOn: contactId && untilOn }, personal: {} },
    ],
  LearnRoleOutcome: (_, { outcome, note }) => [
    { type: 'RoleOutcomeLearned', data: { outcome }, personal: noted(note) },
  ],
  IdentifyReplacement: (belief, command, deciding) => {
    const { contactId, placementId = null, kind, startsOn = null, competitor } = command;
    return (
      refuseContact(belief, contactId, deciding) ?? [
        {
          type: 'ReplacementIdentified',
          data: { contactId, placementId, kind, startsOn },
          personal: competitor === undefined ? {} : { competitor },
        },
      ]
    );
  },
  DropReplacement: (belief, { contactId, placementId = null, wasNone = false }) => {
    const { replacement, formerReplacements } = belief;
    const dropped = { contactId, placementId };
    const isNamed = replacement !== null && isDropped(replacement, dropped);
    if (!wasNone) return isNamed ? [{ type: 'ReplacementLost', data: { contactId }, personal: {} }] : [];
    return isNamed || formerReplacements.some((one) => isDropped(one, dropped))
      ? [{ type: 'ReplacementRefuted', data: dropped, personal: {} }]
      : [];
  },
  LearnIntentions: (_, { intention, note }) => [
    { type: 'IntentionsLearned', data: { intention }, personal: noted(note) },
  ],
  CaptureProductValue: (_, { rating = null, value }) => [
    { type: 'ProductValueCaptured', data: { rating }, personal: value === undefined ? {} : { value } },
  ],
  RecordAdvocacy: (belief, { basis, stance, contactId = null, npsScore = null, note }, deciding, { saved }) =>
    refuseContact(belief, contactId, deciding) ??
    refuseStance(stance, basis === 'nps' ? npsScore : null, versionAt(saved, belief.opened.learnedAtMs)) ?? [
      {
        type: 'AdvocacyRecorded',
        data: { basis, stance, contactId, npsScore },
        personal: noted(note),
      },
    ],
  CompleteStep: (belief, { step, note }) => {
    const found = findStep(belief, step);
    return isRejection(found) ? found : [{ type: 'StepCompleted', data: { step }, personal: noted(note) }];
  },
  UndoStep: (belief, { step }) => {
    if (!stepsOf(belief.plan).some(({ key }) => key === step)) return reject('STEP_UNKNOWN', 'step');
    return [{ type: 'StepUndone', data: { step }, personal: {} }];
  },
  MigratePlan: (belief, { plan }, _, { plans }) => {
    const found = findVersion(plans, plan);
    if (!found) return reject('PLAN_UNKNOWN', 'plan', unknownPlan(plans));
    const next = followed(found, belief.plan.holidays);
    return [{ type: 'PlanMigrated', data: { plan: next }, personal: {} }];
  },
  ForecastOutcome: (_, { forecast, amount = null, note }) => [
    { type: 'OutcomeForecast', data: { forecast, amount }, personal: noted(note) },
  ],
  ReassignTurnover: (_, { owner, note }) => [
    { type: 'TurnoverReassigned', data: { owner }, personal: noted(note) },
  ],
  LoseTurnover: (belief, { rootCause, competing = false, competitor, note }, _, { rootCauses }) => {
    if (rootCause === null && !competing) return reject('ROOT_CAUSE_REQUIRED', 'rootCause');
    const { causes } = versionAt(rootCauses, belief.opened.learnedAtMs);
    if (rootCause !== null && !Object.hasOwn(causes, rootCause))
      return reject('ROOT_CAUSE_UNKNOWN', 'rootCause', `It is one of: ${Object.keys(causes).join(', ')}.`);
    return [
      {
        type: 'TurnoverLost',
        data: { rootCause, competing },
        personal: { ...(competitor !== undefined && { competitor }), ...noted(note) },
      },
    ];
  },
  DismissTurnover: (_, { dismissal, note }) => [
    { type: 'TurnoverDismissed', data: { dismissal }, personal: noted(note) },
  ],
  ReopenTurnover: (belief) =>
    belief.outcome?.kind === 'saved'
      ? reject(
          'TURNOVER_CLOSED',
          'turnoverId',
          'What is saved by its plan is open again once a step is undone or the advocacy is recorded anew.',
        )
      : [{ type: 'TurnoverReopened', data: {}, personal: {} }],
};

const unknownPlan = (plans: TurnoverRules['plans']): string =>
  `There are these plans: ${plans.map(({ name, version }) => `${name} ${version}`).join(', ')}.`;

/** Not what the score says that it rests on. */
function refuseStance(
  stance: string,
  npsScore: number | null,
  definition: SavedDefinition,
): Rejection | undefined {
  if (npsScore === null) return undefined;
  const right = stanceBy(npsScore, definition);
  if (stance === right) return undefined;
  return reject(
    'STANCE_NOT_BY_SCORE',
    'stance',
    `A score of ${npsScore} makes it ${right}; a judgement of another is a basis of its own.`,
  );
}

/** Who stands in or takes over is somebody known, and somebody else. */
function refuseContact(
  belief: TurnoverBelief,
  contactId: string | null,
  deciding: Deciding,
): Rejection | undefined {
  if (contactId === null) return undefined;
  if (contactId === belief.contactId) return reject('REPLACEMENT_IS_LEAVER', 'contactId');
  return deciding.contactKnown(contactId) ? undefined : reject('CONTACT_UNKNOWN', 'contactId');
}
