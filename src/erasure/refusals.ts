// What an erasure refuses later: commands on the erased, and their addresses and ids coming back under another contact.
import type { Command, CommandContext } from '../command.ts';
import type { ContactBelief, Proposal } from '../contact/belief.ts';
import type { ConsentChannel } from '../contact/events.ts';
import { type Rejection, reject } from '../rejections.ts';
import type { ErasedPeople } from './erased-people.ts';

/** The reason that lets a person use a suppressed address again: it stays in the clear, so that an audit finds it. */
export const consentGiven = 'consent_given';

/** Null where the command may go on. Asked in the same turn as the decision, so that nothing slips in between. */
export function refuseErased(command: Command, erased: ErasedPeople): Rejection | null {
  // A replacement that was erased can still be taken back.
  if (command.type === 'DropReplacement') return null;
  if ('contactId' in command && typeof command.contactId === 'string' && erased.isErased(command.contactId))
    return reject('CONTACT_ERASED', 'contactId');
  if (command.type === 'MergeContacts' && erased.isErased(command.intoId))
    return reject('CONTACT_ERASED', 'intoId');
  return null;
}

/** Null where nothing in the command belonged to an erased person, or its holder had it all along, or consents anew. */
export function refuseSuppressed(
  command: Command,
  belief: ContactBelief | null,
  { by, reasonCode }: CommandContext,
  erased: ErasedPeople,
): Rejection | null {
  if (by === 'person' && reasonCode === consentGiven) return null;
  if (command.type === 'RegisterContact' && command.externalId && !belief) {
    const { source, id } = command.externalId;
    if (erased.isIdSuppressed(source, id)) return reject('ADDRESS_SUPPRESSED', 'externalId');
  }
  for (const used of addressesIn(command, belief))
    if (erased.isAddressSuppressed(used.channel, used.address) && !isOwn(belief, used))
      return reject('ADDRESS_SUPPRESSED', used.path);
  return null;
}

interface Used {
  channel: ConsentChannel;
  address: string;
  /** The field of the command that brings it. */
  path: string;
}

function used(channel: ConsentChannel, address: string | null | undefined, path: string): Used[] {
  return address ? [{ channel, address, path }] : [];
}

/** The addresses that a command would give to the contact, or approach it at. */
function addressesIn(command: Command, belief: ContactBelief | null): Used[] {
  switch (command.type) {
    case 'RegisterContact':
      return [...used('email', command.email, 'email'), ...used('phone', command.phone, 'phone')];
    case 'AddContactEmail':
    case 'ChangeContactEmail':
      return used('email', command.address, 'address');
    case 'ChangeContactPhone':
      return used('phone', command.phone, 'phone');
    case 'ChangeContactAddress':
      return used('post', command.address, 'address');
    case 'RecordConsent':
      return used(command.channel, command.address, 'address');
    case 'AcceptChange':
      return proposed(belief?.proposals.find(({ id }) => id === command.proposalId));
    default:
      return [];
  }
}

/** It may have been proposed before its owner was erased. */
function proposed(proposal: Proposal | undefined): Used[] {
  const { address, phone } = (proposal?.personal ?? {}) as { address?: string | null; phone?: string | null };
  switch (proposal?.claimed) {
    case 'ContactEmailAdded':
    case 'ContactEmailChanged':
      return used('email', address, 'proposalId');
    case 'ContactPhoneChanged':
      return used('phone', phone, 'proposalId');
    case 'ContactAddressChanged':
      return used('post', address, 'proposalId');
    case 'ConsentRecorded':
      return used((proposal.claim as { channel: ConsentChannel }).channel, address, 'proposalId');
    default:
      return [];
  }
}

/** What two people share stays with the one who is not erased. */
function isOwn(belief: ContactBelief | null, { channel, address }: Used): boolean {
  if (!belief) return false;
  const known =
    channel === 'email'
      ? belief.emails.map((fact) => fact.address)
      : channel === 'post'
        ? belief.addresses.map((fact) => fact.address)
        : belief.phones.map((fact) => fact.number);
  return known.some((values) => values.some(({ value }) => value === address));
}
