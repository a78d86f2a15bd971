// What one may ask of a turnover: one zod shape per command. Stages are never set: they follow from the answers.
import { z } from 'zod';
import { zCode, zDate, zId, zMoney, zSubject, zWords } from '../event-contract.ts';
import {
  advocacyBases,
  coverageBases,
  departureShape,
  dismissals,
  forecasts,
  intentions,
  notices,
  replacementKinds,
  stances,
  turnoverDestinations,
  turnoverEvents,
} from './events.ts';
import { roleOutcomes } from './plan.ts';
import { zVersioned } from './versions.ts';

const turnoverId = zId;
const note = zWords(4000).optional();

export const turnoverCommands = {
  /** Given by the policy alone: what opens a turnover is a change of the contact. */
  OpenTurnover: turnoverEvents.TurnoverOpened.clear.extend({ turnoverId }),
  /** Given by the policy alone. */
  RestateDeparture: z.strictObject({ turnoverId, departure: z.strictObject(departureShape) }),
  LearnDepartureDetails: z.strictObject({
    turnoverId,
    notice: z.enum(notices).optional(),
    destination: z.enum(turnoverDestinations).optional(),
    destinationAccountId: zId.nullable().optional(),
    destinationName: zWords(1000).nullable().optional(),
  }),
  AssessCoverage: z.strictObject({
    turnoverId,
    percent: z.int().min(0).max(100),
    basis: z.enum(coverageBases),
    contactIds: z.array(zId).max(100).optional(),
    note,
  }),
  NameInterimContact: z.strictObject({ turnoverId, contactId: zId.nullable(), untilOn: zDate.optional() }),
  LearnRoleOutcome: z.strictObject({ turnoverId, outcome: z.enum(roleOutcomes), note }),
  IdentifyReplacement: z.strictObject({
    turnoverId,
    contactId: zId,
    placementId: zId.optional(),
    kind: z.enum(replacementKinds),
    startsOn: zDate.optional(),
    competitor: zWords(500).optional(),
  }),
  DropReplacement: z.strictObject({
    turnoverId,
    contactId: zId,
    /** Only in this placement; absent = whichever it was. */
    placementId: zId.optional(),
    /** It never was one, rather than that it has left again. */
    wasNone: z.boolean().optional(),
  }),
  LearnIntentions: z.strictObject({ turnoverId, intention: z.enum(intentions), note }),
  CaptureProductValue: z
    .strictObject({
      turnoverId,
      rating: z.int().min(0).max(10).optional(),
      value: zWords(4000).optional(),
    })
    .refine(({ rating, value }) => rating !== undefined || value !== undefined, {
      path: ['value'],
      message: 'is missing, and so is rating; give one of them, or both',
    }),
  RecordAdvocacy: z
    .strictObject({
      turnoverId,
      basis: z.enum(advocacyBases),
      stance: z.enum(stances),
      contactId: zId.optional(),
      npsScore: z.int().min(0).max(10).optional(),
      note,
    })
    .refine(({ basis, npsScore }) => basis !== 'nps' || npsScore !== undefined, {
      path: ['npsScore'],
      message: 'is missing; give the score that it rests on, or judgement as the basis',
    }),
  CompleteStep: z.strictObject({ turnoverId, step: zCode, note }),
  UndoStep: z.strictObject({ turnoverId, step: zCode }),
  MigratePlan: z.strictObject({ turnoverId, plan: zVersioned }),
  ForecastOutcome: z.strictObject({
    turnoverId,
    forecast: z.enum(forecasts),
    amount: zMoney.optional(),
    note,
  }),
  ReassignTurnover: z.strictObject({ turnoverId, owner: zSubject.nullable(), note }),
  LoseTurnover: z.strictObject({
    turnoverId,
    /** One of the causes that apply (src/turnover/rules.ts). */
    rootCause: zCode.nullable(),
    competing: z.boolean().optional(),
    competitor: zWords(500).optional(),
    note,
  }),
  DismissTurnover: z.strictObject({ turnoverId, dismissal: z.enum(dismissals), note }),
  ReopenTurnover: z.strictObject({ turnoverId }),
};

export type TurnoverCommandType = keyof typeof turnoverCommands;
export type TurnoverCommand = {
  [K in TurnoverCommandType]: { type: K } & z.infer<(typeof turnoverCommands)[K]>;
}[TurnoverCommandType];
export type TurnoverCommandOf<K extends TurnoverCommandType> = Extract<TurnoverCommand, { type: K }>;
