// Ids that a reader of a failing test can tell apart, and the instants that histories are told in.
import { deriveId } from '../../src/personal-data/derive-id.ts';

const numbered = (prefix: string) => (n: number) =>
  `${prefix}000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const contactIdOf = numbered('c0');
export const accountIdOf = numbered('a0');
export const placementIdOf = numbered('b0');
export const factIdOf = numbered('f0');
export const eventIdOf = numbered('e0');
export const proposalIdOf = numbered('d0');

export const ann = contactIdOf(1);
export const bob = contactIdOf(2);
export const cleo = contactIdOf(3);
export const acme = accountIdOf(1);
export const globex = accountIdOf(2);
export const initech = accountIdOf(3);
/** Ann's placement at Acme, and the one that she may have elsewhere. */
export const job = placementIdOf(1);
export const nextJob = placementIdOf(2);

export const salt = Buffer.alloc(32, 7);
/** The slot of a contact or account, as a decider asks for it. */
export const slotIdOf = (subjectId: string, ...parts: string[]) => deriveId(salt, subjectId, ...parts);
export const postIdOf = (accountId: string, name: string) => deriveId(salt, 'post', accountId, name);

/** Milliseconds of a day (at midnight UTC) or of an instant. */
export function at(text: string): number {
  const ms = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(ms)) throw new RangeError(`${text} is not a day or an instant`);
  return ms;
}
/** Histories without times of their own are learned one hour after the other from here. */
export const firstMs = at('2026-01-01');
export const hourMs = 3_600_000;
