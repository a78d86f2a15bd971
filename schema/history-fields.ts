// Which types of events can change a field of a history: so that a search for one field folds no more than it must.
import type { AccountEventType } from '../src/account/events.ts';
import type { ContactEventType } from '../src/contact/events.ts';
import type { SignalEventType } from '../src/signals/events.ts';

type EventType = ContactEventType | AccountEventType | SignalEventType;

/** By the first part of a field's name. What confirms, proposes or accepts a claim goes with the claim. */
const typesByField: Readonly<Record<string, readonly EventType[]>> = {
  name: ['ContactRegistered', 'ContactNameChanged', 'AccountRegistered', 'AccountNameChanged'],
  location: ['ContactRegistered', 'ContactLocationChanged', 'AccountRegistered', 'AccountAddressChanged'],
  owner: ['ContactRegistered', 'ContactOwnerChanged'],
  externalId: ['ContactRegistered', 'AccountRegistered'],
  email: ['ContactRegistered', 'ContactEmailAdded', 'ContactEmailChanged'],
  phone: ['ContactRegistered', 'ContactPhoneChanged', 'AccountPhoneChanged'],
  address: ['ContactAddressChanged', 'AccountAddressChanged'],
  attribute: ['ContactRegistered', 'ContactAttributeChanged'],
  consent: ['ConsentRecorded'],
  placement: [
    'PlacementStarted',
    'PlacementEnded',
    'PlacementCorrected',
    'PlacementWithdrawn',
    'PlacementRemoved',
    'PlacementRestored',
    'TitleChanged',
    'FunctionChanged',
    'DepartmentChanged',
    'ReportsToChanged',
    'AbsenceRecorded',
    'AbsenceEnded',
    'PayingOrganisationChanged',
    'ContactTypeChanged',
    'InteractionClassChanged',
    'BuyingRoleAssigned',
    'BuyingRoleRevoked',
  ],
  removal: ['ContactRemoved', 'ContactRestored'],
  death: ['ContactDied'],
  mergedInto: ['ContactMerged', 'ContactUnmerged', 'AccountMerged', 'AccountUnmerged'],
  erasure: ['ContactErased'],
  proposal: ['ChangeProposed', 'ChangeAccepted', 'ChangeDeclined'],
  bounce: ['Bounced'],
  activity: ['ActivityRecorded'],
  verification: ['DatapointVerified'],
  domains: ['AccountRegistered', 'AccountDomainsChanged'],
  parent: ['AccountRegistered', 'AccountParentChanged'],
  segment: ['AccountRegistered', 'AccountClassified'],
  industry: ['AccountRegistered', 'AccountClassified'],
  size: ['AccountRegistered', 'AccountClassified'],
  relationship: ['AccountRegistered', 'AccountClassified'],
  touchModel: ['AccountRegistered', 'AccountClassified'],
  tier: ['AccountRegistered', 'AccountClassified'],
  productLines: ['AccountRegistered', 'AccountClassified'],
  arr: ['AccountRegistered', 'AccountValueChanged'],
  acv: ['AccountRegistered', 'AccountValueChanged'],
  renewalOn: ['AccountRegistered', 'AccountRenewalScheduled'],
  team: ['AccountTeamChanged'],
  renewal: ['RenewalDecided'],
  closing: ['AccountClosed'],
};

export const fieldGroups: ReadonlySet<string> = new Set(Object.keys(typesByField));

export function typesChanging(groups: readonly string[]): Set<string> {
  return new Set(groups.flatMap((group) => typesByField[group] ?? []));
}
