// The explanation of a removal as a paragraph that anybody can read, years later.
import { latest } from '../timeline.ts';
import type { RemovalExplanation } from './removals.ts';
import { because, byWhom, counted, dayOf, evidenceInWords, listed, quoted, when } from './words.ts';

/** `nameOf` gives the name of an account, or its id where there is none to be read. */
export function removalInWords(
  removal: RemovalExplanation,
  nameOf: (accountId: string) => string,
  timeZone: string,
): string {
  return [
    whatHappened(removal, nameOf, timeZone),
    restingOn(removal, timeZone),
    before(removal, nameOf),
    consequences(removal),
    whatBecame(removal, timeZone),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function whatHappened(
  removal: RemovalExplanation,
  nameOf: (accountId: string) => string,
  timeZone: string,
): string {
  const { kind, event, contactId, accountId, lastState } = removal;
  const person = (lastState && latest(lastState.name)) ?? `The contact ${contactId}`;
  const account = accountId === null ? '' : nameOf(accountId);
  const { intoId } = event.data as { intoId?: string };
  const what = {
    contact: `${person} was removed from all views`,
    placement: `${person} was removed from ${account}`,
    withdrawal: `The placement of ${person} at ${account} was withdrawn, as one that never was,`,
    merge: `${person} was merged into the contact ${intoId ?? 'of a proposal'}, which the id leads to since,`,
    erasure: `The personal data of the contact ${contactId} were erased for good`,
  }[kind];
  // Records are merged and erased, people are not: of that there is no other day than when it was done.
  const isOfRecords = (kind === 'merge' || kind === 'erasure') && event.effectiveOn === undefined;
  const on = isOfRecords ? `on ${dayOf(event.learnedAtMs, timeZone)}` : when(event, timeZone);
  return `${what} ${on} ${byWhom(event)}${because(event)}.`;
}

function restingOn({ event, causes }: RemovalExplanation, timeZone: string): string {
  const { evidenceTexts } = (event.personal ?? {}) as { evidenceTexts?: string[] };
  const named = causes.map(({ event: cause, eventId }) =>
    cause ? evidenceInWords(cause, timeZone) : `the event ${eventId}, which is not of this person`,
  );
  const texts = (evidenceTexts ?? []).filter((text) => text !== '').map(quoted);
  const others = (event.evidence ?? [])
    .filter(({ eventId }) => eventId === undefined)
    .map(({ kind }) => `a ${kind}`);
  const rests = [...named, ...others];
  if (rests.length === 0 && texts.length === 0) return 'No evidence was given.';
  const said = texts.length > 0 ? `, in the words ${listed(texts)}` : '';
  const firsts = causes.filter(({ isFirst, depth }) => isFirst && depth > 1).length;
  const back = firsts > 0 ? ` (${counted(firsts, 'first cause')}, followed back)` : '';
  return `It rests on ${listed(rests)}${said}${back}.`;
}

function before(
  { lastState, placementId, kind }: RemovalExplanation,
  nameOf: (accountId: string) => string,
): string {
  if (!lastState || kind === 'erasure') return '';
  const shown = lastState.placements.filter(
    (placement) => !placement.withdrawn && (placementId === null || placement.id === placementId),
  );
  if (shown.length === 0) return 'Until then no placement was known.';
  const places = shown.map((placement) => {
    const title = latest(placement.title);
    const since = placement.startsOn === null ? '' : ` since ${placement.startsOn}`;
    return `${title === null ? 'placed' : title} at ${nameOf(placement.accountId)}${since}`;
  });
  return `Until then the contact was ${listed(places)}.`;
}

function consequences({ hiddenPlacementIds, effects }: RemovalExplanation): string {
  const parts = [
    ...(hiddenPlacementIds.length > 0
      ? [`${counted(hiddenPlacementIds.length, 'placement')} went out of view`]
      : []),
    ...(effects.length > 0
      ? [
          `${counted(effects.length, 'further change')} followed (${listed([...new Set(effects.map(({ type }) => type))])})`,
        ]
      : []),
  ];
  return parts.length === 0 ? '' : `In consequence ${listed(parts)}.`;
}

function whatBecame({ undoneBy, kind }: RemovalExplanation, timeZone: string): string {
  if (!undoneBy) return kind === 'erasure' ? 'That cannot be undone.' : 'It still stands.';
  const how = undoneBy.type === 'ChangesReverted' ? 'undone' : 'taken back';
  return `It was ${how} on ${dayOf(undoneBy.learnedAtMs, timeZone)} ${byWhom(undoneBy)}${because(undoneBy)}.`;
}
