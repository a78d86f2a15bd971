// Who left a key role: read from what is believed of a contact, so that corrections, reverts and late news count by themselves.
import type { ContactBelief, Ending, PlacementFact } from '../contact/belief.ts';
import { isHeldOn, placementInterval, saysRecordWasWrong } from '../contact/placement-interval.ts';
import { dayInZone } from '../time/clock.ts';
import type { Day } from '../time/day.ts';
import { parseEdtf } from '../time/edtf.ts';
import { assertionOn, latest, type Timeline } from '../timeline.ts';
import type { TurnoverBelief } from './belief.ts';
import { type Definition, type KeyRoles, keyRolesOf, zDefinition } from './definition.ts';
import type { Departure, departureCauses } from './events.ts';

export interface FoundDeparture {
  /** By which it is one. */
  definition: Definition;
  placement: PlacementFact;
  keyRoles: string[];
  departure: Departure;
}

/** A role as something that two placements can share. */
interface HeldRole {
  key: string;
  code: string;
}

export function rolesHeld(
  placement: PlacementFact,
  rules: KeyRoles,
  atMs = Number.POSITIVE_INFINITY,
): HeldRole[] {
  const roles: HeldRole[] = [];
  for (const contactType of heldAt(placement.contactType, atMs))
    if (rules.contactTypes.includes(contactType))
      roles.push({ key: `type ${contactType}`, code: contactType });
  // Who left may be stripped of the roles afterwards.
  for (const { role, ended } of placement.buyingRoles)
    if (rules.buyingRoles.includes(role) && (!ended || ended.learnedAtMs >= atMs))
      roles.push({ key: `role ${role}`, code: role });
  for (const [code, timeline, listed] of textsOf(placement, rules))
    for (const text of new Set([latest(timeline), ...heldAt(timeline, atMs)]))
      if (isListed(text, listed)) roles.push({ key: `${code} ${text!.toLowerCase()}`, code });
  const { postId, postName } = placement;
  const isKeyPost = rules.posts.includes('*') || isListed(postName, rules.posts);
  if (postId !== null && isKeyPost) roles.push({ key: `post ${postId}`, code: 'post' });
  return roles;
}

/** What is said in words that can make a role a key one: its code, what was said when, and what is listed. */
function textsOf(
  { title, function: does }: PlacementFact,
  { titles, functions }: KeyRoles,
): [string, Timeline<string | null>, readonly string[]][] {
  return [
    ['title', title, titles],
    ['function', does, functions],
  ];
}

function isListed(text: string | null, listed: readonly string[]): boolean {
  if (text === null) return false;
  const lower = text.toLowerCase();
  return listed.some((one) => one === '*' || one.toLowerCase() === lower);
}

/** The definition by which a turnover opened, as far as the turnover itself tells: it may be in no file any more. */
export function definitionOf({
  definition,
  keyRoles,
}: Pick<TurnoverBelief, 'definition' | 'keyRoles'>): Definition {
  return zDefinition.parse({
    ...definition,
    keyRoles: {
      contactTypes: keyRoles,
      buyingRoles: keyRoles,
      titles: keyRoles.includes('title') ? ['*'] : [],
      functions: keyRoles.includes('function') ? ['*'] : [],
      posts: keyRoles.includes('post') ? ['*'] : [],
    },
  });
}

export const codesOf = (roles: readonly HeldRole[]): string[] => [...new Set(roles.map(({ code }) => code))];

/**
 * The value that was believed last before a moment, and those said in that very moment: of what was learned together nobody knows
 * what came first, and a role that may have been held is not overlooked.
 */
function heldAt(timeline: Timeline<string | null>, atMs: number): string[] {
  const before = latest(timeline.filter(({ learnedAtMs }) => learnedAtMs < atMs));
  const then = timeline.filter(({ learnedAtMs }) => learnedAtMs === atMs).map(({ value }) => value);
  return [...new Set([before, ...then])].filter((value) => value !== null);
}

/** One for each placement in a key role that lost it. `segmentOf` is the segment of an account. */
export function departuresOf(
  belief: ContactBelief,
  definition: Definition,
  segmentOf: (accountId: string) => string | null,
  timeZone: string,
): FoundDeparture[] {
  const found: FoundDeparture[] = [];
  for (const placement of belief.placements) {
    if (placement.withdrawn) continue;
    const rules = keyRolesOf(definition, segmentOf(placement.accountId));
    const one = leftFrom(belief, placement, rules) ?? lostWhileStaying(belief, placement, rules);
    if (one && !goesOn(belief, one, rules, timeZone) && !holdsElsewhere(belief, one, rules, timeZone))
      found.push({ definition, ...one });
  }
  return found;
}

interface Gone {
  cause: (typeof departureCauses)[number];
  ending: Ending;
}

/** All that says the contact is no longer there, the most telling first. */
function endingsOf(belief: ContactBelief, placement: PlacementFact): Gone[] {
  const gone: Gone[] = [];
  const add = (cause: Gone['cause'], ending: Ending | null) => {
    if (ending && !saysRecordWasWrong(ending)) gone.push({ cause, ending });
  };
  add('died', belief.died);
  add('left', placement.ended);
  add('removed', placement.removed);
  add('removed', belief.removed);
  // Who died years after leaving left.
  const [first, second] = gone;
  return first?.cause === 'died' && second?.cause === 'left' && isBefore(second.ending, first.ending)
    ? gone.slice(1)
    : gone;
}

const isBefore = (one: Ending, other: Ending): boolean =>
  one.effectiveOn !== undefined && other.effectiveOn !== undefined
    ? parseEdtf(one.effectiveOn)!.latest < parseEdtf(other.effectiveOn)!.earliest
    : one.learnedAtMs < other.learnedAtMs;

type Found = Omit<FoundDeparture, 'definition'>;

function leftFrom(belief: ContactBelief, placement: PlacementFact, rules: KeyRoles): Found | null {
  const endings = endingsOf(belief, placement);
  const telling = endings[0];
  if (!telling) return null;
  const learnedAtMs = Math.min(...endings.map(({ ending }) => ending.learnedAtMs));
  const roles = rolesHeld(placement, rules, learnedAtMs);
  if (roles.length === 0) return null;
  const dated = endings.find(({ ending }) => ending.effectiveOn !== undefined);
  return {
    placement,
    keyRoles: codesOf(roles),
    departure: {
      cause: telling.cause,
      causeEventId: telling.ending.eventId,
      leftOn: dated?.ending.effectiveOn ?? null,
      learnedAtMs,
      ...destinationOf(belief, placement, telling, endings),
    },
  };
}

/** What the ending says, else what a later placement of the same person shows. */
function destinationOf(
  belief: ContactBelief,
  placement: PlacementFact,
  telling: Gone,
  endings: readonly Gone[],
): Pick<Departure, 'destination' | 'destinationAccountId'> {
  if (telling.cause === 'died') return { destination: 'died', destinationAccountId: null };
  const said = endings.find(({ ending }) => ending.destination !== undefined)?.ending;
  if (said)
    return {
      destination: said.destination as Departure['destination'],
      destinationAccountId: said.destinationAccountId ?? null,
    };
  const next = belief.placements.find((other) => other.movedFrom === placement.id && !other.withdrawn);
  if (!next) return { destination: null, destinationAccountId: null };
  return next.accountId === placement.accountId
    ? { destination: 'same_company', destinationAccountId: null }
    : { destination: 'another_company', destinationAccountId: next.accountId };
}

interface LostRole {
  code: string;
  eventId: string;
  learnedAtMs: number;
  effectiveOn?: string;
}

/**
 * Somebody who held a key role and then stayed without any, also where the contact left later on: the role was free before that.
 * A post is lost by leaving the placement in it.
 */
function lostWhileStaying(belief: ContactBelief, placement: PlacementFact, rules: KeyRoles): Found | null {
  if (rolesHeld(placement, rules).length > 0) return null;
  const lost: LostRole[] = [];
  for (const { role, ended } of placement.buyingRoles)
    if (ended && rules.buyingRoles.includes(role)) lost.push({ ...ended, code: role });
  lost.push(...lostIn(placement.contactType, (type) => rules.contactTypes.includes(type)));
  for (const [code, timeline, listed] of textsOf(placement, rules))
    lost.push(...lostIn(timeline, (text) => isListed(text, listed), code));
  const last = lost.sort((a, b) => a.learnedAtMs - b.learnedAtMs).at(-1);
  if (!last || endingsOf(belief, placement).some(({ ending }) => ending.learnedAtMs <= last.learnedAtMs))
    return null;
  return {
    placement,
    keyRoles: [...new Set(lost.map(({ code }) => code))],
    departure: {
      cause: 'role_lost',
      causeEventId: last.eventId,
      leftOn: last.effectiveOn ?? null,
      learnedAtMs: last.learnedAtMs,
      destination: 'same_company',
      destinationAccountId: null,
    },
  };
}

/** Where a value that counts was followed by one that does not. */
function lostIn(
  timeline: Timeline<string | null>,
  counts: (value: string) => boolean,
  code?: string,
): LostRole[] {
  return timeline.flatMap((assertion, index) => {
    const before = timeline[index - 1]?.value;
    const { value } = assertion;
    const isLost = before && counts(before) && !(value !== null && counts(value));
    return isLost ? [{ ...assertion, code: code ?? before }] : [];
  });
}

/** Whether the same person goes on in the same role, in a placement that begins at most a day after: a new term, no departure. */
function goesOn(
  belief: ContactBelief,
  { placement, departure }: Found,
  rules: KeyRoles,
  timeZone: string,
): boolean {
  if (departure.cause === 'role_lost' || belief.removed || belief.died) return false;
  const roles = new Set(rolesHeld(placement, rules, departure.learnedAtMs).map(({ key }) => key));
  const { end } = placementInterval(placement, belief, timeZone);
  return belief.placements.some((other) => {
    if (other.id === placement.id || other.withdrawn || other.removed) return false;
    if (other.accountId !== placement.accountId) return false;
    if (!rolesHeld(other, rules).some(({ key }) => roles.has(key))) return false;
    const interval = placementInterval(other, belief, timeZone);
    return interval.start.earliest <= end.latest + 1 && interval.end.latest > end.latest;
  });
}

/** Whether who lost the role of one placement held a key role in another one at the same account: somebody is still there. */
function holdsElsewhere(
  belief: ContactBelief,
  { placement, departure }: Found,
  rules: KeyRoles,
  timeZone: string,
): boolean {
  if (departure.cause !== 'role_lost') return false;
  const date = departure.leftOn === null ? undefined : parseEdtf(departure.leftOn);
  const on = date?.latest ?? dayInZone(departure.learnedAtMs, timeZone);
  return belief.placements.some((other) => {
    if (other.id === placement.id || other.withdrawn || other.accountId !== placement.accountId) return false;
    if (other.removed && saysRecordWasWrong(other.removed)) return false;
    const { start, end } = placementInterval(other, belief, timeZone);
    if (start.earliest > on + 1 || end.latest <= on) return false;
    return rolesHeld(asOn(other, on, timeZone), rules).length > 0;
  });
}

/** A placement with the roles of one day alone. */
function asOn(placement: PlacementFact, on: Day, timeZone: string): PlacementFact {
  const only = (timeline: Timeline<string | null>) => {
    const assertion = assertionOn(timeline, on, timeZone);
    return assertion ? [assertion] : [];
  };
  return {
    ...placement,
    title: only(placement.title),
    function: only(placement.function),
    contactType: only(placement.contactType),
    buyingRoles: placement.buyingRoles
      .filter((role) => isHeldOn(role, on, timeZone))
      .map(({ role }) => ({ role })),
  };
}
