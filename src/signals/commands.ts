// What one may report about a contact: one zod shape per command, an observation each.
import { z } from 'zod';
import { zCode, zId, zSubject, zWords } from '../event-contract.ts';
import {
  activityDirections,
  activityKinds,
  bounceKinds,
  datapoints,
  verificationResults,
  zMailStatus,
} from './events.ts';

const seen = { contactId: zId, placementId: zId.optional() };

export const signalCommands = {
  RecordBounce: z.strictObject({
    ...seen,
    address: zWords(320),
    emailId: zId.optional(),
    kind: z.enum(bounceKinds),
    status: zMailStatus.optional(),
    reason: zCode.optional(),
    messageId: zWords(998).optional(),
    diagnostic: zWords(4000).optional(),
  }),
  RecordActivity: z.strictObject({
    ...seen,
    activity: z.enum(activityKinds),
    channel: zCode.optional(),
    direction: z.enum(activityDirections).optional(),
    outcome: zCode.optional(),
    campaign: zCode.optional(),
    npsScore: z.int().min(0).max(10).optional(),
    note: zWords(4000).optional(),
  }),
  RecordVerification: z.strictObject({
    ...seen,
    datapoint: z.enum(datapoints),
    result: z.enum(verificationResults),
    method: zCode.optional(),
    respondentId: zId.optional(),
    respondent: zSubject.optional(),
    campaign: zCode.optional(),
    note: zWords(4000).optional(),
  }),
};

export type SignalCommandType = keyof typeof signalCommands;
export type SignalCommand = {
  [K in SignalCommandType]: { type: K } & z.infer<(typeof signalCommands)[K]>;
}[SignalCommandType];
export type SignalCommandOf<K extends SignalCommandType> = Extract<SignalCommand, { type: K }>;
