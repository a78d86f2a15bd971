// The enums of the API: upper-case names for the lower-case codes that events store.
import { registerEnumType } from 'type-graphql';
import type { AccountChoice } from '../src/account/events.ts';

/** Registers an enum whose values are all described. */
export function describe<K extends string>(
  values: Record<K, string>,
  name: string,
  description: string,
  descriptions: Record<K, string>,
): void {
  const entries = (Object.keys(values) as K[]).map((key) => [key, { description: descriptions[key] }]);
  registerEnumType(values, { name, description, valuesConfig: Object.fromEntries(entries) });
}

export const ContactStatus = {
  ACTIVE: 'active',
  REMOVED: 'removed',
  MERGED: 'merged',
  DECEASED: 'deceased',
} as const;
export type ContactStatus = (typeof ContactStatus)[keyof typeof ContactStatus];
describe(
  ContactStatus,
  'ContactStatus',
  'What became of a contact. The first that applies counts: merged, removed, deceased.',
  {
    ACTIVE: 'Neither removed nor merged nor known to have died.',
    REMOVED: 'Hidden from views by decision; the person and the history stay.',
    MERGED: 'Merged into another contact, which its id leads to.',
    DECEASED: 'Known to have died.',
  },
);

export const Certainty = { CERTAIN: 'CERTAIN', POSSIBLE: 'POSSIBLE', NO: 'NO' } as const;
export type Certainty = (typeof Certainty)[keyof typeof Certainty];
describe(Certainty, 'Certainty', 'Whether something was so on a day, given that dates may be uncertain.', {
  CERTAIN: 'It was, whatever the uncertain dates really were.',
  POSSIBLE: 'It may have been. As an argument it takes what is certain too.',
  NO: 'It was not, whatever the uncertain dates really were. Not allowed as an argument.',
});

export const Destination = {
  ANOTHER_COMPANY: 'another_company',
  SAME_COMPANY: 'same_company',
  RETIRED: 'retired',
  DIED: 'died',
  OTHER: 'other',
  UNKNOWN: 'unknown',
} as const;
export type Destination = (typeof Destination)[keyof typeof Destination];
describe(Destination, 'Destination', 'Where somebody went who left.', {
  ANOTHER_COMPANY: 'To another company.',
  SAME_COMPANY: 'To another place in the same company.',
  RETIRED: 'Into retirement.',
  DIED: 'The person died.',
  OTHER: 'Somewhere else.',
  UNKNOWN: 'Asked, but not known.',
});

export const PhoneLine = { VOICE: 'voice', FAX: 'fax', MOBILE: 'mobile' } as const;
export type PhoneLine = (typeof PhoneLine)[keyof typeof PhoneLine];
describe(PhoneLine, 'PhoneLine', 'What is at the end of a phone number.', {
  VOICE: 'A fixed telephone.',
  FAX: 'A fax machine.',
  MOBILE: 'A mobile telephone.',
});

export const ConsentChannel = { EMAIL: 'email', PHONE: 'phone', TEXT: 'text', POST: 'post' } as const;
export type ConsentChannel = (typeof ConsentChannel)[keyof typeof ConsentChannel];
describe(ConsentChannel, 'ConsentChannel', 'How a contact may be approached.', {
  EMAIL: 'By e-mail.',
  PHONE: 'By a call.',
  TEXT: 'By a text message to a phone.',
  POST: 'By a letter.',
});

export const ConsentState = { GIVEN: 'given', REFUSED: 'refused', SUPPRESSED: 'suppressed' } as const;
export type ConsentState = (typeof ConsentState)[keyof typeof ConsentState];
describe(ConsentState, 'ConsentState', 'What was said of approaching a contact.', {
  GIVEN: 'The person agreed.',
  REFUSED: 'The person refused, or took the consent back.',
  SUPPRESSED: 'Not to be contacted whatever the person said, such as after a complaint.',
});

export const ContactPermission = { YES: 'yes', NO: 'no', UNKNOWN: 'unknown' } as const;
export type ContactPermission = (typeof ContactPermission)[keyof typeof ContactPermission];
describe(ContactPermission, 'ContactPermission', 'Whether a contact may be approached.', {
  YES: 'Consent was given, and nothing speaks against it.',
  NO: 'It was refused or suppressed for the channel, the address or the purpose; or the person died or was erased.',
  UNKNOWN: 'Nothing was said of it.',
});

export const MergeChoice = { NAME: 'name', LOCATION: 'location', OWNER: 'owner' } as const;
export type MergeChoice = (typeof MergeChoice)[keyof typeof MergeChoice];
describe(
  MergeChoice,
  'MergeChoice',
  'A value that the survivor of a merge takes over from the merged contact.',
  {
    NAME: 'The name.',
    LOCATION: 'The location.',
    OWNER: 'The contact owner.',
  },
);

export const ProposalState = { OPEN: 'open', ACCEPTED: 'accepted', DECLINED: 'declined' } as const;
export type ProposalState = (typeof ProposalState)[keyof typeof ProposalState];
describe(ProposalState, 'ProposalState', 'What became of a proposed change.', {
  OPEN: 'Nobody has decided yet.',
  ACCEPTED: 'It was made.',
  DECLINED: 'It was turned down.',
});

export const ActorKind = {
  PERSON: 'person',
  INTEGRATION: 'integration',
  POLICY: 'policy',
  SYSTEM: 'system',
} as const;
export type ActorKind = (typeof ActorKind)[keyof typeof ActorKind];
describe(ActorKind, 'ActorKind', 'What kind of actor made a change.', {
  PERSON: 'A colleague.',
  INTEGRATION: 'Another system, such as an imported feed.',
  POLICY: 'A rule of the ledger that reacts to events.',
  SYSTEM: 'The ledger itself.',
});

export const LegalBasis = {
  NO_LONGER_NECESSARY: 'no_longer_necessary',
  CONSENT_WITHDRAWN: 'consent_withdrawn',
  OBJECTION: 'objection',
  UNLAWFUL_PROCESSING: 'unlawful_processing',
  LEGAL_OBLIGATION: 'legal_obligation',
  CHILD_CONSENT: 'child_consent',
  RETENTION_PERIOD: 'retention_period',
  OTHER_LAW: 'other_law',
} as const;
export type LegalBasis = (typeof LegalBasis)[keyof typeof LegalBasis];
describe(LegalBasis, 'LegalBasis', 'On what ground a person is erased.', {
  NO_LONGER_NECESSARY: 'The data are no longer needed for what they were collected for: GDPR Art. 17(1)(a).',
  CONSENT_WITHDRAWN: 'The consent was withdrawn: GDPR Art. 17(1)(b).',
  OBJECTION: 'The person objected: GDPR Art. 17(1)(c).',
  UNLAWFUL_PROCESSING: 'The data were processed unlawfully: GDPR Art. 17(1)(d).',
  LEGAL_OBLIGATION: 'A law demands it: GDPR Art. 17(1)(e).',
  CHILD_CONSENT: 'The person was a child when it consented: GDPR Art. 17(1)(f).',
  RETENTION_PERIOD: 'The time for which the data may be kept is over: GDPR Art. 5(1)(e).',
  OTHER_LAW: 'Another law or an order; the ticket says which.',
});

export const ErasureRequester = {
  DATA_SUBJECT: 'data_subject',
  REPRESENTATIVE: 'representative',
  AUTHORITY: 'authority',
  ORGANISATION: 'organisation',
} as const;
export type ErasureRequester = (typeof ErasureRequester)[keyof typeof ErasureRequester];
describe(ErasureRequester, 'ErasureRequester', 'Who asked for an erasure.', {
  DATA_SUBJECT: 'The person.',
  REPRESENTATIVE: 'Somebody on behalf of the person.',
  AUTHORITY: 'A supervisory authority or a court.',
  ORGANISATION: 'The organisation itself, as with the end of a retention period.',
});

export const Relationship = {
  PROSPECT: 'prospect',
  CUSTOMER: 'customer',
  FORMER: 'former',
  PARTNER: 'partner',
  OTHER: 'other',
} as const;
export type Relationship = (typeof Relationship)[keyof typeof Relationship];
describe(Relationship, 'Relationship', 'What an account is for us.', {
  PROSPECT: 'May become a customer.',
  CUSTOMER: 'Has a subscription.',
  FORMER: 'Was a customer.',
  PARTNER: 'Works with us.',
  OTHER: 'Something else.',
});

export const Closing = {
  ACQUIRED: 'acquired',
  MERGED: 'merged',
  OUT_OF_BUSINESS: 'out_of_business',
  DUPLICATE: 'duplicate',
  OTHER: 'other',
} as const;
export type Closing = (typeof Closing)[keyof typeof Closing];
describe(Closing, 'Closing', 'Why an account was closed.', {
  ACQUIRED: 'Another organisation acquired it.',
  MERGED: 'It became one with another organisation.',
  OUT_OF_BUSINESS: 'It ceased to exist.',
  DUPLICATE: 'It was recorded twice.',
  OTHER: 'Something else.',
});

export const RenewalOutcome = {
  RENEWED: 'renewed',
  EXPANDED: 'expanded',
  REDUCED: 'reduced',
  NOT_RENEWED: 'not_renewed',
} as const;
export type RenewalOutcome = (typeof RenewalOutcome)[keyof typeof RenewalOutcome];
describe(RenewalOutcome, 'RenewalOutcome', 'How a renewal was decided.', {
  RENEWED: 'For the same amount.',
  EXPANDED: 'For more.',
  REDUCED: 'For less.',
  NOT_RENEWED: 'Not at all.',
});

export const BounceKind = { HARD: 'hard', SOFT: 'soft' } as const;
export type BounceKind = (typeof BounceKind)[keyof typeof BounceKind];
describe(BounceKind, 'BounceKind', 'Whether a bounce is final.', {
  HARD: 'The address does not work any more.',
  SOFT: 'It may work later: a full mailbox, a server that was away.',
});

export const ActivityKind = {
  CASE: 'case',
  TASK: 'task',
  TIMELINE: 'timeline',
  EMAIL_SENT: 'email_sent',
  EMAIL_DELIVERED: 'email_delivered',
  EMAIL_OPENED: 'email_opened',
  EMAIL_REPLIED: 'email_replied',
  LOGIN: 'login',
  USAGE: 'usage',
  SURVEY: 'survey',
  CALL: 'call',
  MEETING: 'meeting',
} as const;
export type ActivityKind = (typeof ActivityKind)[keyof typeof ActivityKind];
describe(ActivityKind, 'ActivityKind', 'What somebody did, or was done with them.', {
  CASE: 'A support case.',
  TASK: 'A task.',
  TIMELINE: 'A note in the timeline.',
  EMAIL_SENT: 'An e-mail was sent.',
  EMAIL_DELIVERED: 'An e-mail was delivered.',
  EMAIL_OPENED: 'An e-mail was opened.',
  EMAIL_REPLIED: 'An e-mail was answered.',
  LOGIN: 'Logged in to the product.',
  USAGE: 'Used the product.',
  SURVEY: 'Answered a survey.',
  CALL: 'A call.',
  MEETING: 'A meeting.',
});

export const ActivityDirection = { INBOUND: 'inbound', OUTBOUND: 'outbound' } as const;
export type ActivityDirection = (typeof ActivityDirection)[keyof typeof ActivityDirection];
describe(ActivityDirection, 'ActivityDirection', 'Who began an activity.', {
  INBOUND: 'The contact.',
  OUTBOUND: 'One of our own people or systems.',
});

export const Datapoint = {
  EMPLOYMENT: 'employment',
  TITLE: 'title',
  LOCATION: 'location',
  FUNCTION: 'function',
} as const;
export type Datapoint = (typeof Datapoint)[keyof typeof Datapoint];
describe(Datapoint, 'Datapoint', 'What was checked of a contact.', {
  EMPLOYMENT: 'Whether it still works there.',
  TITLE: 'The job title.',
  LOCATION: 'The location.',
  FUNCTION: 'The function.',
});

export const VerificationResult = {
  CONFIRMED: 'confirmed',
  WRONG: 'wrong',
  UNREACHABLE: 'unreachable',
} as const;
export type VerificationResult = (typeof VerificationResult)[keyof typeof VerificationResult];
describe(VerificationResult, 'VerificationResult', 'What came out of a check.', {
  CONFIRMED: 'It is as believed.',
  WRONG: 'It is not as believed.',
  UNREACHABLE: 'Nobody could be reached.',
});

export const OrderDirection = { ASC: 'ASC', DESC: 'DESC' } as const;
export type OrderDirection = (typeof OrderDirection)[keyof typeof OrderDirection];
describe(OrderDirection, 'OrderDirection', 'In which direction a list runs.', {
  ASC: 'The smallest, first or earliest comes first.',
  DESC: 'The greatest, last or latest comes first.',
});

export const ContactOrderField = { NAME: 'name', LEARNED_AT: 'learned_at' } as const;
export type ContactOrderField = (typeof ContactOrderField)[keyof typeof ContactOrderField];
describe(ContactOrderField, 'ContactOrderField', 'What contacts can be ordered by.', {
  NAME: 'The name, without case and accents; people of one name by id.',
  LEARNED_AT: 'When the newest of what is believed of them was learned.',
});

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

export const SearchKind = { CONTACT: 'contact', ACCOUNT: 'account' } as const;
export type SearchKind = (typeof SearchKind)[keyof typeof SearchKind];
describe(SearchKind, 'SearchKind', 'What to search for.', {
  CONTACT: 'Contacts.',
  ACCOUNT: 'Accounts.',
});

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

export const RemovalKind = {
  CONTACT: 'contact',
  PLACEMENT: 'placement',
  WITHDRAWAL: 'withdrawal',
  MERGE: 'merge',
  ERASURE: 'erasure',
} as const;
export type RemovalKind = (typeof RemovalKind)[keyof typeof RemovalKind];
describe(RemovalKind, 'RemovalKind', 'How a contact went out of view.', {
  CONTACT: 'The whole contact was removed from views.',
  PLACEMENT: 'A placement was removed: the contact left the views of one account.',
  WITHDRAWAL: 'A placement was withdrawn, as one that never was.',
  MERGE: 'The contact was merged into another one.',
  ERASURE: 'The personal data were erased.',
});

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

export const AccountMergedFactKind = {
  RENEWAL: 'renewal',
  DOMAIN: 'domain',
  EXTERNAL_ID: 'external_id',
  TEAM_MEMBER: 'team_member',
} as const;
export type AccountMergedFactKind = (typeof AccountMergedFactKind)[keyof typeof AccountMergedFactKind];
describe(AccountMergedFactKind, 'AccountMergedFactKind', 'What an account may bring along in a merge.', {
  RENEWAL: 'How the renewal of a product was decided; chosen by its id.',
  DOMAIN: 'A domain; goes along by itself.',
  EXTERNAL_ID: 'An id of another system; goes along by itself.',
  TEAM_MEMBER: 'Who plays a part for it; goes along by itself where the survivor has nobody in that part.',
});

export const MergedFactKind = {
  EMAIL: 'email',
  PHONE: 'phone',
  ADDRESS: 'address',
  ATTRIBUTE: 'attribute',
  CONSENT: 'consent',
  PLACEMENT: 'placement',
} as const;
export type MergedFactKind = (typeof MergedFactKind)[keyof typeof MergedFactKind];
describe(MergedFactKind, 'MergedFactKind', 'A kind of fact that a merge may carry.', {
  EMAIL: 'An e-mail address.',
  PHONE: 'A phone number.',
  ADDRESS: 'A postal address.',
  ATTRIBUTE: 'A named value.',
  CONSENT: 'What was said of contacting the person; a no goes along whatever is chosen.',
  PLACEMENT: 'A placement.',
});

export const MergeReason = {
  SAME: 'same',
  ONLY_ONE: 'only_one',
  FRESHER: 'fresher',
  OWN_KEPT: 'own_kept',
  NEW_TO_SURVIVOR: 'new_to_survivor',
  HAS_ITS_OWN: 'has_its_own',
} as const;
export type MergeReason = (typeof MergeReason)[keyof typeof MergeReason];
describe(MergeReason, 'MergeReason', 'Why a merge would choose a value.', {
  SAME: 'Both have the same.',
  ONLY_ONE: 'Only one of them has a value.',
  FRESHER: 'It was said or confirmed later than the other.',
  OWN_KEPT: "Neither is fresher, so the survivor's own stays.",
  NEW_TO_SURVIVOR: 'The survivor has no such fact.',
  HAS_ITS_OWN: 'The survivor has another value for the same.',
});

export const ClaimState = {
  OPEN: 'open',
  ACCEPTED: 'accepted',
  DECLINED: 'declined',
  SUPERSEDED: 'superseded',
} as const;
export type ClaimState = (typeof ClaimState)[keyof typeof ClaimState];
describe(ClaimState, 'ClaimState', 'What became of a claim that says otherwise.', {
  OPEN: 'It was proposed, and nobody has decided yet.',
  ACCEPTED: 'It was proposed and accepted.',
  DECLINED: 'It was proposed and declined.',
  SUPERSEDED: 'It was made, and does not hold on the day: it began later, or something else did.',
});
