// What each event of a page changed: each contact and account is folded once for a page, and only when that is asked for.
import { describeAccountChanges } from '../src/account/changes.ts';
import { revertedIds } from '../src/belief.ts';
import { describeContent, type FieldChange } from '../src/changes.ts';
import { describeChanges } from '../src/contact/changes.ts';
import type { DomainEvent } from '../src/event-contract.ts';
import { categoryOf, type LedgerEvent, subjectOf } from '../src/ledger-events.ts';
import { describeSignal } from '../src/signals/changes.ts';
import type { SignalEvent } from '../src/signals/events.ts';
import { describeTurnoverChanges } from '../src/turnover/changes.ts';
import type { Context, ReadPoint } from './context.ts';

export interface Folded {
  isVoid: boolean;
  isReverted: boolean;
  changes: readonly FieldChange[];
}
export interface Folds {
  of(event: LedgerEvent): Promise<Folded>;
}

/** `events` are those of the page: only their changes are described. */
export function createFolds({ app }: Context, point: ReadPoint, events: readonly LedgerEvent[]): Folds {
  const wanted = new Set(events.map((event) => event.id));
  const running = new Map<string, Promise<Map<string, Folded>>>();

  async function fold(stream: string): Promise<Map<string, Folded>> {
    const folded = new Map<string, Folded>();
    const seen: DomainEvent[] = [];
    const note = (event: LedgerEvent, isVoid: boolean, changes: () => readonly FieldChange[]): void => {
      seen.push(event);
      if (wanted.has(event.id))
        folded.set(event.id, { isVoid, isReverted: false, changes: isVoid ? [] : changes() });
    };
    const { beliefs } = app.readModels;
    if (categoryOf(stream) === 'account')
      await beliefs.account(subjectOf(stream), point.cut, (event, before, after, isVoid) =>
        note(event, isVoid, () => describeAccountChanges(before, after)),
      );
    else if (categoryOf(stream) === 'turnover')
      await beliefs.turnover(subjectOf(stream), point.cut, (event, before, after, isVoid) =>
        note(event, isVoid, () => describeTurnoverChanges(before, after)),
      );
    else
      await beliefs.contact(subjectOf(stream), point.cut, (event, before, after, isVoid) =>
        note(event, isVoid, () => describeChanges(before, after)),
      );
    for (const id of revertedIds(seen)) {
      const reverted = folded.get(id);
      if (reverted) folded.set(id, { ...reverted, isReverted: true });
    }
    return folded;
  }

  return {
    async of(event) {
      const category = categoryOf(event.stream);
      if (
        category !== 'contact' &&
        category !== 'account' &&
        category !== 'signals' &&
        category !== 'turnover'
      )
        return { isVoid: false, isReverted: false, changes: describeContent(event.data, event.personal) };
      if (category === 'signals')
        return { isVoid: false, isReverted: false, changes: describeSignal(event as SignalEvent) };
      let folding = running.get(event.stream);
      if (!folding) {
        folding = fold(event.stream);
        running.set(event.stream, folding);
      }
      return (await folding).get(event.id) ?? { isVoid: true, isReverted: false, changes: [] };
    },
  };
}
