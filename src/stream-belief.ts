// Belief by stream: picks the fold that belongs to the category of a stream.
import { type AccountBelief, believeAccount, believeAccountNext } from './account/belief.ts';
import type { AccountEvent } from './account/events.ts';
import { believe, believeNext, type ContactBelief, type Merges } from './contact/belief.ts';
import type { ContactEvent } from './contact/events.ts';
import { categoryOf, type LedgerEvent } from './ledger-events.ts';
import { believeTurnover, believeTurnoverNext, type TurnoverBelief } from './turnover/belief.ts';
import type { TurnoverEvent } from './turnover/events.ts';

/** Null = not registered, or a stream that nothing is believed of. */
export type Belief = ContactBelief | AccountBelief | TurnoverBelief | null;

/** What is believed of a stream at a cut of knowledge. */
export function believeStream(
  stream: string,
  events: readonly LedgerEvent[],
  knownAtMs?: number,
  merges?: Merges,
): Belief {
  const cut = knownAtMs === undefined ? {} : { knownAtMs };
  const category = categoryOf(stream);
  if (category === 'contact') return believe(events as ContactEvent[], cut, merges);
  if (category === 'account') return believeAccount(events as AccountEvent[], cut);
  if (category === 'turnover') return believeTurnover(events as TurnoverEvent[], cut);
  return null;
}

/** Ids of the events of a contact or account of which nothing follows. */
export function voidIn(stream: string, events: readonly LedgerEvent[], merges?: Merges): ReadonlySet<string> {
  const ids = new Set<string>();
  const note = (event: LedgerEvent, isVoid: boolean) => isVoid && ids.add(event.id);
  if (categoryOf(stream) === 'account')
    believeAccount(events as AccountEvent[], {}, (event, _before, _after, isVoid) => note(event, isVoid));
  else believe(events as ContactEvent[], {}, merges, (event, _before, _after, isVoid) => note(event, isVoid));
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
