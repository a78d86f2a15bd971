// What counts as a key role, and what a root cause may be: versioned, so that a figure can name what it rests on.
import { z } from 'zod';
import { zCode, zText } from '../event-contract.ts';

/** A placement is in a key role where any of these fits it. */
const zKeyRoles = z.strictObject({
  contactTypes: z.array(zCode).default([]),
  buyingRoles: z.array(zCode).default([]),
  /** Job titles, whole, whatever their case. */
  titles: z.array(zText(500)).default([]),
  /** Names of posts, whole, whatever their case; `*` is any post. */
  posts: z.array(zText(500)).default([]),
});
export type KeyRoles = z.infer<typeof zKeyRoles>;

export const zDefinition = z.strictObject({
  name: zCode,
  version: z.int().min(1),
  keyRoles: zKeyRoles,
  /** What the account must be for us; one of which that is not known counts too. */
  relationships: z.array(zCode).default(['customer']),
  /** Segments whose key roles are others. */
  segments: z.record(zCode, zKeyRoles).default({}),
});
export type Definition = z.infer<typeof zDefinition>;

export const defaultDefinition: Definition = zDefinition.parse({
  name: 'key_role',
  version: 1,
  keyRoles: {
    contactTypes: ['primary_contact', 'decision_maker', 'executive_sponsor', 'champion'],
    buyingRoles: ['primary_contact', 'decision_maker', 'executive_sponsor', 'adoption_champion', 'champion'],
  },
});

export function keyRolesOf(definition: Definition, segment: string | null): KeyRoles {
  return segment !== null && Object.hasOwn(definition.segments, segment)
    ? definition.segments[segment]!
    : definition.keyRoles;
}

/** Whether any of its rules looks at posts or titles: else a stream without contact types and buying roles concerns nobody. */
export function looksAtTexts({ keyRoles, segments }: Definition): boolean {
  return [keyRoles, ...Object.values(segments)].some((one) => one.titles.length + one.posts.length > 0);
}

/** The roles that a buying centre consists of; a customer that lacks one has a gap. By version of this list. */
export const buyingCentre = {
  name: 'buying_centre',
  version: 1,
  roles: [
    'executive_sponsor',
    'adoption_champion',
    'executive_under_sponsor',
    'cio_coo_organisation',
    'procurement',
  ],
  /** Who decides: an account with one such contact hangs on a single thread. */
  deciders: ['executive_sponsor', 'decision_maker'],
} as const;

/** When a turnover counts as saved: the plan's onboarding is complete and somebody in the account is an advocate. */
export const savedDefinition = { name: 'saved', version: 1 } as const;
/** A net promoter score from here on is an advocate's, up to the other one a detractor's (Reichheld's bounds). */
export const npsAdvocateMin = 9;
export const npsDetractorMax = 6;

/** Why a customer is lost. A turnover is a risk, never a cause; whom it was lost to is recorded apart. */
export const rootCauses = {
  price: 'The price, or what it bought.',
  budget_cut: 'There was no more budget.',
  competitor_offer: 'Another offer was preferred.',
  product_gap: 'The product lacked something.',
  low_adoption: 'It was not used enough.',
  onboarding_failed: 'The start never succeeded.',
  service_quality: 'Support or service disappointed.',
  strategy_change: 'The customer now does something else.',
  no_longer_needed: 'The need went away.',
  acquired: 'The customer was taken over.',
  out_of_business: 'The customer ceased to exist.',
  other: 'Something else, said in the note.',
} as const;
export type RootCause = keyof typeof rootCauses;
