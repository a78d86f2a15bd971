// How well an account is covered once somebody left: a stated formula over the contacts that remain.
import type { ContactBelief, PlacementFact } from '../contact/belief.ts';
import { certaintyOfRoleOn, placementInterval } from '../contact/placement-interval.ts';
import type { Day } from '../time/day.ts';
import { parseEdtf } from '../time/edtf.ts';
import { certaintyOn, exactDay } from '../time/interval.ts';
import { latest, valueBegunBy } from '../timeline.ts';
import type { Coverage } from './events.ts';

/**
 * The formula: percent of coverage by the best who is left and can be reached: has a phone number, or an e-mail address to which
 * mail is not known to fail for good.
 * A champion, or whom the leaver reported to: 100. A decision maker or executive sponsor: 75. Anybody else in a buying role or
 * a main contact: 50. Any other contact: 25. Only human resources, or nobody: 0, and then the account's main number is the
 * first to call. Who has several placements counts by the best of them; who is away for a while where a delegate is named who is
 * there and can be reached.
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

/** Where and when it is asked who is there. */
export interface AccountOnDay {
  /** All ids that the account goes by. */
  accountIds: readonly string[];
  on: Day;
  timeZone: string;
}
/** Whether mail to an address of a contact is known to fail for good. */
export type FailsFor = (contactId: string, address: string) => boolean;

/** The placements of a contact in the account that hold for sure on the day, and can be seen. */
export function placementsIn(
  contact: ContactBelief,
  { accountIds, on, timeZone }: AccountOnDay,
): readonly PlacementFact[] {
  if (contact.removed || contact.mergedInto || contact.died) return [];
  return contact.placements.filter(
    (one) =>
      accountIds.includes(one.accountId) &&
      !one.withdrawn &&
      !one.removed &&
      certaintyOn(placementInterval(one, contact, timeZone), exactDay(on)) === 'CERTAIN',
  );
}

/** Whether the contact is away on the day, as far as known: an absence without dates counts. */
export function isAway({ absence }: PlacementFact, on: Day): boolean {
  if (!absence) return false;
  const from = absence.fromOn === null ? undefined : parseEdtf(absence.fromOn);
  const until = absence.untilOn === null ? undefined : parseEdtf(absence.untilOn);
  return (from === undefined || from.earliest <= on) && (until === undefined || on < until.latest);
}

function isReachable({ id, emails, phones }: ContactBelief, fails: FailsFor): boolean {
  const isWorking = (address: string | null) => address !== null && !fails(id, address);
  return (
    emails.some(({ address }) => isWorking(latest(address))) ||
    phones.some(({ number, line }) => line !== 'fax' && latest(number) !== null)
  );
}

/** By what is so on the day: what begins later, or has ended, covers nobody. */
function basisOf(
  { contactType, buyingRoles }: PlacementFact,
  isManager: boolean,
  { on, timeZone }: AccountOnDay,
): Coverage['basis'] {
  const held = buyingRoles.filter((role) => certaintyOfRoleOn(role, on, timeZone) === 'CERTAIN');
  const type = valueBegunBy(contactType, on, timeZone);
  const roles = [...held.map(({ role }) => role), ...(type === null ? [] : [type])];
  const has = (some: ReadonlySet<string>) => roles.some((role) => some.has(role));
  if (has(champions)) return 'champion';
  if (isManager) return 'manager';
  if (has(deciders)) return 'decision_maker';
  if (has(mainContacts) || held.length > 0) return 'key_role';
  return has(humanResources) ? 'human_resources' : 'other_contact';
}

/** `others` are contacts that were ever in the account, the leaver among them or not, and all whom those named and were merged into. */
export function coverageWithout(
  leaver: { contactId: string; placement: PlacementFact },
  others: readonly ContactBelief[],
  there: AccountOnDay,
  fails: FailsFor,
): Coverage {
  const { on } = there;
  const standing = standingAmong(others);
  const leaverId = standing(leaver.contactId);
  const managerId = standing(latest(leaver.placement.managerId));
  const remaining = new Map<string, readonly PlacementFact[]>();
  for (const contact of others)
    if (contact.id !== leaverId) remaining.set(contact.id, placementsIn(contact, there));
  const reachable = new Set(others.filter((one) => isReachable(one, fails)).map(({ id }) => id));
  const isThere = (id: string) =>
    reachable.has(id) && (remaining.get(id)?.some((placement) => !isAway(placement, on)) ?? false);
  const by = new Map<Coverage['basis'], Set<string>>();
  for (const [contactId, placements] of remaining)
    for (const placement of placements) {
      const basis = basisOf(placement, contactId === managerId, there);
      // Who is away is covered by whom they named.
      const coveredBy = isAway(placement, on) ? standing(placement.absence!.delegateId) : contactId;
      if (coveredBy !== null && isThere(coveredBy))
        by.set(basis, (by.get(basis) ?? new Set()).add(coveredBy));
    }
  const basis = inOrder.find((one) => by.has(one)) ?? 'nobody';
  const contactIds = [...(by.get(basis) ?? [])].slice(0, listedMax);
  return { percent: coveragePercent[basis], basis, contactIds };
}

/** Whom an id leads to: the contact itself, or what it was merged into. Merges that are believed form no cycle. */
function standingAmong(contacts: readonly ContactBelief[]) {
  const survivors = new Map(contacts.map(({ id, mergedInto }) => [id, mergedInto?.contactId]));
  return (id: string | null): string | null => {
    let standing = id;
    for (let next = id; next !== null; next = survivors.get(next) ?? null) standing = next;
    return standing;
  };
}
