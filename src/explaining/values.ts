// Why a value of a contact is what it is: who said so, what it replaced, which sources agreed and which said otherwise.
import type { Application } from '../application.ts';
import type { Cut } from '../belief.ts';
import { displayed, type FieldChange } from '../changes.ts';
import { contactValues, describeChanges } from '../contact/changes.ts';
import { claimedValues } from '../contact/claimed-values.ts';
import type { ContactEvent } from '../contact/events.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import type { Day } from '../time/day.ts';
import { assertionOn, sameValue } from '../timeline.ts';
import { readPersonEvents } from './person-events.ts';

export interface SaidValue {
  value: string | null;
  event: LedgerEvent;
}
export interface OtherClaim extends SaidValue {
  /** Of a proposal what became of it; a claim that was made and overtaken is `superseded`. */
  state: 'open' | 'accepted' | 'declined' | 'superseded';
}
export interface ValueExplanation {
  field: string;
  factId: string | null;
  label: string | null;
  value: string | null;
  /** EDTF; null = not known, or from the beginning. */
  since: string | null;
  saidBy: LedgerEvent | null;
  /** The value until then; null where there was none. */
  replaced: SaidValue | null;
  /** Claims of the same value, later or by others. */
  agreed: readonly LedgerEvent[];
  disagreed: readonly OtherClaim[];
}

interface Told {
  event: ContactEvent;
  changes: readonly FieldChange[];
  claims: readonly FieldChange[];
  isVoid: boolean;
}

/** One for each fact that has the field: nobody guesses which of two phones was meant. */
export async function explainValues(
  app: Application,
  contactId: string,
  field: string,
  { factId, cut = {}, on }: { factId?: string; cut?: Cut; on: Day },
): Promise<ValueExplanation[]> {
  const person = await readPersonEvents(app, contactId);
  const told: Told[] = [];
  const belief = await app.readModels.beliefs.contact(contactId, cut, (event, before, after, isVoid) =>
    told.push({
      event,
      changes: isVoid ? [] : describeChanges(before, after),
      claims: claimedValues(event),
      isVoid,
    }),
  );
  if (!belief) return [];
  // What a merged contact brought along was said in its own history.
  for (const [stream, events] of person.streams)
    if (stream.startsWith('contact-') && stream !== `contact-${contactId}`)
      for (const event of events as readonly ContactEvent[])
        told.push({ event, changes: [], claims: claimedValues(event), isVoid: false });
  const withdrawn = new Set(belief.placements.flatMap((one) => (one.withdrawn ? [one.id] : [])));
  const explained: ValueExplanation[] = [];
  for (const named of contactValues(belief).values()) {
    // Nobody ever said anything of it.
    if (named.timeline?.length === 0) continue;
    // Of a placement that never was, only that is so.
    if (named.factId !== null && withdrawn.has(named.factId) && field !== 'placement.withdrawn') continue;
    if (named.field !== field || (factId !== undefined && named.factId !== factId)) continue;
    const isSame = (one: FieldChange) =>
      one.field === field &&
      one.factId === named.factId &&
      (named.factId !== null || one.label === named.label);
    const about = told.map((one) => ({
      ...one,
      change: one.changes.find(isSame),
      claim: one.claims.find(isSame),
    }));
    const held = named.timeline
      ? heldOn(named.timeline, on, app.timeZone)
      : lastOf(about, named.text ?? null);
    explained.push({
      field,
      factId: named.factId,
      label: named.label,
      value: held.value,
      since: held.since,
      saidBy: person.byId.get(held.eventId ?? '') ?? null,
      replaced: replacedBy(held, about, person.byId),
      ...otherClaims(held, about, belief.proposals),
    });
  }
  return explained;
}

interface Held {
  value: string | null;
  since: string | null;
  eventId: string | null;
  before: { value: string | null; eventId: string } | null;
}

function heldOn(timeline: Parameters<typeof assertionOn>[0], on: Day, timeZone: string): Held {
  const holding = assertionOn(timeline, on, timeZone);
  // A value that was said of several beginnings holds from the first of them on.
  let index = holding ? timeline.indexOf(holding) : -1;
  while (index > 0 && sameValue(timeline[index - 1]!.value, holding!.value)) index--;
  const [before, assertion] = [timeline[index - 1], timeline[index]];
  return {
    value: displayed(assertion?.value),
    since: assertion?.effectiveOn ?? null,
    eventId: assertion?.eventId ?? null,
    before: before ? { value: displayed(before.value), eventId: before.eventId } : null,
  };
}

interface About extends Told {
  change: FieldChange | undefined;
  claim: FieldChange | undefined;
}

/** A value without a timeline is what the last change made of it. */
function lastOf(about: readonly About[], value: string | null): Held {
  const changes = about.filter(({ change }) => change);
  const last = changes.at(-1);
  const before = changes.at(-2);
  return {
    value,
    since: last?.event.effectiveOn ?? null,
    eventId: last?.event.id ?? null,
    before: last?.change?.was != null && before ? { value: last.change.was, eventId: before.event.id } : null,
  };
}

/** Where the timeline does not have it any more, as after a correction, the change itself says what it took the place of. */
function replacedBy(
  { eventId, before }: Held,
  about: readonly About[],
  byId: ReadonlyMap<string, LedgerEvent>,
): SaidValue | null {
  if (before) {
    const event = byId.get(before.eventId);
    return event ? { value: before.value, event } : null;
  }
  const index = about.findIndex(({ event }) => event.id === eventId);
  const was = about[index]?.change?.was ?? null;
  const said = about.slice(0, Math.max(index, 0)).findLast(({ change }) => change?.now === was);
  return was !== null && said ? { value: was, event: said.event } : null;
}

function otherClaims(
  { value, eventId, before }: Held,
  about: readonly About[],
  proposals: readonly { id: string; state: 'open' | 'accepted' | 'declined' }[],
): Pick<ValueExplanation, 'agreed' | 'disagreed'> {
  const agreed: LedgerEvent[] = [];
  const disagreed: OtherClaim[] = [];
  const saidAtMs =
    about.find(({ event }) => event.id === eventId)?.event.learnedAtMs ?? Number.NEGATIVE_INFINITY;
  for (const { event, claim, isVoid } of about) {
    // What was erased says nothing any more.
    if (!claim || event.id === eventId || event.personal === null) continue;
    const isProposal = event.type === 'ChangeProposed';
    if (isVoid && !isProposal) continue;
    if (claim.now === value) agreed.push(event);
    else if (isProposal) {
      const { proposalId } = event.data as { proposalId: string };
      const state = proposals.find(({ id }) => id === proposalId)?.state ?? 'open';
      disagreed.push({ value: claim.now, event, state });
    } else if (event.learnedAtMs >= saidAtMs && event.id !== before?.eventId)
      disagreed.push({ value: claim.now, event, state: 'superseded' });
  }
  return { agreed, disagreed };
}
