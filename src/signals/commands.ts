// What one may report about a contact: an observation each; deciding needs no history, only that the contact exists.
import { z } from 'zod';
import type { Deciding } from '../deciding.ts';
import { zCode, zId, zSubject, zText } from '../event-contract.ts';
import { type Rejection, reject } from '../rejections.ts';
import {
  activityDirections,
  activityKinds,
  bounceKinds,
  type DecidedSignalEvent,
  datapoints,
  verificationResults,
  zMailStatus,
} from './events.ts';

const seen = { contactId: zId, placementId: zId.optional() };

export const signalCommands = {
  RecordBounce: z.strictObject({
    ...seen,
    address: zText(320),
    emailId: zId.optional(),
    kind: z.enum(bounceKinds),
    status: zMailStatus.optional(),
    reason: zCode.optional(),
    messageId: zText(998).optional(),
    diagnostic: zText(4000).optional(),
  }),
  RecordActivity: z.strictObject({
    ...seen,
    activity: z.enum(activityKinds),
    channel: zCode.optional(),
    direction: z.enum(activityDirections).optional(),
    outcome: zCode.optional(),
    campaign: zCode.optional(),
    npsScore: z.int().min(0).max(10).optional(),
    note: zText(4000).optional(),
  }),
  RecordVerification: z.strictObject({
    ...seen,
    datapoint: z.enum(datapoints),
    result: z.enum(verificationResults),
    method: zCode.optional(),
    respondentId: zId.optional(),
    respondent: zSubject.optional(),
    campaign: zCode.optional(),
    note: zText(4000).optional(),
  }),
};

export type SignalCommandType = keyof typeof signalCommands;
export type SignalCommand = {
  [K in SignalCommandType]: { type: K } & z.infer<(typeof signalCommands)[K]>;
}[SignalCommandType];

export function decideSignal(command: SignalCommand, deciding: Deciding): DecidedSignalEvent[] | Rejection {
  if (!deciding.contactKnown(command.contactId)) return reject('CONTACT_UNKNOWN', 'contactId');
  const { type: _, contactId: _contact, ...rest } = command;
  switch (command.type) {
    case 'RecordBounce': {
      const { address, messageId, diagnostic, ...data } = rest as Omit<
        Extract<SignalCommand, { type: 'RecordBounce' }>,
        'type' | 'contactId'
      >;
      return [
        {
          type: 'Bounced',
          data,
          personal: {
            address,
            ...(messageId !== undefined && { messageId }),
            ...(diagnostic !== undefined && { diagnostic }),
          },
        },
      ];
    }
    case 'RecordActivity': {
      const { note, ...data } = rest as Omit<
        Extract<SignalCommand, { type: 'RecordActivity' }>,
        'type' | 'contactId'
      >;
      return [{ type: 'ActivityRecorded', data, personal: note === undefined ? {} : { note } }];
    }
    case 'RecordVerification': {
      const { note, ...data } = rest as Omit<
        Extract<SignalCommand, { type: 'RecordVerification' }>,
        'type' | 'contactId'
      >;
      return [{ type: 'DatapointVerified', data, personal: note === undefined ? {} : { note } }];
    }
  }
}
