// What a merge would make of two accounts, value by value: what each has, from which sources, how fresh, and what would be chosen and why.
import { type AccountBelief, memberOf } from '../account/belief.ts';
import { claimedAccountValues } from '../account/claimed-values.ts';
import { type AccountChoice, accountChoices } from '../account/events.ts';
import type { Application } from '../application.ts';
import { displayed } from '../changes.ts';
import { latest } from '../timeline.ts';
import {
  type Claims,
  chooseValue,
  createClaims,
  type MergeReason,
  type SourcedValue,
  type ValueChoice,
} from './merge-choice.ts';

/** What the loser has several of. Only renewals are chosen, by their ids; the rest goes along where the survivor lacks it. */
export interface AccountFactChoice {
  factId: string | null;
  kind: 'renewal' | 'domain' | 'external_id' | 'team_member';
  label: string | null;
  value: SourcedValue;
  isCarried: boolean;
  why: MergeReason;
}

export interface AccountMergePreview {
  loser: AccountBelief;
  survivor: AccountBelief;
  values: ValueChoice<AccountChoice>[];
  facts: AccountFactChoice[];
}

interface Side {
  belief: AccountBelief;
  claims: Claims;
}

/** Null where one of them is not known. */
export async function previewAccountMerge(
  app: Application,
  loserId: string,
  survivorId: string,
): Promise<AccountMergePreview | null> {
  const [loser, survivor] = [await side(app, loserId), await side(app, survivorId)];
  if (!loser || !survivor) return null;
  return {
    loser: loser.belief,
    survivor: survivor.belief,
    values: accountChoices.map((field) =>
      chooseValue(field, sourcedOf(loser, field), sourcedOf(survivor, field)),
    ),
    facts: factsOf(loser, survivor.belief),
  };
}

async function side(app: Application, id: string): Promise<Side | null> {
  const claims = createClaims();
  const belief = await app.readModels.beliefs.account(id, {}, (event, _before, _after, isVoid) => {
    if (!isVoid) claims.note(event, claimedAccountValues(event));
  });
  return belief && { belief, claims };
}

function sourcedOf({ belief, claims }: Side, field: AccountChoice): SourcedValue {
  const value = displayed(latest<unknown>(belief[field]));
  return claims.sourced({ field, factId: null, label: null, value });
}

function factsOf({ belief, claims }: Side, survivor: AccountBelief): AccountFactChoice[] {
  const carriedUnless = (own: string | null | undefined, value: string | null) => ({
    isCarried: own == null,
    why:
      own == null
        ? ('new_to_survivor' as const)
        : own === value
          ? ('same' as const)
          : ('has_its_own' as const),
  });
  const domains = displayed(latest(belief.domains));
  const ownDomains = latest(survivor.domains) ?? [];
  return [
    ...belief.renewals.map(({ id, product, outcome }): AccountFactChoice => {
      const own = survivor.renewals.find((renewal) => renewal.id === id);
      const value = claims.sourced({ field: 'renewal.outcome', factId: id, label: product, value: outcome });
      return { factId: id, kind: 'renewal', label: product, value, ...carriedUnless(own?.outcome, outcome) };
    }),
    ...(latest(belief.domains) ?? []).map((domain): AccountFactChoice => {
      const said = claims.sourced({ field: 'domains', factId: null, label: null, value: domains });
      const own = ownDomains.includes(domain) ? domain : null;
      return {
        factId: null,
        kind: 'domain',
        label: null,
        value: { ...said, value: domain },
        ...carriedUnless(own, domain),
      };
    }),
    ...belief.externalIds.map(({ source, id }): AccountFactChoice => {
      const value = claims.sourced({ field: 'externalId', factId: null, label: source, value: id });
      const own = survivor.externalIds.some((known) => known.source === source && known.id === id)
        ? id
        : null;
      return { factId: null, kind: 'external_id', label: source, value, ...carriedUnless(own, id) };
    }),
    ...Object.entries(belief.team).flatMap(([role, held]): AccountFactChoice[] => {
      const member = latest(held);
      if (member === null) return [];
      const value = claims.sourced({ field: 'team', factId: null, label: role, value: member });
      const own = latest(memberOf(survivor, role));
      return [{ factId: null, kind: 'team_member', label: role, value, ...carriedUnless(own, member) }];
    }),
  ];
}
