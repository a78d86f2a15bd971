// Which merges are void because they form a cycle: the last one stored of each cycle, for as long as the cycle stands.
import type { Cut } from './belief.ts';
import { type Mergeable, type Merges, survivorIdOf } from './merge.ts';

/** How a contact or an account is believed from its own events. */
export type Believe<E, B> = (events: readonly E[], cut: Cut, merges: Partial<Merges<B>>) => B | null;

/**
 * Ids of the events whose merges no reader believes. Only concurrent commands, late knowledge or a revert can close a cycle; without
 * this rule all its members would lead to each other and to nobody. `streams` are all that could be in it together.
 * What remains is the same in whatever order cycles are found, because no two of them share a member.
 */
export function mergesClosingCycles<E, B extends Mergeable>(
  streams: ReadonlyMap<string, readonly E[]>,
  cut: Cut,
  believe: Believe<E, B>,
): ReadonlySet<string> {
  const closing = new Set<string>();
  const merges = new Map<string, Mergeable | null>();
  function memberOf(id: string): Mergeable | null {
    const known = merges.get(id);
    if (known !== undefined) return known;
    const believed = believe(streams.get(id) ?? [], cut, { closingCycles: closing });
    merges.set(id, believed);
    return believed;
  }
  const next = (id: string) => {
    const member = memberOf(id);
    return (member && survivorIdOf(member)) ?? undefined;
  };
  const mergeOf = (id: string) => memberOf(id)!.mergedInto!;
  for (const start of streams.keys())
    for (let cycle = cycleFrom(start, next); cycle; cycle = cycleFrom(start, next)) {
      const last = cycle.reduce((a, b) => (mergeOf(b).position > mergeOf(a).position ? b : a));
      closing.add(mergeOf(last).eventId);
      // Without this merge a later one of the same contact or account may count.
      merges.delete(last);
    }
  return closing;
}

/** The members of the cycle that one leads to; undefined where its way ends. */
function cycleFrom(start: string, nextOf: (id: string) => string | undefined): string[] | undefined {
  const path: string[] = [];
  for (let next: string | undefined = start; next !== undefined; next = nextOf(next)) {
    const first = path.indexOf(next);
    if (first >= 0) return path.slice(first);
    path.push(next);
  }
  return undefined;
}
