// How well an account is covered once somebody left: a stated formula over the contacts that remain.
import type { ContactBelief, PlacementFact } from '../contact/belief.ts';
import { placementInterval } from '../contact/placement-interval.ts';
import type { Day } from '../time/day.ts';
import { parseEdtf } from '../time/edtf.ts';
import { certaintyOn, exactDay } from '../time/interval.ts';
import { latest } from '../timeline.ts';
import type { Coverage } from './events.ts';

/**
 * The formula: percent of coverage by the best who is left and can be reached (has an e-mail address or phone number).
 * A champion, or whom the leaver reported to: 100. A decision maker or executive sponsor: 75. Anybody else in a buying role or
 * a main contact: 50. Any other contact: 25. Only human resources, or nobody: 0, and then the account's main number is the
 * first to call. Who is away for a while counts where a delegate is named.
 */
export const coveragePercent = {
  champion: 100,
  manager: 100,
  interim: 100,
  decision_maker: 75,
  key_role: 50,
  other_contact: 25,
  human_resources: 0,
  nobody: 0,
} as const satisfies Record<Coverage['basis'], number>;

const champions: ReadonlySet<string> = new Set(['champion', 'adoption_champion']);
const deciders: ReadonlySet<string> = new Set(['decision_maker', 'executive_sponsor']);
const mainContacts: ReadonlySet<string> = new Set(['primary_contact', 'executive', 'technical_contact']);
const humanResources: ReadonlySet<string> = new Set(['hr', 'human_resources']);
const inOrder: readonly Coverage['basis'][] = [
  'champion',
  'manager',
  'decision_maker',
  'key_role',
  'other_contact',
  'human_resources',
];
const listedMax = 20;

/** The placement of a contact in the account, by the ids that it goes by, that holds for sure on the day, and can be seen. */
export function placementIn(
  contact: ContactBelief,
  accountIds: readonly string[],
  on: Day,
  timeZone: string,
): PlacementFact | undefined {
  if (contact.removed || contact.mergedInto || contact.died) return undefined;
  return contact.placements.find(
    (one) =>
      accountIds.includes(one.accountId) &&
      !one.withdrawn &&
      !one.removed &&
      certaintyOn(placementInterval(one, contact.died, timeZone), exactDay(on)) === 'CERTAIN',
  );
}

/** Whether the contact is away on the day, as far as known: an absence without dates counts. */
export function isAway({ absence }: PlacementFact, on: Day): boolean {
  if (!absence) return false;
  const from = absence.fromOn === null ? undefined : parseEdtf(absence.fromOn);
  const until = absence.untilOn === null ? undefined : parseEdtf(absence.untilOn);
  return (from === undefined || from.earliest <= on) && (until === undefined || on < until.latest);
}

export function isReachable({ emails, phones }: ContactBelief): boolean {
  return (
    emails.some(({ address }) => latest(address) !== null) ||
    phones.some(({ number, line }) => line !== 'fax' && latest(number) !== null)
  );
}

function basisOf(placement: PlacementFact, isManager: boolean): Coverage['basis'] {
  const roles = [
    latest(placement.contactType),
    ...placement.buyingRoles.filter(({ ended }) => !ended).map(({ role }) => role),
  ].filter((role) => role !== null);
  const has = (some: ReadonlySet<string>) => roles.some((role) => some.has(role));
  if (has(champions)) return 'champion';
  if (isManager) return 'manager';
  if (has(deciders)) return 'decision_maker';
  if (has(mainContacts) || placement.buyingRoles.some(({ ended }) => !ended)) return 'key_role';
  return has(humanResources) ? 'human_resources' : 'other_contact';
}

/** `others` are contacts that were ever in the account, by any of its ids, the leaver among them or not. */
export function coverageWithout(
  leaver: { contactId: string; placement: PlacementFact },
  others: readonly ContactBelief[],
  accountIds: readonly string[],
  on: Day,
  timeZone: string,
): Coverage {
  const managerId = latest(leaver.placement.managerId);
  const by = new Map<Coverage['basis'], string[]>();
  for (const contact of others) {
    if (contact.id === leaver.contactId || !isReachable(contact)) continue;
    const placement = placementIn(contact, accountIds, on, timeZone);
    if (!placement) continue;
    const basis = basisOf(placement, contact.id === managerId);
    // Who is away is covered by whom they named.
    const coveredBy = isAway(placement, on) ? placement.absence!.delegateId : contact.id;
    if (coveredBy !== null && coveredBy !== leaver.contactId)
      by.set(basis, [...(by.get(basis) ?? []), coveredBy]);
  }
  const basis = inOrder.find((one) => by.has(one)) ?? 'nobody';
  return { percent: coveragePercent[basis], basis, contactIds: (by.get(basis) ?? []).slice(0, listedMax) };
}
