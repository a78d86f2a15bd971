// What can be observed of a contact: bounces, activities and verifications, in a stream of their own.
import { z } from 'zod';
import {
  type DecidedEvent,
  type EventsOf,
  eventContract,
  zCode,
  zId,
  zSubject,
  zText,
} from '../event-contract.ts';

export const bounceKinds = ['hard', 'soft'] as const;
export const activityKinds = [
  'case',
  'task',
  'timeline',
  'email_sent',
  'email_delivered',
  'email_opened',
  'email_replied',
  'login',
  'usage',
  'survey',
  'call',
  'meeting',
] as const;
export const activityDirections = ['inbound', 'outbound'] as const;
export const datapoints = ['employment', 'title', 'location', 'function'] as const;
export const verificationResults = ['confirmed', 'wrong', 'unreachable'] as const;

/** RFC 3463 enhanced mail system status code. */
export const zMailStatus = z
  .string()
  .regex(/^[245]\.\d{1,3}\.\d{1,3}$/, 'is an RFC 3463 status such as 5.1.1');

/** The placement it was seen at: an observation stays with it when the person moves. */
const seenAt = { placementId: zId.optional() };

export const signalEvents = {
  Bounced: eventContract(
    {
      ...seenAt,
      emailId: zId.optional(),
      kind: z.enum(bounceKinds),
      status: zMailStatus.optional(),
      reason: zCode.optional(),
    },
    { address: zText(320), messageId: zText(998).optional(), diagnostic: zText(4000).optional() },
  ),
  ActivityRecorded: eventContract(
    {
      ...seenAt,
      activity: z.enum(activityKinds),
      channel: zCode.optional(),
      direction: z.enum(activityDirections).optional(),
      outcome: zCode.optional(),
      campaign: zCode.optional(),
      /** Net promoter score of a survey, 0 to 10. */
      npsScore: z.int().min(0).max(10).optional(),
    },
    { note: zText(4000).optional() },
  ),
  DatapointVerified: eventContract(
    {
      ...seenAt,
      datapoint: z.enum(datapoints),
      result: z.enum(verificationResults),
      method: zCode.optional(),
      respondentId: zId.optional(),
      respondent: zSubject.optional(),
      campaign: zCode.optional(),
    },
    { note: zText(4000).optional() },
  ),
  /** The key of what was observed so far is destroyed: no earlier event of the stream can be read any more. */
  SignalsErased: eventContract({ erasureId: zId }, {}),
};

/** Types that are observations. */
export const signalTypes = ['Bounced', 'ActivityRecorded', 'DatapointVerified'] as const;

export type SignalEventType = keyof typeof signalEvents;
export type SignalEvent = EventsOf<typeof signalEvents>;
export type SignalEventOf<K extends SignalEventType> = Extract<SignalEvent, { type: K }>;
export type DecidedSignalEvent = DecidedEvent<SignalEvent>;
