// The closed catalogue of refusals: an expected "no" is a value with one of these codes, never an exception.

/** Code → what it means and what would be right. The table in docs/codes.md is compared with this one by a test, in both directions. */
export const rejectionCodes = {
  ACCOUNT_ALREADY_REGISTERED:
    'An account with this id exists and differs; change it instead of registering it again.',
  ACCOUNT_CLOSED: 'The account is closed; revert the closing before changing it.',
  ACCOUNT_MERGED: 'The account was merged into another; address the survivor, or unmerge first.',
  ACCOUNT_NOT_MERGED: 'The account is not merged into another, so there is nothing to undo.',
  ACCOUNT_UNKNOWN: 'No account with this id was known at that time; register it first.',
  ADDRESS_SUPPRESSED:
    'The address or id belonged to a person whose data were erased, and must not come back; with new consent, give reasonCode consent_given.',
  CLAIM_ID_REUSED: 'The source used this id for a line with other content; give each line an id of its own.',
  CONTACT_ALREADY_REGISTERED:
    'A contact with this id exists and differs; change it instead of registering it again.',
  CONTACT_ERASED:
    'The personal data of the contact were erased on request; nothing can be added to it or taken back.',
  CONTACT_MERGED: 'The contact was merged into another; address the survivor, or unmerge first.',
  CONTACT_NOT_MERGED: 'The contact is not merged into another, so there is nothing to undo.',
  CONTACT_UNKNOWN: 'No contact with this id was known at that time; register it first.',
  CONTENTION: 'Others kept changing the same contact or account; try again.',
  EMAIL_MALFORMED: 'An e-mail address has the form name@domain.',
  END_BEFORE_START: 'The end lies before the start; check both dates (a feed may say so, a person may not).',
  EVENT_UNKNOWN: 'No event with this id is in the history of this contact or account.',
  EXTERNAL_ID_TAKEN:
    'Another contact or account goes by this id of the other system; change that one, or register this one without the id.',
  FACT_UNKNOWN:
    'No such e-mail address, phone, postal address or other fact to carry along was believed at that time.',
  IDEMPOTENCY_KEY_REUSED:
    'The same idempotency key came with another request; use a fresh key for each request.',
  LEARNED_IN_FUTURE:
    'learnedAt lies more than five minutes ahead of the clock; nothing can have been learned yet.',
  MERGE_CYCLE:
    'The merge would close a cycle: the survivor is itself merged, directly or not, into this contact or account, or is an account below it.',
  MERGE_INTO_ITSELF: 'A contact or account cannot be merged into itself.',
  PARENT_CYCLE: 'The parent is the account itself or one of its descendants.',
  PLACEMENT_ALREADY_ENDED: 'The placement has ended already; correct its end instead.',
  PLACEMENT_ALREADY_STARTED: 'A placement with this id exists and differs; correct it, or start another one.',
  PLACEMENT_REMOVED: 'The placement is removed already.',
  PLACEMENT_UNKNOWN: 'The contact had no placement with this id at that time.',
  PLAN_UNKNOWN: 'There is no plan of this name and version; the plans there are have a page of their own.',
  PROPOSAL_SETTLED: 'The proposed change was accepted or declined already.',
  PROPOSAL_UNKNOWN: 'The contact has no proposed change with this id.',
  PROPOSAL_UNSUITABLE: 'Only a single claim can be proposed; send the change as several proposals.',
  REASON_REQUIRED: 'A removal or an undo needs a reasonCode: nobody should have to guess later.',
  REPLACEMENT_IS_LEAVER: 'The contact is the one who left; name somebody else.',
  ROOT_CAUSE_REQUIRED: 'A loss needs a root cause from the list; a turnover is a risk and never one of them.',
  ROOT_CAUSE_UNKNOWN: 'The root cause is not on the list that applies; the message names those that are.',
  STANCE_NOT_BY_SCORE:
    'The stance is not what the net promoter score says; the message says what would be right.',
  STEP_ANSWERED: 'The step is done once its answer is known; record the answer instead of the step.',
  STEP_UNKNOWN: 'The plan of this turnover has no such step, or it does not apply to it.',
  STEP_WAITS: 'Other steps come first; complete them before this one.',
  STREAM_DIVERGED:
    'The ledger has other events at this place of the stream; import an export into an empty ledger.',
  TURNOVER_CLOSED: 'The turnover is saved, lost or dismissed; reopen it before changing it.',
  TURNOVER_UNKNOWN: 'No turnover with this id was known at that time.',
  UNDO_CONFLICT:
    'Later changes would no longer apply; look at undoPreview, and set acceptConflicts where they may go.',
  VERSION_MISMATCH:
    'The contact or account has changed since expectedVersion; read it again and decide anew.',
} as const;
export type RejectionCode = keyof typeof rejectionCodes;

export interface Rejection {
  rejected: RejectionCode;
  /** Which field of the command is at fault, as a path. */
  path: string;
  /** What is wrong here and what would be right. Never a personal value. */
  message: string;
}

export function reject(
  rejected: RejectionCode,
  path: string,
  message: string = rejectionCodes[rejected],
): Rejection {
  return { rejected, path, message };
}

export function isRejection(value: unknown): value is Rejection {
  return typeof value === 'object' && value !== null && 'rejected' in value;
}
