// What an erasure refuses later: commands on the erased, and their addresses and ids coming back under another contact.
import type { Command, CommandContext } from '../command.ts';
import type { ContactBelief } from '../contact/belief.ts';
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
  if (command.type === 'RegisterContact') {
    const { email, externalId } = command;
    if (externalId && !belief && erased.isIdSuppressed(externalId.source, externalId.id))
      return reject('ADDRESS_SUPPRESSED', 'externalId');
    return email === undefined ? null : refuseAddress(email, 'email', belief, erased);
  }
  if (command.type === 'AddContactEmail' || command.type === 'ChangeContactEmail')
    return command.address === null ? null : refuseAddress(command.address, 'address', belief, erased);
  if (command.type === 'RecordConsent' && command.channel === 'email' && command.address !== undefined)
    return refuseAddress(command.address, 'address', belief, erased);
  return null;
}

/** An address that two people share stays with the one who is not erased. */
function refuseAddress(
  address: string,
  path: string,
  belief: ContactBelief | null,
  erased: ErasedPeople,
): Rejection | null {
  if (!erased.isEmailSuppressed(address)) return null;
  const isOwn = belief?.emails.some((email) => email.address.some(({ value }) => value === address));
  return isOwn ? null : reject('ADDRESS_SUPPRESSED', path);
}
