// What a decider is told beside the state and the command: times, ids and what else is known. It asks nobody.
import type { ExternalId } from './event-contract.ts';
import { type Rejection, reject } from './rejections.ts';
import type { Undo } from './undo.ts';

export interface Deciding {
  /** A person's or a policy's command is held to the rules; a feed's claim is taken as the source tells it. */
  by: 'person' | 'feed';
  effectiveOn?: string;
  reasonCode?: string;
  /** Number of events in the stream that the decision rests on. */
  version: number;
  /** An id that belongs to this command alone: the same command decided twice gets the same ids. */
  newId(purpose: string): string;
  /** An id that belongs to the contact or account alone, such as the slot of an attribute. */
  slotId(...parts: string[]): string;
  postId(accountId: string, name: string): string;
  accountKnown(accountId: string): boolean;
  contactKnown(contactId: string): boolean;
  /** The contact or account itself and all it leads to, nearest first: what it is merged into, else the account above it. */
  chain(id: string): readonly string[];
  /**
   * Another contact (or account) that goes by this id of another system, or whom it was merged into; null for a feed, whose ids
   * lead to whom they belong.
   */
  externalIdHolder(externalId: ExternalId): string | null;
  /** Why something is not renewed: the codes that the company lists at the moment of learning, each with what it means. */
  rootCauses: Readonly<Record<string, string>>;
  /** Ids of the events in this stream. */
  eventKnown(eventId: string): boolean;
  /** What undoing the change of an event in this stream would do; undefined where there is no such event. */
  undo(eventId: string): Undo | undefined;
}

/**
 * Whoever looks for somebody by an id of another system is to find one: a second one is not registered under it. Who is registered
 * in the same moment is not seen: of two such the one that was said last is found.
 */
export function refuseTakenId(
  belief: object | null,
  externalId: ExternalId | undefined,
  deciding: Deciding,
): Rejection | null {
  const holder = belief || !externalId ? null : deciding.externalIdHolder(externalId);
  return holder === null
    ? null
    : reject(
        'EXTERNAL_ID_TAKEN',
        'externalId',
        `${holder} goes by this id of the other system; change that one, or register this one without the id.`,
      );
}
