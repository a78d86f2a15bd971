// One line per mutation: its input, what it says, and the refusals that it can have beside those of every command.
import type { ClassType } from 'type-graphql';
import type { PublicCommandType } from '../src/command.ts';
import type { RejectionCode } from '../src/rejections.ts';
import * as account from './account-inputs.ts';
import * as contact from './contact-inputs.ts';
import * as placement from './placement-inputs.ts';
import * as signal from './signal-inputs.ts';
import * as turnover from './turnover-inputs.ts';

export interface MutationEntry {
  input: ClassType;
  /** A sentence for the documentation. */
  description: string;
  refusals: readonly RejectionCode[];
}

/** RegisterContact → registerContact. */
export function mutationName(type: PublicCommandType): string {
  return type.charAt(0).toLowerCase() + type.slice(1);
}

/** Refusals that every command can have. */
export const commonRefusals: readonly RejectionCode[] = [
  'LEARNED_IN_FUTURE',
  'VERSION_MISMATCH',
  'IDEMPOTENCY_KEY_REUSED',
  'PROPOSAL_UNSUITABLE',
  'CONTENTION',
];

const entry = (input: ClassType, description: string, ...refusals: RejectionCode[]): MutationEntry => ({
  input,
  description,
  refusals: [...refusals, ...commonRefusals],
});

/** Whatever names a contact, also a merged one. */
const ofPerson = ['CONTACT_UNKNOWN', 'CONTACT_ERASED'] as const;
const ofContact = [...ofPerson, 'CONTACT_MERGED'] as const;
const ofPlacement = [...ofContact, 'PLACEMENT_UNKNOWN'] as const;
const ofAccount = ['ACCOUNT_UNKNOWN', 'ACCOUNT_CLOSED', 'ACCOUNT_MERGED'] as const;
const ofTurnover = ['TURNOVER_UNKNOWN', 'TURNOVER_CLOSED'] as const;

export const mutationTable: { readonly [K in PublicCommandType]: MutationEntry } = {
  RegisterContact: entry(
    contact.RegisterContactInput,
    'Registers a contact. Registering it again with values that it has or had changes nothing.',
    'CONTACT_ERASED',
    'CONTACT_ALREADY_REGISTERED',
    'EXTERNAL_ID_TAKEN',
    'EMAIL_MALFORMED',
    'ADDRESS_SUPPRESSED',
  ),
  ChangeContactName: entry(contact.ChangeContactNameInput, 'Changes the name of a contact.', ...ofContact),
  AddContactEmail: entry(
    contact.AddContactEmailInput,
    'Adds an e-mail address to those of a contact.',
    ...ofContact,
    'EMAIL_MALFORMED',
    'ADDRESS_SUPPRESSED',
  ),
  ChangeContactEmail: entry(
    contact.ChangeContactEmailInput,
    'Changes or empties one e-mail address of a contact.',
    ...ofContact,
    'EMAIL_MALFORMED',
    'ADDRESS_SUPPRESSED',
    'FACT_UNKNOWN',
  ),
  ChangeContactPhone: entry(
    contact.ChangeContactPhoneInput,
    'Adds, changes or empties one phone number of a contact.',
    ...ofContact,
    'FACT_UNKNOWN',
  ),
  ChangeContactAddress: entry(
    contact.ChangeContactAddressInput,
    'Adds, changes or empties one postal address of a contact.',
    ...ofContact,
    'FACT_UNKNOWN',
  ),
  ChangeContactAttribute: entry(
    contact.ChangeContactAttributeInput,
    'Sets or empties a named value of a contact.',
    ...ofContact,
  ),
  RecordConsent: entry(
    contact.RecordConsentInput,
    'Records consent, refusal or suppression of a channel, an address or a purpose.',
    ...ofContact,
    'EMAIL_MALFORMED',
    'ADDRESS_SUPPRESSED',
  ),
  ChangeContactLocation: entry(
    contact.ChangeContactLocationInput,
    'Changes where a contact is.',
    ...ofContact,
  ),
  ChangeContactOwner: entry(
    contact.ChangeContactOwnerInput,
    'Changes which colleague owns a contact.',
    ...ofContact,
  ),
  StartPlacement: entry(
    placement.StartPlacementInput,
    'Places a contact at an account. A contact may be at several at once.',
    ...ofContact,
    'ACCOUNT_UNKNOWN',
    'PLACEMENT_ALREADY_STARTED',
  ),
  EndPlacement: entry(
    placement.EndPlacementInput,
    'Ends a placement: the contact left.',
    ...ofPlacement,
    'PLACEMENT_ALREADY_ENDED',
    'END_BEFORE_START',
  ),
  MovePlacement: entry(
    placement.MovePlacementInput,
    'Moves a contact: ends one placement and starts another on the same day, as one change.',
    ...ofPlacement,
    'ACCOUNT_UNKNOWN',
    'PLACEMENT_ALREADY_ENDED',
    'PLACEMENT_ALREADY_STARTED',
    'END_BEFORE_START',
  ),
  CorrectPlacement: entry(
    placement.CorrectPlacementInput,
    'Corrects what is believed of a placement, from its beginning on.',
    ...ofPlacement,
    'ACCOUNT_UNKNOWN',
    'END_BEFORE_START',
  ),
  WithdrawPlacement: entry(
    placement.WithdrawPlacementInput,
    'Withdraws a placement that never was.',
    ...ofPlacement,
  ),
  RemovePlacement: entry(
    placement.RemovePlacementInput,
    "Removes a contact from one account's views, for a reason.",
    ...ofPlacement,
    'REASON_REQUIRED',
    'PLACEMENT_REMOVED',
  ),
  RestorePlacement: entry(
    placement.RestorePlacementInput,
    'Takes the removal of a placement back.',
    ...ofPlacement,
  ),
  ChangeTitle: entry(placement.ChangeTitleInput, 'Changes the job title of a placement.', ...ofPlacement),
  ChangeFunction: entry(
    placement.ChangeFunctionInput,
    'Changes what a contact does in a placement.',
    ...ofPlacement,
  ),
  ChangeDepartment: entry(
    placement.ChangeDepartmentInput,
    'Changes the department of a placement.',
    ...ofPlacement,
  ),
  ChangeReportsTo: entry(
    placement.ChangeReportsToInput,
    'Changes whom a contact reports to in a placement.',
    ...ofPlacement,
  ),
  RecordAbsence: entry(
    placement.RecordAbsenceInput,
    'Records that a contact is away for a while, and who stands in: no departure.',
    ...ofPlacement,
  ),
  EndAbsence: entry(placement.EndAbsenceInput, 'Records that a contact is back.', ...ofPlacement),
  ChangePayingOrganisation: entry(
    placement.ChangePayingOrganisationInput,
    'Changes which organisation pays a contact in a placement.',
    ...ofPlacement,
    'ACCOUNT_UNKNOWN',
  ),
  ChangeContactType: entry(
    placement.ChangeContactTypeInput,
    'Changes the contact type and the importance of a placement.',
    ...ofPlacement,
  ),
  ChangeInteractionClass: entry(
    placement.ChangeInteractionClassInput,
    'Changes the primary-interaction class of a placement.',
    ...ofPlacement,
  ),
  AssignBuyingRole: entry(
    placement.AssignBuyingRoleInput,
    'Gives a buying role to a contact in a placement. Given once more as of an earlier day, it began on that; for a later one, undo first what gave it.',
    ...ofPlacement,
  ),
  RevokeBuyingRole: entry(
    placement.RevokeBuyingRoleInput,
    'Takes a buying role from a contact in a placement. Taken once more as of an earlier day, it ended on that; for a later one, undo first what took it.',
    ...ofPlacement,
    'END_BEFORE_START',
  ),
  RemoveContact: entry(
    contact.RemoveContactInput,
    'Removes a whole contact from views, for a reason.',
    ...ofContact,
    'REASON_REQUIRED',
  ),
  RestoreContact: entry(contact.RestoreContactInput, 'Takes the removal of a contact back.', ...ofContact),
  RecordDeath: entry(
    contact.RecordDeathInput,
    'Records that a contact died, which ends its placements.',
    ...ofContact,
  ),
  MergeContacts: entry(
    contact.MergeContactsInput,
    'Merges a contact into another, of which it is a duplicate. Answers with the merged one.',
    ...ofContact,
    'MERGE_INTO_ITSELF',
    'MERGE_CYCLE',
    'FACT_UNKNOWN',
  ),
  UnmergeContacts: entry(
    contact.UnmergeContactsInput,
    'Takes the merge of a contact back.',
    ...ofPerson,
    'CONTACT_NOT_MERGED',
  ),
  AcceptChange: entry(
    contact.AcceptChangeInput,
    'Accepts a proposed change of a contact.',
    ...ofContact,
    'PROPOSAL_UNKNOWN',
    'PROPOSAL_SETTLED',
  ),
  DeclineChange: entry(
    contact.DeclineChangeInput,
    'Declines a proposed change of a contact.',
    ...ofContact,
    'PROPOSAL_UNKNOWN',
    'PROPOSAL_SETTLED',
  ),
  RevertContactChanges: entry(
    contact.RevertContactChangesInput,
    'Reverts changes of a contact, a revert included.',
    ...ofPerson,
    'EVENT_UNKNOWN',
  ),
  UndoContactChange: entry(
    contact.UndoContactChangeInput,
    'Takes a whole change of a contact back, such as a removal, a move, a merge or an undo, for a reason. Undone already: nothing changes.',
    ...ofPerson,
    'EVENT_UNKNOWN',
    'REASON_REQUIRED',
    'UNDO_CONFLICT',
  ),
  RegisterAccount: entry(
    account.RegisterAccountInput,
    'Registers an account. Registering it again with values that it has or had changes nothing.',
    'ACCOUNT_ALREADY_REGISTERED',
    'EXTERNAL_ID_TAKEN',
    'ACCOUNT_UNKNOWN',
    'PARENT_CYCLE',
  ),
  ChangeAccountName: entry(account.ChangeAccountNameInput, 'Changes the name of an account.', ...ofAccount),
  ChangeAccountDomains: entry(
    account.ChangeAccountDomainsInput,
    'Replaces the internet domains of an account.',
    ...ofAccount,
  ),
  ChangeAccountAddress: entry(
    account.ChangeAccountAddressInput,
    'Changes the address and the location of an account.',
    ...ofAccount,
  ),
  ChangeAccountPhone: entry(
    account.ChangeAccountPhoneInput,
    'Changes the main phone number of an account.',
    ...ofAccount,
  ),
  ChangeAccountParent: entry(
    account.ChangeAccountParentInput,
    'Changes which account another one belongs to.',
    ...ofAccount,
    'PARENT_CYCLE',
  ),
  ClassifyAccount: entry(account.ClassifyAccountInput, 'Sorts an account into groups.', ...ofAccount),
  ChangeAccountValue: entry(
    account.ChangeAccountValueInput,
    'Changes what an account is worth per year.',
    ...ofAccount,
  ),
  ScheduleAccountRenewal: entry(
    account.ScheduleAccountRenewalInput,
    'Sets when the contract of an account is up for renewal.',
    ...ofAccount,
  ),
  ChangeAccountTeam: entry(
    account.ChangeAccountTeamInput,
    'Changes which colleague looks after an account in one part.',
    ...ofAccount,
  ),
  DecideRenewal: entry(
    account.DecideRenewalInput,
    'Records how a renewal of an account was decided.',
    ...ofAccount,
    'ROOT_CAUSE_UNKNOWN',
  ),
  CloseAccount: entry(account.CloseAccountInput, 'Closes an account.', 'ACCOUNT_UNKNOWN', 'ACCOUNT_MERGED'),
  MergeAccounts: entry(
    account.MergeAccountsInput,
    'Merges an account into another, of which it is a duplicate. Answers with the merged one.',
    'ACCOUNT_UNKNOWN',
    'ACCOUNT_MERGED',
    'MERGE_INTO_ITSELF',
    'MERGE_CYCLE',
    'FACT_UNKNOWN',
  ),
  UnmergeAccounts: entry(
    account.UnmergeAccountsInput,
    'Takes the merge of an account back.',
    'ACCOUNT_UNKNOWN',
    'ACCOUNT_NOT_MERGED',
  ),
  RevertAccountChanges: entry(
    account.RevertAccountChangesInput,
    'Reverts changes of an account, a closing or a revert included.',
    'ACCOUNT_UNKNOWN',
    'EVENT_UNKNOWN',
  ),
  UndoAccountChange: entry(
    account.UndoAccountChangeInput,
    'Takes a whole change of an account back, such as a closing or an undo, for a reason. Undone already: nothing changes.',
    'ACCOUNT_UNKNOWN',
    'EVENT_UNKNOWN',
    'REASON_REQUIRED',
    'UNDO_CONFLICT',
  ),
  RecordBounce: entry(
    signal.RecordBounceInput,
    'Records that a message to a contact bounced. `version` counts the signals of the contact.',
    ...ofPerson,
  ),
  RecordActivity: entry(
    signal.RecordActivityInput,
    'Records something that a contact did or was reached by. `version` counts the signals of the contact.',
    ...ofPerson,
  ),
  RecordVerification: entry(
    signal.RecordVerificationInput,
    'Records the answer of a check of what is believed of a contact. `version` counts the signals of the contact.',
    ...ofPerson,
  ),
  LearnDepartureDetails: entry(
    turnover.LearnDepartureDetailsInput,
    'Records what was found out about a departure: when it was known, and where the contact went.',
    'TURNOVER_UNKNOWN',
  ),
  AssessCoverage: entry(
    turnover.AssessCoverageInput,
    'Records who in the account can still be reached.',
    ...ofTurnover,
  ),
  NameInterimContact: entry(
    turnover.NameInterimContactInput,
    'Names who stands in until the role is filled.',
    ...ofTurnover,
    ...ofPerson,
    'REPLACEMENT_IS_LEAVER',
  ),
  LearnRoleOutcome: entry(turnover.LearnRoleOutcomeInput, 'Records what becomes of the role.', ...ofTurnover),
  IdentifyReplacement: entry(
    turnover.IdentifyReplacementInput,
    'Records who takes the role over.',
    ...ofTurnover,
    ...ofPerson,
    'REPLACEMENT_IS_LEAVER',
  ),
  DropReplacement: entry(
    turnover.DropReplacementInput,
    'Records that the replacement is none any more; what was done for the onboarding is open again.',
    ...ofTurnover,
  ),
  LearnIntentions: entry(
    turnover.LearnIntentionsInput,
    'Records what the new contact intends with the product.',
    ...ofTurnover,
  ),
  CaptureProductValue: entry(
    turnover.CaptureProductValueInput,
    'Records what the product is worth to the account.',
    'TURNOVER_UNKNOWN',
  ),
  RecordAdvocacy: entry(
    turnover.RecordAdvocacyInput,
    'Records how somebody in the account stands towards us; with the onboarding complete, an advocate saves it.',
    'TURNOVER_UNKNOWN',
    ...ofPerson,
    'REPLACEMENT_IS_LEAVER',
    'STANCE_NOT_BY_SCORE',
  ),
  CompleteStep: entry(
    turnover.CompleteStepInput,
    'Completes a step of the plan.',
    ...ofTurnover,
    'STEP_UNKNOWN',
    'STEP_ANSWERED',
    'STEP_WAITS',
  ),
  UndoStep: entry(
    turnover.UndoStepInput,
    'Undoes a completed step; what was saved by it is open again.',
    'TURNOVER_UNKNOWN',
    'STEP_UNKNOWN',
  ),
  MigratePlan: entry(
    turnover.MigratePlanInput,
    'Lets an open turnover follow another version of its plan.',
    ...ofTurnover,
    'PLAN_UNKNOWN',
  ),
  ForecastOutcome: entry(
    turnover.ForecastOutcomeInput,
    'Records what is expected to become of a turnover.',
    ...ofTurnover,
  ),
  ReassignTurnover: entry(
    turnover.ReassignTurnoverInput,
    'Gives an open turnover to another colleague.',
    ...ofTurnover,
  ),
  LoseTurnover: entry(
    turnover.LoseTurnoverInput,
    'Closes a turnover: the customer was lost.',
    ...ofTurnover,
    'ROOT_CAUSE_REQUIRED',
    'ROOT_CAUSE_UNKNOWN',
  ),
  DismissTurnover: entry(turnover.DismissTurnoverInput, 'Closes a turnover that is no risk.', ...ofTurnover),
  ReopenTurnover: entry(
    turnover.ReopenTurnoverInput,
    'Opens a turnover again that was lost or dismissed.',
    ...ofTurnover,
  ),
};
