// The explanation of a value as a paragraph that anybody can read.
import type { LedgerEvent } from '../ledger-events.ts';
import type { ValueExplanation } from './values.ts';
import { because, byWhom, counted, dayOf, listed, quoted, when } from './words.ts';

export function valueInWords(explanation: ValueExplanation, timeZone: string): string {
  const { replaced, agreed, disagreed } = explanation;
  return [
    whatItIs(explanation, timeZone),
    replaced
      ? `It replaced ${shown(replaced.value, replaced.event)}, said on ${dayOf(replaced.event.learnedAtMs, timeZone)} ${byWhom(replaced.event)}.`
      : '',
    agreed.length > 0 ? `${listed(bySource(agreed, timeZone))} agreed.` : 'No other source has confirmed it.',
    ...disagreed.map(
      ({ value, event, state }) =>
        `${event.source} said ${shown(value, event)} on ${dayOf(event.learnedAtMs, timeZone)}, which ${outcomes[state]}.`,
    ),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

const outcomes = {
  open: 'nobody has decided on yet',
  accepted: 'was accepted',
  declined: 'was declined',
  superseded: 'does not hold on the day',
} as const;

/** What was erased was something. */
function shown(value: string | null, event: LedgerEvent | null): string {
  if (value !== null) return quoted(value);
  return event?.personal === null ? 'something no longer readable' : 'nothing';
}

function whatItIs({ field, label, value, saidBy }: ValueExplanation, timeZone: string): string {
  const name = label === null ? field : `${field} (${label})`;
  if (!saidBy) return `${name} is ${shown(value, saidBy)}.`;
  return `${name} is ${shown(value, saidBy)}: so it was said ${when(saidBy, timeZone)} ${byWhom(saidBy)}${because(saidBy)}.`;
}

/** `crm (3 times, last on 2026-05-01)`. */
function bySource(events: readonly LedgerEvent[], timeZone: string): string[] {
  const groups = Map.groupBy(events, ({ source }) => source);
  return [...groups].map(([source, own]) => {
    const newest = own.reduce((last, event) => Math.max(last, event.learnedAtMs), 0);
    return `${source} (${counted(own.length, 'time')}, last on ${dayOf(newest, timeZone)})`;
  });
}
