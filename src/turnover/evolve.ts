// How each event changes what is believed about a turnover: a total table, pure, the same object where nothing changes.
import { VOID } from '../belief.ts';
import { sameValue } from '../timeline.ts';
import {
  isDropped,
  type Lasting,
  type Learned,
  type Outcome,
  type Replacement,
  type Stage,
  type TurnoverBelief,
} from './belief.ts';
import type { TurnoverEvent, TurnoverEventOf, TurnoverEventType } from './events.ts';
import { stepsOf } from './plans/index.ts';

type Result = TurnoverBelief | typeof VOID;
type Step<K extends TurnoverEventType> = (belief: TurnoverBelief, event: TurnoverEventOf<K>) => Result;

export function evolveTurnover(belief: TurnoverBelief | null, event: TurnoverEvent): Result {
  if (event.type === 'TurnoverOpened') return belief ? VOID : open(event);
  if (!belief) return VOID;
  // The one dispatch point: the table is typed by the union, a lookup cannot be.
  const after = (steps[event.type] as Step<TurnoverEventType>)(
    belief,
    event as TurnoverEventOf<TurnoverEventType>,
  );
  return after === VOID || after === belief ? after : withStage(after, event);
}

const learned = ({ id, learnedAtMs }: TurnoverEvent): Learned => ({ eventId: id, learnedAtMs });

/** The stage is never set by hand: it is what the answers so far amount to. */
function stageOf(belief: TurnoverBelief): Stage {
  const { outcome, roleOutcome, replacement, assessed, completed } = belief;
  if (outcome) return outcome.kind;
  const onboards = Object.keys(completed).some((step) => isForReplacement(belief, step));
  if (roleOutcome?.outcome === 'given_up') return 'onboarding';
  if (replacement) return onboards ? 'onboarding' : 'replacement_identified';
  if (roleOutcome) return 'role_outcome_known';
  return assessed ? 'coverage_assessed' : 'detected';
}

/** Whether a step is about the replacement: done for one person, it is not done for the next. */
function isForReplacement({ plan }: TurnoverBelief, key: string): boolean {
  const stage = stepsOf(plan).find((step) => step.key === key)?.stage;
  return stage === 'replacement_identified' || stage === 'onboarding';
}

function withStage(belief: TurnoverBelief, { learnedAtMs }: TurnoverEvent): TurnoverBelief {
  const stage = stageOf(belief);
  if (belief.stages.at(-1)?.stage === stage) return belief;
  return { ...belief, stages: [...belief.stages, { stage, sinceMs: learnedAtMs }] };
}

function open(event: TurnoverEventOf<'TurnoverOpened'>): TurnoverBelief {
  const { data } = event;
  const { contactId, placementId, accountId, postId, keyRoles, definition, departure, coverage } = data;
  const { plan, owner, segment, arr, renewalOn } = data;
  return {
    id: event.stream.slice('turnover-'.length),
    opened: learned(event),
    contactId,
    placementId,
    accountId,
    postId,
    keyRoles,
    definition,
    departure,
    notice: 'unknown',
    destination: departure.destination,
    destinationAccountId: departure.destinationAccountId,
    destinationName: null,
    coverageAtOpening: coverage,
    assessed: null,
    interim: null,
    roleOutcome: null,
    replacement: null,
    formerReplacements: [],
    intention: null,
    productValues: [],
    advocacy: null,
    completed: {},
    plan,
    forecast: null,
    owner,
    formerOwners: [],
    segment,
    arr,
    renewalOn,
    outcome: null,
    stages: [{ stage: 'detected', sinceMs: event.learnedAtMs }],
  };
}

/** Sets what was learned, keeping the same object where it says nothing new. */
function learn<K extends keyof TurnoverBelief>(
  belief: TurnoverBelief,
  key: K,
  event: TurnoverEvent,
  value: object,
  more: object = {},
): TurnoverBelief {
  const { eventId: _, learnedAtMs: __, sinceMs: ___, ...known } = (belief[key] ?? {}) as Lasting;
  if (belief[key] && sameValue(known, value)) return belief;
  return { ...belief, [key]: { ...value, ...learned(event), ...more } };
}

/** From when on it counts: said more of, it is as old as it was. */
const since = (known: Lasting | null | false, { learnedAtMs }: TurnoverEvent): Pick<Lasting, 'sinceMs'> => ({
  sinceMs: known ? known.sinceMs : learnedAtMs,
});

function close(
  belief: TurnoverBelief,
  event: TurnoverEvent,
  kind: Outcome['kind'],
  more: Partial<Outcome>,
): TurnoverBelief {
  const outcome = {
    kind,
    endedOn: event.effectiveOn ?? null,
    definition: null,
    rootCause: null,
    competing: false,
    competitor: null,
    dismissal: null,
    note: null,
    ...more,
  };
  return learn(belief, 'outcome', event, outcome);
}

const noteOf = (event: { personal: { note?: string } | null }): string | null => event.personal?.note ?? null;

const steps: { [K in Exclude<TurnoverEventType, 'TurnoverOpened'>]: Step<K> } = {
  DepartureRestated: (belief, { data: { departure } }) => {
    if (sameValue(belief.departure, departure)) return belief;
    // What people found out about the destination outlives what the ledger does not know of it.
    const { destination, destinationAccountId } = departure;
    return {
      ...belief,
      departure,
      ...(destination !== null && { destination }),
      ...(destinationAccountId !== null && { destinationAccountId }),
    };
  },
  DepartureDetailsLearned: (belief, { data, personal }) => {
    const said = {
      ...data,
      ...(personal?.destinationName !== undefined && { destinationName: personal.destinationName }),
    };
    const next = { ...belief, ...said };
    return sameValue(next, belief) ? belief : next;
  },
  CoverageAssessed: (belief, event) => {
    const { percent, basis, contactIds } = event.data;
    return learn(belief, 'assessed', event, { percent, basis, contactIds, note: noteOf(event) });
  },
  InterimContactNamed: (belief, event) => {
    const { contactId, untilOn } = event.data;
    if (contactId !== null) return learn(belief, 'interim', event, { contactId, untilOn });
    return belief.interim ? { ...belief, interim: null } : belief;
  },
  RoleOutcomeLearned: (belief, event) => {
    const { outcome } = event.data;
    const { roleOutcome } = belief;
    const isSame = roleOutcome?.outcome === outcome;
    const said = { outcome, note: noteOf(event) };
    return learn(belief, 'roleOutcome', event, said, since(isSame && roleOutcome, event));
  },
  ReplacementIdentified: (belief, event) => {
    const { replacement } = belief;
    const isSame = replacement?.contactId === event.data.contactId;
    const said = { ...event.data, competitor: event.personal?.competitor ?? null };
    const next = learn(belief, 'replacement', event, said, since(isSame && replacement, event));
    // Who replaces says that the role is filled; somebody may have said more of it already.
    return next === belief || next.roleOutcome
      ? next
      : learn(next, 'roleOutcome', event, { outcome: 'refilled', note: null }, since(null, event));
  },
  ReplacementLost: (belief, { data: { contactId } }) =>
    belief.replacement?.contactId === contactId ? withoutReplacement(belief, contactId) : VOID,
  ReplacementRefuted: (belief, { data }) => {
    const isCurrent = belief.replacement !== null && isDropped(belief.replacement, data);
    const formerReplacements = belief.formerReplacements.filter((one) => !isDropped(one, data));
    if (!isCurrent && formerReplacements.length === belief.formerReplacements.length) return VOID;
    return { ...(isCurrent ? withoutReplacement(belief, data.contactId) : belief), formerReplacements };
  },
  IntentionsLearned: (belief, event) =>
    learn(belief, 'intention', event, { intention: event.data.intention, note: noteOf(event) }),
  ProductValueCaptured: (belief, event) => {
    const captured = { rating: event.data.rating, value: event.personal?.value ?? null };
    const last = belief.productValues.at(-1);
    if (last && last.rating === captured.rating && last.value === captured.value) return belief;
    return { ...belief, productValues: [...belief.productValues, { ...captured, ...learned(event) }] };
  },
  AdvocacyRecorded: (belief, event) =>
    learn(belief, 'advocacy', event, { ...event.data, note: noteOf(event) }),
  StepCompleted: (belief, event) => {
    const { step } = event.data;
    // The first who completes it did it.
    if (Object.hasOwn(belief.completed, step)) return belief;
    const done = { ...learned(event), by: event.actor.onBehalfOf ?? event.actor.id, note: noteOf(event) };
    return { ...belief, completed: { ...belief.completed, [step]: done } };
  },
  StepUndone: (belief, { data: { step } }) => {
    if (!Object.hasOwn(belief.completed, step)) return belief;
    const { [step]: _, ...completed } = belief.completed;
    return { ...belief, completed };
  },
  PlanMigrated: (belief, { data: { plan } }) => (sameValue(belief.plan, plan) ? belief : { ...belief, plan }),
  OutcomeForecast: (belief, event) =>
    learn(belief, 'forecast', event, { ...event.data, note: noteOf(event) }),
  TurnoverReassigned: (belief, event) => {
    const { owner } = event.data;
    if (owner === belief.owner) return belief;
    const former = { owner: belief.owner, ...learned(event) };
    return { ...belief, owner, formerOwners: [...belief.formerOwners, former] };
  },
  TurnoverSaved: (belief, event) => close(belief, event, 'saved', { definition: event.data.definition }),
  TurnoverLost: (belief, event) =>
    close(belief, event, 'lost', {
      ...event.data,
      competitor: event.personal?.competitor ?? null,
      note: noteOf(event),
    }),
  TurnoverDismissed: (belief, event) =>
    close(belief, event, 'dismissed', { dismissal: event.data.dismissal, note: noteOf(event) }),
  TurnoverReopened: (belief) => (belief.outcome ? { ...belief, outcome: null } : belief),
  // What can no longer be read is missing from the events themselves.
  TurnoverErased: (belief) => belief,
};

/** What was done for the one who left again has to be done once more for the next. */
function withoutReplacement(belief: TurnoverBelief, contactId: string): TurnoverBelief {
  const completed = Object.fromEntries(
    Object.entries(belief.completed).filter(([step]) => !isForReplacement(belief, step)),
  );
  return {
    ...belief,
    replacement: null,
    intention: null,
    advocacy: belief.advocacy?.contactId === contactId ? null : belief.advocacy,
    completed,
    formerReplacements: [
      ...belief.formerReplacements.filter((one) => !isSameHolding(one, belief.replacement)),
      ...(belief.replacement ? [belief.replacement] : []),
    ],
  };
}

/** Said again of the same placement, such as with another date, it takes the place of what was said before. */
function isSameHolding(one: Replacement, other: Replacement | null): boolean {
  return other !== null && one.placementId !== null && one.placementId === other.placementId;
}
