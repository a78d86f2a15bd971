// The enums of the API: upper-case names for the lower-case codes that events store.
import { registerEnumType } from 'type-graphql';
import type { AccountChoice } from '../src/account/events.ts';

/** Registers an enum whose values are all described; for one whose names are not just its codes in upper case. */
export function describe<K extends string>(
  values: Record<K, string>,
  name: string,
  description: string,
  descriptions: Record<K, string>,
): void {
  const entries = (Object.keys(values) as K[]).map((key) => [key, { description: descriptions[key] }]);
  registerEnumType(values, { name, description, valuesConfig: Object.fromEntries(entries) });
}

type Upper<T extends Record<string, string>> = { readonly [K in keyof T as Uppercase<K & string>]: K };
type ValueOf<T> = T[keyof T];

/** An enum of codes: their names in upper case, each with its description. */
export function enumOf<T extends Record<string, string>>(
  name: string,
  description: string,
  descriptions: T,
): Upper<T> {
  const values = Object.fromEntries(Object.keys(descriptions).map((code) => [code.toUpperCase(), code]));
  const described = Object.entries(descriptions).map(([code, text]) => [code.toUpperCase(), text]);
  describe(values, name, description, Object.fromEntries(described));
  return values as Upper<T>;
}

export const ContactStatus = enumOf(
  'ContactStatus',
  'What became of a contact. The first that applies counts: merged, removed, deceased.',
  {
    active: 'Neither removed nor merged nor known to have died.',
    removed: 'Hidden from views by decision; the person and the history stay.',
    merged: 'Merged into another contact, which its id leads to.',
    deceased: 'Known to have died.',
  },
);
export type ContactStatus = ValueOf<typeof ContactStatus>;

export const Certainty = { CERTAIN: 'CERTAIN', POSSIBLE: 'POSSIBLE', NO: 'NO' } as const;
export type Certainty = (typeof Certainty)[keyof typeof Certainty];
describe(Certainty, 'Certainty', 'Whether something was so on a day, given that dates may be uncertain.', {
  CERTAIN: 'It was, whatever the uncertain dates really were.',
  POSSIBLE: 'It may have been. As an argument it takes what is certain too.',
  NO: 'It was not, whatever the uncertain dates really were. Not allowed as an argument.',
});

export const Destination = enumOf('Destination', 'Where somebody went who left.', {
  another_company: 'To another company.',
  same_company: 'To another place in the same company.',
  retired: 'Into retirement.',
  died: 'The person died.',
  other: 'Somewhere else.',
  unknown: 'Asked, but not known.',
});
export type Destination = ValueOf<typeof Destination>;

export const PhoneLine = enumOf('PhoneLine', 'What is at the end of a phone number.', {
  voice: 'A fixed telephone.',
  fax: 'A fax machine.',
  mobile: 'A mobile telephone.',
});
export type PhoneLine = ValueOf<typeof PhoneLine>;

export const ConsentChannel = enumOf('ConsentChannel', 'How a contact may be approached.', {
  email: 'By e-mail.',
  phone: 'By a call.',
  text: 'By a text message to a phone.',
  post: 'By a letter.',
});
export type ConsentChannel = ValueOf<typeof ConsentChannel>;

export const ConsentState = enumOf('ConsentState', 'What was said of approaching a contact.', {
  given: 'The person agreed.',
  refused: 'The person refused, or took the consent back.',
  suppressed: 'Not to be contacted whatever the person said, such as after a complaint.',
});
export type ConsentState = ValueOf<typeof ConsentState>;

export const ContactPermission = enumOf('ContactPermission', 'Whether a contact may be approached.', {
  yes: 'Consent was given, and nothing speaks against it.',
  no: 'It was refused or suppressed for the channel, the address or the purpose; or the person died or was erased.',
  unknown: 'Nothing was said of it.',
});
export type ContactPermission = ValueOf<typeof ContactPermission>;

export const MergeChoice = enumOf(
  'MergeChoice',
  'A value that the survivor of a merge takes over from the merged contact.',
  {
    name: 'The name.',
    location: 'The location.',
    owner: 'The contact owner.',
  },
);
export type MergeChoice = ValueOf<typeof MergeChoice>;

export const ProposalState = enumOf('ProposalState', 'What became of a proposed change.', {
  open: 'Nobody has decided yet.',
  accepted: 'It was made.',
  declined: 'It was turned down.',
});
export type ProposalState = ValueOf<typeof ProposalState>;

export const ActorKind = enumOf('ActorKind', 'What kind of actor made a change.', {
  person: 'A colleague.',
  integration: 'Another system, such as an imported feed.',
  policy: 'A rule of the ledger that reacts to events.',
  system: 'The ledger itself.',
});
export type ActorKind = ValueOf<typeof ActorKind>;

export const LegalBasis = enumOf('LegalBasis', 'On what ground a person is erased.', {
  no_longer_necessary: 'The data are no longer needed for what they were collected for: GDPR Art. 17(1)(a).',
  consent_withdrawn: 'The consent was withdrawn: GDPR Art. 17(1)(b).',
  objection: 'The person objected: GDPR Art. 17(1)(c).',
  unlawful_processing: 'The data were processed unlawfully: GDPR Art. 17(1)(d).',
  legal_obligation: 'A law demands it: GDPR Art. 17(1)(e).',
  child_consent: 'The person was a child when it consented: GDPR Art. 17(1)(f).',
  retention_period: 'The time for which the data may be kept is over: GDPR Art. 5(1)(e).',
  other_law: 'Another law or an order; the ticket says which.',
});
export type LegalBasis = ValueOf<typeof LegalBasis>;

export const ErasureRequester = enumOf('ErasureRequester', 'Who asked for an erasure.', {
  data_subject: 'The person.',
  representative: 'Somebody on behalf of the person.',
  authority: 'A supervisory authority or a court.',
  organisation: 'The organisation itself, as with the end of a retention period.',
});
export type ErasureRequester = ValueOf<typeof ErasureRequester>;

export const Relationship = enumOf('Relationship', 'What an account is for us.', {
  prospect: 'May become a customer.',
  customer: 'Has a subscription.',
  former: 'Was a customer.',
  partner: 'Works with us.',
  other: 'Something else.',
});
export type Relationship = ValueOf<typeof Relationship>;

export const Closing = enumOf('Closing', 'Why an account was closed.', {
  acquired: 'Another organisation acquired it.',
  merged: 'It became one with another organisation.',
  out_of_business: 'It ceased to exist.',
  duplicate: 'It was recorded twice.',
  other: 'Something else.',
});
export type Closing = ValueOf<typeof Closing>;

export const RenewalOutcome = enumOf('RenewalOutcome', 'How a renewal was decided.', {
  renewed: 'For the same amount.',
  expanded: 'For more.',
  reduced: 'For less.',
  not_renewed: 'Not at all.',
});
export type RenewalOutcome = ValueOf<typeof RenewalOutcome>;

export const BounceKind = enumOf('BounceKind', 'Whether a bounce is final.', {
  hard: 'The address does not work any more.',
  soft: 'It may work later: a full mailbox, a server that was away.',
});
export type BounceKind = ValueOf<typeof BounceKind>;

export const ActivityKind = enumOf('ActivityKind', 'What somebody did, or was done with them.', {
  case: 'A support case.',
  task: 'A task.',
  timeline: 'A note in the timeline.',
  email_sent: 'An e-mail was sent.',
  email_delivered: 'An e-mail was delivered.',
  email_opened: 'An e-mail was opened.',
  email_replied: 'An e-mail was answered.',
  login: 'Logged in to the product.',
  usage: 'Used the product.',
  survey: 'Answered a survey.',
  call: 'A call.',
  meeting: 'A meeting.',
});
export type ActivityKind = ValueOf<typeof ActivityKind>;

export const ActivityDirection = enumOf('ActivityDirection', 'Who began an activity.', {
  inbound: 'The contact.',
  outbound: 'One of our own people or systems.',
});
export type ActivityDirection = ValueOf<typeof ActivityDirection>;

export const Datapoint = enumOf('Datapoint', 'What was checked of a contact.', {
  employment: 'Whether it still works there.',
  title: 'The job title.',
  location: 'The location.',
  function: 'The function.',
});
export type Datapoint = ValueOf<typeof Datapoint>;

export const VerificationResult = enumOf('VerificationResult', 'What came out of a check.', {
  confirmed: 'It is as believed.',
  wrong: 'It is not as believed.',
  unreachable: 'Nobody could be reached.',
});
export type VerificationResult = ValueOf<typeof VerificationResult>;

export const OrderDirection = { ASC: 'ASC', DESC: 'DESC' } as const;
export type OrderDirection = (typeof OrderDirection)[keyof typeof OrderDirection];
describe(OrderDirection, 'OrderDirection', 'In which direction a list runs.', {
  ASC: 'The smallest, first or earliest comes first.',
  DESC: 'The greatest, last or latest comes first.',
});

export const ContactOrderField = enumOf('ContactOrderField', 'What contacts can be ordered by.', {
  name: 'The name, without case and accents; people of one name by id.',
  learned_at: 'When the newest of what is believed of them was learned.',
});
export type ContactOrderField = ValueOf<typeof ContactOrderField>;

export const AccountOrderField = {
  NAME: 'name',
  RENEWAL_ON: 'renewal',
  ARR: 'arr',
  LEARNED_AT: 'learned_at',
} as const;
export type AccountOrderField = (typeof AccountOrderField)[keyof typeof AccountOrderField];
describe(AccountOrderField, 'AccountOrderField', 'What accounts can be ordered by.', {
  NAME: 'The name, without case and accents; accounts of one name by id.',
  RENEWAL_ON: 'The first day on which the renewal may be; accounts without one as if it were far ahead.',
  ARR: 'Annual recurring revenue: by currency code, within a currency by amount; accounts without one as if before all currencies.',
  LEARNED_AT: 'When the newest of what is believed of them was learned.',
});

export const PlacementOrderField = { IMPORTANCE: 'importance', NAME: 'name', STARTS_ON: 'start' } as const;
export type PlacementOrderField = (typeof PlacementOrderField)[keyof typeof PlacementOrderField];
describe(PlacementOrderField, 'PlacementOrderField', 'What the contacts of an account can be ordered by.', {
  IMPORTANCE: 'The importance, 1 first and the unrated last; within it by name.',
  NAME: "The contact's name, without case and accents.",
  STARTS_ON: 'The first day on which the placement may have begun; an unknown one as if it were long ago.',
});

export const SuccessionOrderField = { POST: 'post', ENDED_ON: 'end', GAP: 'gap' } as const;
export type SuccessionOrderField = (typeof SuccessionOrderField)[keyof typeof SuccessionOrderField];
describe(SuccessionOrderField, 'SuccessionOrderField', 'What departures from posts can be ordered by.', {
  POST: 'The name of the post; within it the last day on which the contact may have left.',
  ENDED_ON:
    'The last day on which the contact may have left; where that is not known, the day on which it was learned.',
  GAP: 'The least number of days without a holder; of a vacant post those up to today.',
});

export const PostHolderOrderField = { CERTAINTY: 'certainty', STARTS_ON: 'start' } as const;
export type PostHolderOrderField = (typeof PostHolderOrderField)[keyof typeof PostHolderOrderField];
describe(PostHolderOrderField, 'PostHolderOrderField', 'What the holders of a post can be ordered by.', {
  CERTAINTY: 'Who held it for sure first, then who possibly did; of each by the first possible day.',
  STARTS_ON: 'The first day on which the contact may have begun; an unknown one as if it were long ago.',
});

export const SearchKind = enumOf('SearchKind', 'What to search for.', {
  contact: 'Contacts.',
  account: 'Accounts.',
});
export type SearchKind = ValueOf<typeof SearchKind>;

export const SearchField = {
  NAME: 'name',
  EMAIL: 'email',
  PHONE: 'phone',
  EXTERNAL_ID: 'externalId',
  DOMAIN: 'domain',
  FORMER: 'former',
} as const;
export type SearchField = (typeof SearchField)[keyof typeof SearchField];
describe(SearchField, 'SearchField', 'Where a search finds words, in the order of ranks.', {
  NAME: 'The name.',
  EMAIL: 'An e-mail address of a contact, with its domain.',
  PHONE: 'A phone number.',
  EXTERNAL_ID: 'An id that another system knows it by.',
  DOMAIN: 'A domain of an account.',
  FORMER: 'A name, e-mail address or phone number that it had before.',
});

export const SearchPrecision = { VALUE: 'whole', WORDS: 'words', BEGINNINGS: 'beginnings' } as const;
export type SearchPrecision = (typeof SearchPrecision)[keyof typeof SearchPrecision];
describe(SearchPrecision, 'SearchPrecision', 'How exactly a search finds words, in the order of ranks.', {
  VALUE: 'The text is a whole value: the full name, the full address, the number.',
  WORDS: 'Each word of the text is a whole word.',
  BEGINNINGS: 'Some word of the text is only the beginning of a word, or the end of a number.',
});

export const DifferenceKind = { ADDED: 'ADDED', REMOVED: 'REMOVED', CHANGED: 'CHANGED' } as const;
export type DifferenceKind = (typeof DifferenceKind)[keyof typeof DifferenceKind];
describe(DifferenceKind, 'DifferenceKind', 'How a value differs between two points.', {
  ADDED: 'It had none at the first point.',
  REMOVED: 'It has none at the second point.',
  CHANGED: 'It has another one.',
});

export const MembershipChange = { CAME: 'CAME', LEFT: 'LEFT', CHANGED: 'CHANGED' } as const;
export type MembershipChange = (typeof MembershipChange)[keyof typeof MembershipChange];
describe(MembershipChange, 'MembershipChange', 'What became of a contact in an account between two points.', {
  CAME: 'The placement holds, for sure or possibly, at the second point alone.',
  LEFT: 'It holds at the first point alone: it ended, or was removed, withdrawn or merged away.',
  CHANGED: 'It holds at both, and something of it differs: the title, the function, a buying role, …',
});

export const RemovalKind = enumOf('RemovalKind', 'How a contact went out of view.', {
  contact: 'The whole contact was removed from views.',
  placement: 'A placement was removed: the contact left the views of one account.',
  withdrawal: 'A placement was withdrawn, as one that never was.',
  merge: 'The contact was merged into another one.',
  erasure: 'The personal data were erased.',
});
export type RemovalKind = ValueOf<typeof RemovalKind>;

export const AccountMergeChoice = {
  NAME: 'name',
  ADDRESS: 'address',
  LOCATION: 'location',
  PHONE: 'phone',
  SEGMENT: 'segment',
  INDUSTRY: 'industry',
  SIZE: 'size',
  RELATIONSHIP: 'relationship',
  TOUCH_MODEL: 'touchModel',
  TIER: 'tier',
  PRODUCT_LINES: 'productLines',
  ARR: 'arr',
  ACV: 'acv',
  RENEWAL_ON: 'renewalOn',
} as const satisfies Record<string, AccountChoice>;
export type AccountMergeChoice = (typeof AccountMergeChoice)[keyof typeof AccountMergeChoice];
describe(
  AccountMergeChoice,
  'AccountMergeChoice',
  'A value that the survivor of a merge takes over from the merged account. Where it hangs in the hierarchy is its own.',
  {
    NAME: 'The name.',
    ADDRESS: 'The postal address.',
    LOCATION: 'Country and region.',
    PHONE: 'The main phone number.',
    SEGMENT: 'The segment.',
    INDUSTRY: 'The industry.',
    SIZE: 'The number of employees.',
    RELATIONSHIP: 'What it is for us.',
    TOUCH_MODEL: 'How closely it is looked after.',
    TIER: 'The tier.',
    PRODUCT_LINES: 'The product lines it uses.',
    ARR: 'Annual recurring revenue.',
    ACV: 'Annual contract value.',
    RENEWAL_ON: 'When its subscription is to be renewed.',
  },
);

export const AccountMergedFactKind = enumOf(
  'AccountMergedFactKind',
  'What an account may bring along in a merge.',
  {
    renewal: 'How the renewal of a product was decided; chosen by its id.',
    domain: 'A domain; goes along by itself.',
    external_id: 'An id of another system; goes along by itself.',
    team_member: 'Who plays a part for it; goes along by itself where the survivor has nobody in that part.',
  },
);
export type AccountMergedFactKind = ValueOf<typeof AccountMergedFactKind>;

export const MergedFactKind = enumOf('MergedFactKind', 'A kind of fact that a merge may carry.', {
  email: 'An e-mail address.',
  phone: 'A phone number.',
  address: 'A postal address.',
  attribute: 'A named value.',
  consent: 'What was said of contacting the person; a no goes along whatever is chosen.',
  placement: 'A placement.',
});
export type MergedFactKind = ValueOf<typeof MergedFactKind>;

export const MergeReason = enumOf('MergeReason', 'Why a merge would choose a value.', {
  same: 'Both have the same.',
  only_one: 'Only one of them has a value.',
  fresher: 'It was said or confirmed later than the other.',
  own_kept: "Neither is fresher, so the survivor's own stays.",
  new_to_survivor: 'The survivor has no such fact.',
  has_its_own: 'The survivor has another value for the same.',
});
export type MergeReason = ValueOf<typeof MergeReason>;

export const ClaimState = enumOf('ClaimState', 'What became of a claim that says otherwise.', {
  open: 'It was proposed, and nobody has decided yet.',
  accepted: 'It was proposed and accepted.',
  declined: 'It was proposed and declined.',
  superseded: 'It was made, and does not hold on the day: it began later, or something else did.',
});
export type ClaimState = ValueOf<typeof ClaimState>;
