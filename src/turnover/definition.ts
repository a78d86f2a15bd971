// What counts as a key role, and what a root cause may be: versioned, so that a figure can name what it rests on.
import { z } from 'zod';
import { zCode, zText } from '../event-contract.ts';
import { advocacyBases, type stances } from './events.ts';
import { versionShape } from './versions.ts';

/** A placement is in a key role where any of these fits it. */
const zKeyRoles = z.strictObject({
  contactTypes: z.array(zCode).default([]),
  buyingRoles: z.array(zCode).default([]),
  /** Job titles, whole, whatever their case; `*` is any title. */
  titles: z.array(zText(500)).default([]),
  /** Functions, whole, whatever their case; `*` is any function. */
  functions: z.array(zText(500)).default([]),
  /** Names of posts, whole, whatever their case; `*` is any post. */
  posts: z.array(zText(500)).default([]),
});
export type KeyRoles = z.infer<typeof zKeyRoles>;

export const zDefinition = z.strictObject({
  ...versionShape,
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

/** Whether any of its rules looks at posts, titles or functions: else a stream without contact types and buying roles concerns nobody. */
export function looksAtTexts({ keyRoles, segments }: Definition): boolean {
  return [keyRoles, ...Object.values(segments)].some(
    ({ titles, functions, posts }) => titles.length + functions.length + posts.length > 0,
  );
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

/**
 * When a turnover counts as saved: the plan's onboarding is complete and somebody in the account is an advocate, by a net promoter
 * score from here on, or by a colleague's judgement where that counts.
 */
export const zSaved = z
  .strictObject({
    ...versionShape,
    npsAdvocateMin: z.int().min(0).max(10),
    npsDetractorMax: z.int().min(0).max(10),
    bases: z.array(z.enum(advocacyBases)).min(1),
  })
  .refine(({ npsAdvocateMin, npsDetractorMax }) => npsDetractorMax < npsAdvocateMin, {
    path: ['npsDetractorMax'],
    message: 'is below npsAdvocateMin',
  });
export type SavedDefinition = z.infer<typeof zSaved>;

/** With Reichheld's bounds. */
export const savedDefinition: SavedDefinition = zSaved.parse({
  name: 'saved',
  version: 1,
  npsAdvocateMin: 9,
  npsDetractorMax: 6,
  bases: ['nps', 'judgement'],
});

/** What a net promoter score says of a stance. */
export function stanceBy(npsScore: number, definition: SavedDefinition): (typeof stances)[number] {
  if (npsScore >= definition.npsAdvocateMin) return 'advocate';
  return npsScore <= definition.npsDetractorMax ? 'detractor' : 'neutral';
}

/** Why a customer is lost: code → what it means. A turnover is a risk, never a cause; whom it was lost to is recorded apart. */
export const zRootCauses = z
  .strictObject({ ...versionShape, causes: z.record(zCode, zText(500)) })
  .refine(({ causes }) => Object.keys(causes).length > 0, { path: ['causes'], message: 'has at least one' })
  .refine(({ causes }) => !Object.keys(causes).some((code) => /(^|_)turnover(_|$)|_left$/.test(code)), {
    path: ['causes'],
    message: 'never has that somebody left: a turnover is a risk, and the cause is what made it a loss',
  });
export type RootCauses = z.infer<typeof zRootCauses>;

export const rootCauses: RootCauses = zRootCauses.parse({
  name: 'root_causes',
  version: 1,
  causes: {
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
  },
});
