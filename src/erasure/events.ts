// What can happen to erasures: each is ordered, which is the authority, and completed; all in one stream, all in the clear.
import { z } from 'zod';
import { type EventsOf, eventContract, zId } from '../event-contract.ts';

/** Articles of the GDPR where they have a word for it; `other_law` for what has none, such as a court's order. */
export const legalBases = [
  'no_longer_necessary',
  'consent_withdrawn',
  'objection',
  'unlawful_processing',
  'legal_obligation',
  'child_consent',
  'retention_period',
  'other_law',
] as const;
export type LegalBasis = (typeof legalBases)[number];
export const requesters = ['data_subject', 'representative', 'authority', 'organisation'] as const;
export type Requester = (typeof requesters)[number];
/** A reference into another system. No address fits in: it is stored in the clear for ever. */
export const zTicket = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,63}$/,
    'is a reference: letters, digits and . _ : / # -, at most 64',
  );

/** Name of a copy of the ledger among all that share its log. It is stored in the clear for ever. */
export const zReplica = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'is a name: letters, digits and . _ -, at most 128');

/** The one stream of a ledger's erasures: read at every start, whatever the size of the log. */
export const erasureStream = 'erasure-00000000-0000-8000-8000-000000000000';

export const erasureEvents = {
  ErasureOrdered: eventContract(
    {
      erasureId: zId,
      /** All ids of the person, the one asked for first. */
      contactIds: z.array(zId).min(1),
      /** Keys that were in use: destroyed again wherever an older copy of the keys is restored. */
      keyIds: z.array(zId),
      legalBasis: z.enum(legalBases),
      requester: z.enum(requesters),
      ticket: zTicket.optional(),
      /** Salted hashes of addresses and ids by which the person must not come back. */
      suppressed: z.array(zId),
      /** Events that become unreadable. */
      events: z.int().min(0),
      /** ExportMade events of exports that contained the person. */
      exportIds: z.array(zId),
      /** Days after which no backup holds the data any more. */
      backupDays: z.int().min(0),
    },
    {},
  ),
  /** What was observed of these contacts is kept no longer; the contacts stay. */
  SignalsErasureOrdered: eventContract(
    {
      erasureId: zId,
      contactIds: z.array(zId).min(1),
      keyIds: z.array(zId),
      /** The definition that says so, as name:version. */
      rule: zTicket,
      events: z.int().min(0),
    },
    {},
  ),
  ErasureCompleted: eventContract(
    {
      erasureId: zId,
      /** Replicas that hold no readable copy any more, and the position that each had reached. */
      replicas: z.array(z.strictObject({ name: z.string().max(128), position: z.int().min(0) })).min(1),
    },
    {},
  ),
  /** A copy of the ledger with read models of its own: erasures that are completed from here on wait for its word. */
  ReplicaJoined: eventContract({ replica: zReplica }, {}),
  /** It is gone with all its files: nobody waits for its word any more. */
  ReplicaRetired: eventContract({ replica: zReplica }, {}),
  /** Another copy than the one that completed it holds nothing readable any more, from this position on. */
  ErasureAcknowledged: eventContract({ erasureId: zId, replica: zReplica, position: z.int().min(0) }, {}),
};

export type ErasureEvent = EventsOf<typeof erasureEvents>;
export type ErasureOrdered = Extract<ErasureEvent, { type: 'ErasureOrdered' }>;
export type SignalsErasureOrdered = Extract<ErasureEvent, { type: 'SignalsErasureOrdered' }>;
export type ErasureAcknowledged = Extract<ErasureEvent, { type: 'ErasureAcknowledged' }>;
export type ErasureCompleted = Extract<ErasureEvent, { type: 'ErasureCompleted' }>;
