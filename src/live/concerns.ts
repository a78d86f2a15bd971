// Tells which contacts and accounts events concern, from the log as it stood with each of them.
import { personTypes, placementOf } from '../../projections/history.ts';
import { wasMerged } from '../../projections/identities.ts';
import type { Beliefs } from '../beliefs.ts';
import type { EventStore, StoredEvent } from '../event-store/port.ts';
import { categoryOf, type LedgerEvent, subjectOf } from '../ledger-events.ts';
import { type MergedCategory, survivorIdOf } from '../merge.ts';
import type { ReadDatabase } from '../projector/read-database.ts';
import type { Concerns } from './change.ts';

export interface ConcernsSource {
  store: EventStore;
  beliefs: Beliefs;
  database: ReadDatabase;
}

/** For the events of one batch: each stream is read once. The read models must have applied all of them. */
export function createConcerns({ store, beliefs, database }: ConcernsSource): {
  of(event: LedgerEvent): Promise<Concerns>;
} {
  const streams = new Map<string, Promise<StoredEvent[]>>();

  function logOf(stream: string): Promise<StoredEvent[]> {
    let reading = streams.get(stream);
    if (!reading) {
      reading = store.read(stream);
      streams.set(stream, reading);
    }
    return reading;
  }

  /** Before the event as well: who loses a merged contact or account again is told so. */
  async function withSurvivors(
    category: MergedCategory,
    subjectIds: Iterable<string>,
    position: number,
  ): Promise<Set<string>> {
    const reached = new Set(subjectIds);
    for (const id of reached) {
      if (!wasMerged(database, id)) continue;
      for (const atPosition of [position - 1, position]) {
        const belief = await beliefs[category](id, { atPosition });
        const survivorId = belief && survivorIdOf(belief);
        if (survivorId !== null) reached.add(survivorId);
      }
    }
    return reached;
  }

  /** Whatever is believed of the placement now, the event speaks of it to each account that it was said to be in by then. */
  async function accountsOf(event: LedgerEvent): Promise<Set<string>> {
    const placementId = placementOf(event);
    const isOfPerson = personTypes.includes(event.type);
    if (placementId === null && !isOfPerson) return new Set();
    const found = new Set<string>();
    for (const { position, data } of await logOf(`contact-${subjectOf(event.stream)}`)) {
      if (position > event.position) break;
      const { claim } = data as { claim?: PlacementData };
      const said = claim ?? (data as PlacementData);
      if (said.placementId === undefined || said.accountId === undefined) continue;
      if (isOfPerson || said.placementId === placementId) found.add(said.accountId);
    }
    return found;
  }

  /** Who left and from where is said when it opens, and never again otherwise. */
  async function concernsOfTurnover({ stream, position }: LedgerEvent): Promise<Concerns> {
    const opened = (await logOf(stream)).find(({ type }) => type === 'TurnoverOpened');
    const { contactId, accountId } = (opened?.data ?? {}) as { contactId?: string; accountId?: string };
    return {
      contactIds: await withSurvivors('contact', contactId === undefined ? [] : [contactId], position),
      accountIds: await withSurvivors('account', accountId === undefined ? [] : [accountId], position),
    };
  }

  return {
    async of(event) {
      const subject = subjectOf(event.stream);
      const category = categoryOf(event.stream);
      if (category === 'account')
        return {
          contactIds: new Set(),
          accountIds: await withSurvivors('account', [subject], event.position),
        };
      if (category === 'turnover') return concernsOfTurnover(event);
      return {
        contactIds: await withSurvivors('contact', [subject], event.position),
        accountIds: await withSurvivors('account', await accountsOf(event), event.position),
      };
    },
  };
}

interface PlacementData {
  placementId?: string;
  accountId?: string;
}
