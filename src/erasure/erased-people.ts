// Who was erased and what must not come back: known in memory to everyone who decides, from the orders in the log.
import { domainToUnicode } from 'node:url';
import { sameAddressText } from '../contact/consent.ts';
import type { ConsentChannel } from '../contact/events.ts';
import { deriveId } from '../personal-data/derive-id.ts';
import type { ErasureOrdered } from './events.ts';

export interface ErasedPeople {
  /** Whether the contact takes no more commands: it is erased, or about to be. */
  isErased(contactId: string): boolean;
  /** The order by which the contact was erased. */
  erasureOf(contactId: string): string | undefined;
  isAddressSuppressed(channel: ConsentChannel, address: string): boolean;
  isIdSuppressed(source: string, id: string): boolean;
  /** From now on these contacts take no more commands. */
  close(contactIds: readonly string[]): void;
  /** Takes `close` back where no order followed. */
  reopen(contactIds: readonly string[]): void;
  /** Takes an order of the log in. */
  note(order: Pick<ErasureOrdered, 'type' | 'data'>): void;
}

/** Without case, in one Unicode form and with the domain in letters rather than as `xn--…`, as mail systems compare. */
function sameEmail(address: string): string {
  const text = address.normalize('NFKC').trim().toLowerCase();
  const at = text.lastIndexOf('@') + 1;
  // Nothing where it is no domain.
  const domain = domainToUnicode(text.slice(at)) || text.slice(at);
  return text.slice(0, at) + domain;
}

/** Without the salt, which lies with the keys, nobody can try out which address gave the hash. A number is the same for calls and texts. */
export function addressHash(salt: Buffer, channel: ConsentChannel, address: string): string {
  if (channel === 'email') return deriveId(salt, 'suppressed', 'email', sameEmail(address));
  const kind = channel === 'post' ? 'post' : 'phone';
  return deriveId(salt, 'suppressed', kind, sameAddressText(kind, address.normalize('NFKC')));
}

export function idHash(salt: Buffer, source: string, id: string): string {
  return deriveId(salt, 'suppressed', 'id', source, id);
}

export function createErasedPeople(salt: Buffer): ErasedPeople {
  const closed = new Set<string>();
  const erasures = new Map<string, string>();
  const suppressed = new Set<string>();
  return {
    isErased: (contactId) => erasures.has(contactId) || closed.has(contactId),
    erasureOf: (contactId) => erasures.get(contactId),
    // Most ledgers have erased nobody: asked for every line of an import, that must cost nothing.
    isAddressSuppressed: (channel, address) =>
      suppressed.size > 0 && suppressed.has(addressHash(salt, channel, address)),
    isIdSuppressed: (source, id) => suppressed.size > 0 && suppressed.has(idHash(salt, source, id)),
    close(contactIds) {
      for (const id of contactIds) closed.add(id);
    },
    reopen(contactIds) {
      for (const id of contactIds) closed.delete(id);
    },
    note({ data }) {
      for (const id of data.contactIds) if (!erasures.has(id)) erasures.set(id, data.erasureId);
      for (const hash of data.suppressed) suppressed.add(hash);
    },
  };
}
