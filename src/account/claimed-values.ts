// Which values an event claims of an account, whatever became of the claim: so that sources can be compared.
import { claimInside } from '../belief.ts';
import type { FieldChange } from '../changes.ts';
import type { AccountBelief } from './belief.ts';
import { describeAccountChanges } from './changes.ts';
import type { AccountEvent } from './events.ts';
import { evolveAccount } from './evolve.ts';

/** As fields of a history; `was` says nothing. Nothing of an event that claims no value. */
export function claimedAccountValues(event: AccountEvent): readonly FieldChange[] {
  const { claimed } = event.data as { claimed?: string };
  const claim = (
    claimed === undefined ? event : claimInside(event as Parameters<typeof claimInside>[0])
  ) as AccountEvent;
  const before = claim.type === 'AccountRegistered' ? null : blankAccount;
  const after = evolveAccount(before, claim);
  // A symbol: the event is no claim of an account that has nothing else.
  return typeof after === 'symbol' ? [] : describeAccountChanges(before, after);
}

const blankAccount: AccountBelief = {
  id: '',
  externalIds: [],
  name: [],
  domains: [],
  address: [],
  location: [],
  phone: [],
  parentId: [],
  segment: [],
  industry: [],
  size: [],
  relationship: [],
  touchModel: [],
  tier: [],
  productLines: [],
  arr: [],
  acv: [],
  renewalOn: [],
  team: {},
  renewals: [],
  closed: null,
  mergedInto: null,
};
