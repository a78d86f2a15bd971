// What can happen to a turnover, the risk that opens when a contact in a key role leaves: one contract per event type.
import { z } from 'zod';
import {
  type DecidedEvent,
  type EventsOf,
  eventContract,
  zCode,
  zDate,
  zId,
  zMoney,
  zSubject,
  zText,
} from '../event-contract.ts';
import { roleOutcomes, zFollowedPlan } from './plan.ts';
import { zVersioned } from './versions.ts';

/** Why a role lost its holder. `bounced` is a suspicion only: an address of the contact failed for good. */
export const departureCauses = ['left', 'removed', 'died', 'role_lost', 'bounced'] as const;
export const turnoverDestinations = [
  'another_company',
  'same_company',
  'retired',
  'died',
  'other',
  'unknown',
] as const;
/** Whether the organisation heard of it before the contact had left, or after. */
export const notices = ['before_leaving', 'after_leaving', 'unknown'] as const;
export const coverageBases = [
  'champion',
  'manager',
  'interim',
  'decision_maker',
  'key_role',
  'other_contact',
  'human_resources',
  'nobody',
] as const;
export const replacementKinds = ['internal', 'external', 'external_new', 'external_competitor'] as const;
export const intentions = ['continue', 'evaluate', 'replace', 'undecided'] as const;
export const stances = ['advocate', 'neutral', 'detractor'] as const;
export const advocacyBases = ['nps', 'judgement'] as const;
export const forecasts = ['savable', 'high_risk', 'undecided'] as const;
export const dismissals = [
  'departure_withdrawn',
  'suspicion_refuted',
  'duplicate_contact',
  'contact_returned',
  'account_closed',
  'account_merged',
  'not_a_risk',
  'opened_in_error',
] as const;

/** What is known of the departure: said anew as a whole whenever something of it changes. */
export const departureShape = {
  cause: z.enum(departureCauses),
  /** The event that says so. */
  causeEventId: zId,
  /** EDTF: the first day without the contact; null = not known. */
  leftOn: zDate.nullable(),
  /** When that was learned, milliseconds since 1970: a correction may have been learned later than the departure. */
  learnedAtMs: z.int(),
  destination: z.enum(turnoverDestinations).nullable(),
  destinationAccountId: zId.nullable(),
};
const coverageShape = {
  /** 0 to 100. */
  percent: z.int().min(0).max(100),
  basis: z.enum(coverageBases),
  /** The contacts that it rests on. */
  contactIds: z.array(zId).max(100),
};
const note = { note: zText(4000).optional() };
/** The version from which on a plan may be held with its steps and holidays; before, only its name and version were. */
const planHeld = 2;

export const turnoverEvents = {
  TurnoverOpened: eventContract(
    {
      contactId: zId,
      placementId: zId,
      accountId: zId,
      postId: zId.nullable(),
      /** The contact types, buying roles and the like by which the definition found the role to be a key one. */
      keyRoles: z.array(zCode).max(50),
      definition: zVersioned,
      departure: z.strictObject(departureShape),
      /** Computed at that moment from the account's remaining contacts; nobody has called them yet. */
      coverage: z.strictObject(coverageShape),
      plan: zFollowedPlan,
      owner: zSubject.nullable(),
      segment: zCode.nullable(),
      arr: zMoney.nullable(),
      renewalOn: zDate.nullable(),
    },
    {},
    planHeld,
  ),
  /** What the ledger knows of the departure by now: confirmed, corrected, or learned more of. */
  DepartureRestated: eventContract({ departure: z.strictObject(departureShape) }, {}),
  /** What somebody found out about the departure itself; a key that is present replaces. */
  DepartureDetailsLearned: eventContract(
    {
      notice: z.enum(notices).optional(),
      destination: z.enum(turnoverDestinations).optional(),
      destinationAccountId: zId.nullable().optional(),
    },
    { destinationName: zText(1000).nullable().optional() },
  ),
  CoverageAssessed: eventContract(coverageShape, note),
  /** Null: nobody covers any more. */
  InterimContactNamed: eventContract({ contactId: zId.nullable(), untilOn: zDate.nullable() }, {}),
  RoleOutcomeLearned: eventContract({ outcome: z.enum(roleOutcomes) }, note),
  ReplacementIdentified: eventContract(
    {
      contactId: zId,
      placementId: zId.nullable(),
      kind: z.enum(replacementKinds),
      /** EDTF: the first day in the role; null = not known. */
      startsOn: zDate.nullable(),
    },
    { competitor: zText(500).optional() },
  ),
  /** The replacement left before the onboarding ended. */
  ReplacementLost: eventContract({ contactId: zId }, {}),
  /** Who was thought to have taken over never did, in one placement or (null) at all: it takes no part in any figure. */
  ReplacementRefuted: eventContract({ contactId: zId, placementId: zId.nullable() }, {}),
  IntentionsLearned: eventContract({ intention: z.enum(intentions) }, note),
  /** What the product is worth to the account, in its own words. */
  ProductValueCaptured: eventContract(
    { rating: z.int().min(0).max(10).nullable() },
    { value: zText(4000).optional() },
  ),
  AdvocacyRecorded: eventContract(
    {
      basis: z.enum(advocacyBases),
      stance: z.enum(stances),
      contactId: zId.nullable(),
      npsScore: z.int().min(0).max(10).nullable(),
    },
    note,
  ),
  StepCompleted: eventContract({ step: zCode }, note),
  StepUndone: eventContract({ step: zCode }, {}),
  PlanMigrated: eventContract({ plan: zFollowedPlan }, {}, planHeld),
  OutcomeForecast: eventContract({ forecast: z.enum(forecasts), amount: zMoney.nullable() }, note),
  /** Another colleague answers for it from now on. */
  TurnoverReassigned: eventContract({ owner: zSubject.nullable() }, note),
  TurnoverSaved: eventContract({ definition: zVersioned }, {}),
  TurnoverLost: eventContract(
    {
      rootCause: zCode.nullable(),
      /** Whether the renewal was lost for a cause of its own while the turnover happened to be open. */
      competing: z.boolean(),
    },
    { competitor: zText(500).optional(), ...note },
  ),
  TurnoverDismissed: eventContract({ dismissal: z.enum(dismissals) }, note),
  TurnoverReopened: eventContract({}, {}),
  /** The one who left was erased: no text of an earlier event of this turnover can be read any more. */
  TurnoverErased: eventContract({ erasureId: zId }, {}),
};

export type TurnoverEventType = keyof typeof turnoverEvents;
export type TurnoverEvent = EventsOf<typeof turnoverEvents>;
export type TurnoverEventOf<K extends TurnoverEventType> = Extract<TurnoverEvent, { type: K }>;
export type DecidedTurnoverEvent = DecidedEvent<TurnoverEvent>;
export type Departure = TurnoverEventOf<'TurnoverOpened'>['data']['departure'];
export type Coverage = TurnoverEventOf<'TurnoverOpened'>['data']['coverage'];
