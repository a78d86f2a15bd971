// What is allowed of observations: deciding needs no history, only that the contact exists.
import type { Deciding } from '../deciding.ts';
import { type Rejection, reject } from '../rejections.ts';
import type { SignalCommand, SignalCommandOf, SignalCommandType } from './commands.ts';
import type { DecidedSignalEvent } from './events.ts';

export type SignalDecision = DecidedSignalEvent[] | Rejection;
type Step<K extends SignalCommandType> = (command: SignalCommandOf<K>) => DecidedSignalEvent;

export function decideSignal(command: SignalCommand, deciding: Deciding): SignalDecision {
  if (!deciding.contactKnown(command.contactId)) return reject('CONTACT_UNKNOWN', 'contactId');
  // The one dispatch point: the table is typed by the union, a lookup cannot be.
  return [(observations[command.type] as Step<SignalCommandType>)(command)];
}

const noted = (note: string | undefined): { note?: string } => (note === undefined ? {} : { note });

const observations: { [K in SignalCommandType]: Step<K> } = {
  RecordBounce: ({ type: _, contactId: __, address, messageId, diagnostic, ...data }) => ({
    type: 'Bounced',
    data,
    personal: {
      address,
      ...(messageId !== undefined && { messageId }),
      ...(diagnostic !== undefined && { diagnostic }),
    },
  }),
  RecordActivity: ({ type: _, contactId: __, note, ...data }) => ({
    type: 'ActivityRecorded',
    data,
    personal: noted(note),
  }),
  RecordVerification: ({ type: _, contactId: __, note, ...data }) => ({
    type: 'DatapointVerified',
    data,
    personal: noted(note),
  }),
};
