// Generated from schema/schema.graphql and test/client-example/operations.graphql by test/client-example/generate.ts. Do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Whether something was so on a day, given that dates may be uncertain. */
export type Certainty =
  /** It was, whatever the uncertain dates really were. */
  | 'CERTAIN'
  /** It was not, whatever the uncertain dates really were. Not allowed as an argument. */
  | 'NO'
  /** It may have been. As an argument it takes what is certain too. */
  | 'POSSIBLE';

/** When a change was true and learned, why, on what evidence, and how to repeat it safely. Here null means the same as leaving the field out. */
export type ChangeInput = {
  /** Id of the event or request that caused this one: a UUID. */
  causationId?: string | number | null | undefined;
  /** Id that all changes of one piece of work share: a UUID. */
  correlationId?: string | number | null | undefined;
  /** When it was, or will be, true in the world. Leave it out where nobody knows. */
  effectiveOn?: string | null | undefined;
  /** What the change rests on; at most 100. */
  evidence?: Array<EvidenceInput> | null | undefined;
  /** The version that the caller has seen: the number of events in the stream that the command writes to. Where the stream has another one by now, VERSION_MISMATCH. */
  expectedVersion?: number | null | undefined;
  /** Makes a repeat safe: the same key with the same request again answers as the first time and writes nothing, with another request that writes to the same stream (of a contact, of its signals, of an account or of a turnover) it is refused with IDEMPOTENCY_KEY_REUSED. Give each request a key of its own. 1 to 200 characters, valid for ever. A UUID of the form field is a good key; never use personal data. */
  idempotencyKey?: string | null | undefined;
  /** When the organisation learned it. Default: now. Backdate what was known earlier than it was entered; more than five minutes ahead of the clock is refused with LEARNED_IN_FUTURE. */
  learnedAt?: string | null | undefined;
  /** Subject of the colleague for whom the caller acts, in the organisation's own directory. Stored in the clear. */
  onBehalfOf?: string | null | undefined;
  /** Proposes the change instead of making it, for somebody to accept or decline later. The value is the doubt, as a code, such as single_source. For changes of contacts only, one at a time, else PROPOSAL_UNSUITABLE. */
  proposeBecause?: string | null | undefined;
  /** Why, as a code: lower-case letters, digits and _, at most 64. Stored in the clear. A removal needs it, else REASON_REQUIRED. */
  reasonCode?: string | null | undefined;
  /** Why, in words, 1 to 4,000 characters. Stored sealed. */
  reasonText?: string | null | undefined;
};

/** A new job title. */
export type ChangeTitleInput = {
  /** When, why and on what evidence. */
  change?: ChangeInput | null | undefined;
  /** The contact: a UUID. */
  contactId: string | number;
  /** The placement: a UUID. PLACEMENT_UNKNOWN where the contact has no such one. */
  placementId: string | number;
  /** The title, 1 to 500 characters; null = none. It must be given. */
  title?: string | null | undefined;
};

/** How a value differs between two points. */
export type DifferenceKind =
  /** It had none at the first point. */
  | 'ADDED'
  /** It has another one. */
  | 'CHANGED'
  /** It has none at the second point. */
  | 'REMOVED';

/** One thing that a change rests on. It needs a kind; the rest where there is any. */
export type EvidenceInput = {
  /** SHA-256 of a document kept elsewhere, as 64 lower-case hexadecimal digits. */
  digest?: string | null | undefined;
  /** The event of this ledger that is the evidence, such as a bounce. */
  eventId?: string | number | null | undefined;
  /** What it is, as a code: bounce, reply, feed_record, word, event, document, … */
  kind: string;
  /** Its words, 1 to 4,000 characters. Stored sealed. */
  text?: string | null | undefined;
};

/** A point to compare with another: what was so on a day, as far as it was known. Absent parts mean now. */
export type PointInput = {
  /** The day in the world; one day, so 2026-03 is BAD_USER_INPUT. Absent: the day of knownAt in the ledger's time zone, or today. */
  asOf?: string | null | undefined;
  /** What the ledger held at this position (included). Absent: all of it. A position ahead of the ledger is BAD_USER_INPUT. */
  atPosition?: number | null | undefined;
  /** What the organisation had learned by this moment (included). Absent: all of it. */
  knownAt?: string | null | undefined;
};

/** The closed catalogue of expected refusals. */
export type RejectionCode =
  /** An account with this id exists and differs; change it instead of registering it again. */
  | 'ACCOUNT_ALREADY_REGISTERED'
  /** The account is closed; revert the closing before changing it. */
  | 'ACCOUNT_CLOSED'
  /** The account was merged into another; address the survivor, or unmerge first. */
  | 'ACCOUNT_MERGED'
  /** The account is not merged into another, so there is nothing to undo. */
  | 'ACCOUNT_NOT_MERGED'
  /** No account with this id was known at that time; register it first. */
  | 'ACCOUNT_UNKNOWN'
  /** The address or id belonged to a person whose data were erased, and must not come back; with new consent, give reasonCode consent_given. */
  | 'ADDRESS_SUPPRESSED'
  /** The source used this id for a line with other content; give each line an id of its own. */
  | 'CLAIM_ID_REUSED'
  /** A contact with this id exists and differs; change it instead of registering it again. */
  | 'CONTACT_ALREADY_REGISTERED'
  /** The personal data of the contact were erased on request; nothing can be added to it or taken back. */
  | 'CONTACT_ERASED'
  /** The contact was merged into another; address the survivor, or unmerge first. */
  | 'CONTACT_MERGED'
  /** The contact is not merged into another, so there is nothing to undo. */
  | 'CONTACT_NOT_MERGED'
  /** No contact with this id was known at that time; register it first. */
  | 'CONTACT_UNKNOWN'
  /** Others kept changing the same contact or account; try again. */
  | 'CONTENTION'
  /** An e-mail address has the form name@domain. */
  | 'EMAIL_MALFORMED'
  /** The end lies before the start; check both dates (a feed may say so, a person may not). */
  | 'END_BEFORE_START'
  /** No event with this id is in the history of this contact or account. */
  | 'EVENT_UNKNOWN'
  /** Another contact or account goes by this id of the other system; change that one, or register this one without the id. */
  | 'EXTERNAL_ID_TAKEN'
  /** No such e-mail address, phone, postal address or other fact to carry along was believed at that time. */
  | 'FACT_UNKNOWN'
  /** The same idempotency key came with another request; use a fresh key for each request. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** learnedAt lies more than five minutes ahead of the clock; nothing can have been learned yet. */
  | 'LEARNED_IN_FUTURE'
  /** The merge would close a cycle: the survivor is itself merged, directly or not, into this contact or account, or is an account below it. */
  | 'MERGE_CYCLE'
  /** A contact or account cannot be merged into itself. */
  | 'MERGE_INTO_ITSELF'
  /** The parent is the account itself or one of its descendants. */
  | 'PARENT_CYCLE'
  /** The placement has ended already; correct its end instead. */
  | 'PLACEMENT_ALREADY_ENDED'
  /** A placement with this id exists and differs; correct it, or start another one. */
  | 'PLACEMENT_ALREADY_STARTED'
  /** The placement is removed already. */
  | 'PLACEMENT_REMOVED'
  /** The contact had no placement with this id at that time. */
  | 'PLACEMENT_UNKNOWN'
  /** There is no plan of this name and version; the plans there are have a page of their own. */
  | 'PLAN_UNKNOWN'
  /** The proposed change was accepted or declined already. */
  | 'PROPOSAL_SETTLED'
  /** The contact has no proposed change with this id. */
  | 'PROPOSAL_UNKNOWN'
  /** Only a single claim can be proposed; send the change as several proposals. */
  | 'PROPOSAL_UNSUITABLE'
  /** A removal or an undo needs a reasonCode: nobody should have to guess later. */
  | 'REASON_REQUIRED'
  /** The contact is the one who left; name somebody else. */
  | 'REPLACEMENT_IS_LEAVER'
  /** A loss needs a root cause from the list; a turnover is a risk and never one of them. */
  | 'ROOT_CAUSE_REQUIRED'
  /** The root cause is not on the list that applies; the message names those that are. */
  | 'ROOT_CAUSE_UNKNOWN'
  /** The stance is not what the net promoter score says; the message says what would be right. */
  | 'STANCE_NOT_BY_SCORE'
  /** The step is done once its answer is known; record the answer instead of the step. */
  | 'STEP_ANSWERED'
  /** The plan of this turnover has no such step, or it does not apply to it. */
  | 'STEP_UNKNOWN'
  /** Other steps come first; complete them before this one. */
  | 'STEP_WAITS'
  /** The ledger has other events at this place of the stream; import an export into an empty ledger. */
  | 'STREAM_DIVERGED'
  /** The turnover is saved, lost or dismissed; reopen it before changing it. */
  | 'TURNOVER_CLOSED'
  /** No turnover with this id was known at that time. */
  | 'TURNOVER_UNKNOWN'
  /** Later changes would no longer apply; look at undoPreview, and set acceptConflicts where they may go. */
  | 'UNDO_CONFLICT'
  /** The contact or account has changed since expectedVersion; read it again and decide anew. */
  | 'VERSION_MISMATCH';

/** How exactly a search finds words, in the order of ranks. */
export type SearchPrecision =
  /** Some word of the text is only the beginning of a word, or the end of a number. */
  | 'BEGINNINGS'
  /** The text is a whole value: the full name, the full address, the number. */
  | 'VALUE'
  /** Each word of the text is a whole word. */
  | 'WORDS';

export type AccountOnDayQueryVariables = Exact<{
  id: string | number;
  asOf: string;
  knownAt?: string | null | undefined;
}>;


export type AccountOnDayQuery = { account: { id: string, name: string | null, arr: { minorUnits: number, currency: string } | null, contacts: { edges: Array<{ node: { id: string, title: string | null, certainty: Certainty, contact: { id: string, name: string | null } } }> } } | null };

export type FindPeopleQueryVariables = Exact<{
  text: string;
  first?: number | null | undefined;
}>;


export type FindPeopleQuery = { search: { edges: Array<{ node: { precision: SearchPrecision, entity:
          | { id: string, name: string | null, email: string | null }
          | Record<PropertyKey, never>
         } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type WhatChangedQueryVariables = Exact<{
  id: string | number;
  from: PointInput;
  to: PointInput;
}>;


export type WhatChangedQuery = { contact: { changesBetween: Array<{ field: string, kind: DifferenceKind, was: string | null, now: string | null, learnedAt: string | null }> } | null };

export type ChangeTitleMutationVariables = Exact<{
  input: ChangeTitleInput;
}>;


export type ChangeTitleMutation = { changeTitle: { position: number | null, contact: { placements: Array<{ id: string, title: string | null }> } | null, rejection: { code: RejectionCode, path: string, message: string } | null } | null };

export type AccountWithContactsFragment = { id: string, name: string | null, arr: { minorUnits: number, currency: string } | null, contacts: { edges: Array<{ node: { id: string, title: string | null, certainty: Certainty, contact: { id: string, name: string | null } } }> } };

export const AccountWithContactsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AccountWithContacts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Account"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"arr"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"minorUnits"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"contacts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"NAME"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"certainty"}},{"kind":"Field","name":{"kind":"Name","value":"contact"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<AccountWithContactsFragment, unknown>;
export const AccountOnDayDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AccountOnDay"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"asOf"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"EdtfDate"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"knownAt"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Instant"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"asOf"},"value":{"kind":"Variable","name":{"kind":"Name","value":"asOf"}}},{"kind":"Argument","name":{"kind":"Name","value":"knownAt"},"value":{"kind":"Variable","name":{"kind":"Name","value":"knownAt"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"AccountWithContacts"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AccountWithContacts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Account"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"arr"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"minorUnits"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"contacts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"NAME"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"certainty"}},{"kind":"Field","name":{"kind":"Name","value":"contact"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<AccountOnDayQuery, AccountOnDayQueryVariables>;
export const FindPeopleDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindPeople"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"text"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"search"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"text"},"value":{"kind":"Variable","name":{"kind":"Name","value":"text"}}},{"kind":"Argument","name":{"kind":"Name","value":"kinds"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"CONTACT"}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"precision"}},{"kind":"Field","name":{"kind":"Name","value":"entity"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Contact"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<FindPeopleQuery, FindPeopleQueryVariables>;
export const WhatChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhatChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PointInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"to"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PointInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"contact"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"changesBetween"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"Argument","name":{"kind":"Name","value":"to"},"value":{"kind":"Variable","name":{"kind":"Name","value":"to"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"was"}},{"kind":"Field","name":{"kind":"Name","value":"now"}},{"kind":"Field","name":{"kind":"Name","value":"learnedAt"}}]}}]}}]}}]} as unknown as DocumentNode<WhatChangedQuery, WhatChangedQueryVariables>;
export const ChangeTitleDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ChangeTitle"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ChangeTitleInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"changeTitle"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"contact"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"placements"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"certainty"},"value":{"kind":"EnumValue","value":"CERTAIN"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"position"}},{"kind":"Field","name":{"kind":"Name","value":"rejection"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<ChangeTitleMutation, ChangeTitleMutationVariables>;