// What an erasure would do: which ids are one person, what becomes unreadable, what is kept and why. It changes nothing.
import { type ExportRecord, findExportsOf } from '../../projections/access.ts';
import { claimInside } from '../belief.ts';
import { isNo } from '../contact/consent.ts';
import type { Consent, ConsentChannel } from '../contact/events.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { EventStore } from '../event-store/port.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import type { ReadModels } from '../projector/read-models.ts';
import { addressHash, idHash } from './erased-people.ts';
import { keyIdsOf, readStreams, readStreamsOf, turnoverStreamsOf } from './person.ts';

export interface ErasurePlan {
  /** All ids of the person, the one asked for first: erasing one of a merge erases the person. */
  contactIds: string[];
  /** Kinds of values that become unreadable, with the number of events that hold one; the most frequent first. */
  unreadable: { field: string; events: number }[];
  /** Events with a sealed part. */
  events: number;
  keyIds: string[];
  /** Salted hashes of the addresses and ids that must not come back. */
  suppressed: string[];
  exports: ExportRecord[];
}

/** What stays, and why: said in every plan and receipt. */
export const keptAfterErasure: readonly { what: string; why: string }[] = [
  {
    what: 'events_without_values',
    why: 'That something happened, when, and its codes and ids stay, so that counts and reports do not change and the log still proves to be whole.',
  },
  {
    what: 'contact_id',
    why: 'The random id of the contact stays, so that other records that refer to it do not break; nothing readable belongs to it.',
  },
  {
    what: 'suppression_hashes',
    why: 'Salted hashes of e-mail addresses and external ids stay, so that an import does not bring the person back.',
  },
  {
    what: 'erasure_record',
    why: 'Legal basis, kind of requester, ticket and times of the erasure stay, to account for it (GDPR Art. 5(2)).',
  },
  {
    what: 'access_record',
    why: 'Who looked at the contact, and when, stays: it holds no value of the person.',
  },
  {
    what: 'text_of_others',
    why: "Notes in other people's records may mention the person; the ledger cannot find them, since they are sealed for somebody else.",
  },
];

export interface PlanSources {
  store: EventStore;
  sealing: EventSealing;
  readModels: ReadModels;
  salt: Buffer;
}

export async function planErasure(
  { store, sealing, readModels, salt }: PlanSources,
  contactIds: string[],
): Promise<ErasurePlan> {
  const streams = [
    ...(await readStreamsOf(store, contactIds)),
    ...(await readStreams(store, turnoverStreamsOf(readModels, contactIds))),
  ];
  const counts = new Map<string, number>();
  const suppressed = new Set<string>();
  let sealedEvents = 0;
  for (const { events } of streams) {
    for (const event of await sealing.open(events)) {
      const claim = innermost(event);
      const fields = Object.keys(claim.personal ?? {});
      if (fields.length > 0) sealedEvents += 1;
      for (const field of fields) counts.set(field, (counts.get(field) ?? 0) + 1);
      for (const hash of suppressedBy(claim, salt)) suppressed.add(hash);
    }
  }
  const firstPosition = Math.min(...streams.map(({ events }) => events[0]!.position));
  return {
    contactIds,
    unreadable: [...counts]
      .map(([field, events]) => ({ field, events }))
      .sort((a, b) => b.events - a.events || (a.field < b.field ? -1 : 1)),
    events: sealedEvents,
    keyIds: keyIdsOf(streams),
    suppressed: [...suppressed],
    exports: findExportsOf(readModels.database, contactIds, firstPosition),
  };
}

interface Claim {
  type: string;
  data: object;
  personal: object | null;
}

/** The claim that a confirmation or proposal carries, else the event itself. */
function innermost(event: LedgerEvent): Claim {
  return 'claimed' in event.data ? claimInside(event as Parameters<typeof claimInside>[0]) : event;
}

const mailTypes: ReadonlySet<string> = new Set(['ContactEmailAdded', 'ContactEmailChanged', 'Bounced']);

function suppressedBy({ type, data, personal }: Claim, salt: Buffer): string[] {
  const { email, address, externalId } = (personal ?? {}) as {
    email?: string;
    address?: string | null;
    externalId?: { source: string; id: string };
  };
  const { channel, consent } = data as { channel?: ConsentChannel; consent?: Consent | null };
  const hashes: string[] = [];
  if (email !== undefined) hashes.push(addressHash(salt, 'email', email));
  if (mailTypes.has(type) && address) hashes.push(addressHash(salt, 'email', address));
  // A number or a house is often a company's: others come back with it, unless the person wanted no call or letter there.
  if (type === 'ConsentRecorded' && channel && address && (channel === 'email' || isNo(consent ?? null)))
    hashes.push(addressHash(salt, channel, address));
  if (externalId) hashes.push(idHash(salt, externalId.source, externalId.id));
  return hashes;
}
