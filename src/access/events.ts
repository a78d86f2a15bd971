// What can happen to the record of who looked: reads and exports of personal data, in one stream a day, all in the clear.
import { z } from 'zod';
import { type EventsOf, eventContract, zId } from '../event-contract.ts';

/** What was looked at: one person's or one account's history, all that is held of a person, a person's card, or a proof of a history. */
export const readKinds = [
  'contact',
  'contact_history',
  'account_history',
  'access_report',
  'audit_trail',
  'proof',
] as const;
export type ReadKind = (typeof readKinds)[number];

/** Why somebody looked: a code or the reference of a ticket. Free text would be personal sooner or later. */
export const zPurpose = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,63}$/,
    'is a code or reference: letters, digits and . _ : / # -, at most 64',
  );

/** What is recorded: nothing, reads of histories and all exports, or every read of a contact too. */
export const accessLogLevels = ['off', 'history', 'all'] as const;
export type AccessLogLevel = (typeof accessLogLevels)[number];

/** Subjects of one read. */
export const subjectsMax = 1_000;

const zRead = z.strictObject({
  kind: z.enum(readKinds),
  /** Contacts, or the account, that were asked for. */
  subjectIds: z.array(zId).max(subjectsMax),
  /** Milliseconds since 1970. */
  atMs: z.int(),
  /** How often within the same event's time. */
  times: z.int().min(1),
  purpose: zPurpose.optional(),
});

const exportScopes = ['all', 'account', 'contact'] as const;

export const accessEvents = {
  /** Reads of one actor, who is the envelope's: many in one event, so that looking costs little. */
  ContactsRead: eventContract({ reads: z.array(zRead).min(1) }, {}),
  /** Events left the ledger in the clear. Who received them must be told of an erasure. */
  ExportMade: eventContract(
    {
      scope: z.enum(exportScopes),
      subjectId: zId.optional(),
      /** The last event that the export may hold. */
      upToPosition: z.int().min(0),
      purpose: zPurpose.optional(),
    },
    {},
  ),
};

export type AccessEvent = EventsOf<typeof accessEvents>;
export type ContactsRead = Extract<AccessEvent, { type: 'ContactsRead' }>;
export type ExportMade = Extract<AccessEvent, { type: 'ExportMade' }>;
export type Read = z.infer<typeof zRead>;

/** The stream of a day, such as access-2026-11-22. */
export const accessStream = (day: string) => `access-${day}`;
