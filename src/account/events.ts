// What can happen to an account: one contract per event type. A stored type keeps its shape for ever.
import { z } from 'zod';
import {
  claimContract,
  type DecidedEvent,
  type EventsOf,
  eventContract,
  zCode,
  zDate,
  zExternalId,
  zId,
  zLocation,
  zMoney,
  zSubject,
  zText,
} from '../event-contract.ts';

export const relationships = ['prospect', 'customer', 'former', 'partner', 'other'] as const;
export const closings = ['acquired', 'merged', 'out_of_business', 'duplicate', 'other'] as const;
export const renewalOutcomes = ['renewed', 'expanded', 'reduced', 'not_renewed'] as const;

/** How an account is classified: a key that is present replaces, null means none. */
export const classification = {
  segment: zCode.nullable().optional(),
  industry: zCode.nullable().optional(),
  /** Number of employees. */
  size: z.int().min(0).nullable().optional(),
  relationship: z.enum(relationships).nullable().optional(),
  touchModel: zCode.nullable().optional(),
  tier: zCode.nullable().optional(),
  productLines: z.array(zCode).max(100).nullable().optional(),
};
export const accountValue = {
  /** Annual recurring revenue. */
  arr: zMoney.nullable().optional(),
  /** Annual contract value. */
  acv: zMoney.nullable().optional(),
};

/** Values of which an account has one, by their names in the belief: the survivor of a merge may take them from the loser. */
export const accountChoices = [
  'name',
  'address',
  'location',
  'phone',
  'segment',
  'industry',
  'size',
  'relationship',
  'touchModel',
  'tier',
  'productLines',
  'arr',
  'acv',
  'renewalOn',
] as const;
export type AccountChoice = (typeof accountChoices)[number];

const claims = {
  AccountRegistered: eventContract(
    { parentId: zId.optional(), ...classification, ...accountValue, renewalOn: zDate.optional() },
    {
      name: zText(1000),
      domains: z.array(zText(253)).optional(),
      location: zLocation.optional(),
      externalId: zExternalId.optional(),
    },
  ),
  AccountNameChanged: eventContract({}, { name: zText(1000) }),
  AccountDomainsChanged: eventContract({}, { domains: z.array(zText(253)) }),
  AccountAddressChanged: eventContract(
    {},
    { address: zText(2000).nullable(), location: zLocation.nullable() },
  ),
  AccountPhoneChanged: eventContract({}, { phone: zText(200).nullable() }),
  AccountParentChanged: eventContract({ parentId: zId.nullable() }, {}),
  /** Keys that are present replace, null means none. */
  AccountClassified: eventContract(classification, {}),
  AccountValueChanged: eventContract(accountValue, {}),
  AccountRenewalScheduled: eventContract({ renewalOn: zDate.nullable() }, {}),
  /** `teamRole` is owner, account_manager, steward, …; null leaves the role empty. */
  AccountTeamChanged: eventContract({ teamRole: zCode, member: zSubject.nullable() }, {}),
  RenewalDecided: eventContract(
    {
      decisionId: zId,
      product: zCode,
      outcome: z.enum(renewalOutcomes),
      amount: zMoney.nullable(),
      rootCause: zCode.nullable(),
    },
    { competitor: zText(500).optional() },
  ),
  AccountClosed: eventContract({ closing: z.enum(closings), intoId: zId.nullable() }, {}),
  /** In the loser's stream; the whole merge. `carried` names renewals of the loser that the survivor shows from now on. */
  AccountMerged: eventContract(
    { intoId: zId, carried: z.array(zId), choices: z.array(z.enum(accountChoices)) },
    {},
  ),
  AccountUnmerged: eventContract({ fromId: zId }, {}),
};

export const accountEvents = {
  ...claims,
  /** A source said what is believed already: nothing changes, but it is known that this source agreed, and when. */
  ClaimConfirmed: claimContract(claims, {}),
  /** Belief leaves these events out: what remains is exactly what would have been. */
  ChangesReverted: eventContract({ eventIds: z.array(zId).min(1) }, {}),
};

export type AccountEventType = keyof typeof accountEvents;
export type AccountEvent = EventsOf<typeof accountEvents>;
export type AccountEventOf<K extends AccountEventType> = Extract<AccountEvent, { type: K }>;
export type DecidedAccountEvent = DecidedEvent<AccountEvent>;
