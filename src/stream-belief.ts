// Belief by stream: picks the fold that belongs to the category of a stream.
import { type AccountBelief, believeAccount, believeAccountNext } from './account/belief.ts';
import type { AccountEvent } from './account/events.ts';
import { believe, believeNext, type ContactBelief } from './contact/belief.ts';
import type { ContactEvent } from './contact/events.ts';
import { categoryOf, type LedgerEvent } from './ledger-events.ts';
import type { Merges } from './merge.ts';
import { believeTurnover, believeTurnoverNext, type TurnoverBelief } from './turnover/belief.ts';
import type { TurnoverEvent } from './turnover/events.ts';

/** Null = not registered, or a stream that nothing is believed of. */
export type Belief = ContactBelief | AccountBelief | TurnoverBelief | null;

/** What other merges mean for a stream, whatever it is of: only its own fold looks into them. */
export type StreamMerges = Merges<ContactBelief | AccountBelief>;

/** What is believed of a stream at a cut of knowledge. */
export function believeStream(
  stream: string,
  events: readonly LedgerEvent[],
  knownAtMs?: number,
  merges?: StreamMerges,
): Belief {
  const cut = knownAtMs === undefined ? {} : { knownAtMs };
  const category = categoryOf(stream);
  if (category === 'contact') return believe(events as ContactEvent[], cut, merges as Merges<ContactBelief>);
  if (category === 'account')
    return believeAccount(events as AccountEvent[], cut, merges as Merges<AccountBelief>);
  if (category === 'turnover') return believeTurnover(events as TurnoverEvent[], cut);
  return null;
}

/** Ids of the events of a contact or account of which nothing follows. */
export function voidIn(
  stream: string,
  events: readonly LedgerEvent[],
  merges?: StreamMerges,
): ReadonlySet<string> {
  const ids = new Set<string>();
  const note = (event: LedgerEvent, _before: unknown, _after: unknown, isVoid: boolean) => {
    if (isVoid) ids.add(event.id);
  };
  if (categoryOf(stream) === 'account')
    believeAccount(events as AccountEvent[], {}, merges as Merges<AccountBelief>, note);
  else believe(events as ContactEvent[], {}, merges as Merges<ContactBelief>, note);
  return ids;
}

/** Folds one event that is the newest in belief order and reverts nothing. */
export function believeStreamNext(stream: string, belief: Belief, event: LedgerEvent): Belief {
  const category = categoryOf(stream);
  if (category === 'contact') return believeNext(belief as ContactBelief | null, event as ContactEvent);
  if (category === 'account')
    return believeAccountNext(belief as AccountBelief | null, event as AccountEvent);
  if (category === 'turnover')
    return believeTurnoverNext(belief as TurnoverBelief | null, event as TurnoverEvent);
  return belief;
}
