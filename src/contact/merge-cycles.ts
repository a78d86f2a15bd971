// Which merges are void because they form a cycle: the last one stored of each cycle, for as long as the cycle stands.
import type { Cut } from '../belief.ts';
import { believe, type ContactBelief } from './belief.ts';
import type { ContactEvent } from './events.ts';

/**
 * Ids of the events whose merges no reader believes. Only concurrent commands, late knowledge or a revert can close a cycle; without
 * this rule all its contacts would lead to each other and to nobody. `streams` are all contacts that could be in it together.
 * What remains is the same in whatever order cycles are found, because no two of them share a contact.
 */
export function mergesClosingCycles(
  streams: ReadonlyMap<string, readonly ContactEvent[]>,
  cut: Cut,
): ReadonlySet<string> {
  const closing = new Set<string>();
  const merges = new Map<string, ContactBelief['mergedInto']>();
  function mergeOf(id: string): ContactBelief['mergedInto'] {
    const known = merges.get(id);
    if (known !== undefined) return known;
    const merge = believe(streams.get(id) ?? [], cut, { closingCycles: closing })?.mergedInto ?? null;
    merges.set(id, merge);
    return merge;
  }
  for (const start of streams.keys())
    for (let cycle = cycleFrom(start, mergeOf); cycle; cycle = cycleFrom(start, mergeOf)) {
      const last = cycle.reduce((a, b) => (mergeOf(b)!.position > mergeOf(a)!.position ? b : a));
      closing.add(mergeOf(last)!.eventId);
      // Without this merge a later one of the same contact may count.
      merges.delete(last);
    }
  return closing;
}

/** The contacts of the cycle that one leads to; undefined where its way ends. */
function cycleFrom(
  start: string,
  mergeOf: (id: string) => ContactBelief['mergedInto'],
): string[] | undefined {
  const path: string[] = [];
  for (let next: string | undefined = start; next !== undefined; next = mergeOf(next)?.contactId) {
    const first = path.indexOf(next);
    if (first >= 0) return path.slice(first);
    path.push(next);
  }
  return undefined;
}
