// The one table of who may use what: for every coordinate of the schema the right that it takes, and who has that right.
import { allRoles, type Role } from '../src/auth/roles.ts';

/** Right → the roles that have it, and what it is. A coordinate without a right is nobody's. */
export const rights = {
  read: { roles: allRoles, what: 'Says nothing that would tell who a person is.' },
  personal: {
    roles: ['reader', 'csm', 'operations', 'auditor', 'integration', 'admin'],
    what: 'Shows, filters or sorts by what the ledger seals for a person: names, addresses, titles, free text, external ids.',
  },
  command: {
    roles: ['csm', 'operations', 'auditor', 'integration', 'admin'],
    what: 'Records a change of a contact or account, or something observed.',
  },
  review: {
    roles: ['csm', 'operations', 'admin'],
    what: 'Settles what a source only proposed: never the source itself.',
  },
  curate: {
    roles: ['operations', 'admin'],
    what: 'Merges, reverts and closes, which changes what everybody sees of several records.',
  },
  backdate: {
    roles: ['operations', 'auditor', 'admin'],
    what: 'Says that a change was learned at another moment than now.',
  },
  prove: {
    roles: ['auditor', 'admin'],
    what: 'Signs what the ledger holds, and takes the sealed events of a contact out with their proof.',
  },
  actForOthers: {
    roles: ['integration', 'admin'],
    what: 'Names the colleague on whose behalf a change is made.',
  },
  erase: {
    roles: ['admin'],
    what: 'Plans and carries out erasures and the end of retention, which cannot be undone, and sees their receipts.',
  },
  oversee: {
    roles: ['auditor', 'admin'],
    what: 'Sees all that is held of a person as one report, who looked at whom, and the whole log.',
  },
} as const satisfies Record<string, { roles: readonly Role[]; what: string }>;
export type Right = keyof typeof rights;

/**
 * A whole type, or its fields by right, divided by blanks; `field(argument:)` where an argument takes another right, and
 * `field(-argument:)` where leaving it out does, such as the order by name of a list that nothing else is asked of. `as` names
 * a type whose fields of the same names take the same rights.
 */
type Entry = Right | { readonly [R in Right]?: string } | { readonly as: string };

/**
 * What the arguments of these names take is what their field takes: pages, points in time, ids of the ledger, inputs whose
 * fields are classified themselves. Any other argument is named in the table, since it may ask for something hidden.
 */
export const ordinaryArguments = `
  accountId after asOf atPosition certainty commands date direction eventId filter first id includeClosed includeEnded includeRemoved
  input knownAt learnedBefore learnedFrom newestFirst orderBy post subjectId types upTo`;

/**
 * Type → right. Types with something personal name each of their fields, so that a new field is nobody's until somebody has
 * thought about it. What belongs to an organisation or is an opaque id or code is not personal; what a contact's events seal
 * is. An order by something personal is personal itself, as its values in the enum of orders: it tells who comes first.
 * `RegisterContactInput` and the like, which are not named here, take the right of their mutation.
 */
export const accessTable: Readonly<Record<string, Entry>> = {
  Query: {
    read: `
      account account(externalId:) accounts contact contacts node nodes nodes(ids:) post post(name:) postHolders posts
      accountMergePreview accountMergePreview(intoId:) mergePreview mergePreview(contactId:) mergePreview(intoId:)
      posts(name:) removalExplanation removalExplanation(contactId:) removalGateCandidates successions undoPreview
      executiveReport executiveReport(comparedTo:) executiveReport(definition:) executiveReport(weekEnding:) timeAtRisk timeAtRisk(before:) timeAtRisk(definition:) timeAtRisk(filter:) timeAtRisk(from:) timeAtRisk(groupBy:)
      turnover turnoverRules turnovers
      workList workList(limit:) workList(owner:) exposure
      turnoverCompletion turnoverCompletion(groupBy:)`,
    personal: `
      contact(externalId:) contacts(-orderBy:) explain explain(contactId:) explain(factId:) explain(field:)
      search search(kinds:) search(text:)`,
    erase: `erasurePlan erasurePlan(contactId:) erasureReceipt retentionPlan retentionPlan(limit:)`,
    oversee: `
      accessLog accessLog(actor:) accessLog(before:) accessLog(from:) accessLog(subjectId:)
      accessReport accessReport(contactId:) auditTrail`,
    prove: `checkpoint proof proof(contactId:) proof(since:) publicKey`,
  },
  Mutation: {
    command: `
      addContactEmail assignBuyingRole changeAccountAddress changeAccountDomains changeAccountName changeAccountParent
      changeAccountPhone changeAccountTeam changeAccountValue changeContactAddress changeContactAttribute
      changeContactEmail changeContactLocation changeContactName changeContactOwner changeContactPhone
      changeContactType changeDepartment changeFunction changeInteractionClass changePayingOrganisation
      changeReportsTo changeTitle classifyAccount correctPlacement decideRenewal endPlacement executeCommands movePlacement
      recordActivity recordBounce recordDeath recordVerification registerAccount registerContact removeContact
      removePlacement restoreContact restorePlacement revokeBuyingRole scheduleAccountRenewal startPlacement
      withdrawPlacement
      assessCoverage captureProductValue completeStep dismissTurnover dropReplacement forecastOutcome identifyReplacement learnDepartureDetails learnIntentions learnRoleOutcome loseTurnover migratePlan nameInterimContact reassignTurnover recordAdvocacy reopenTurnover undoStep
      recordAbsence endAbsence recordConsent`,
    review: `acceptChange declineChange`,
    curate: `closeAccount mergeAccounts mergeContacts revertAccountChanges revertContactChanges undoAccountChange
      undoContactChange undoRemovalGate undoRemovalGate(day:) undoRemovalGate(reasonCode:) unmergeAccounts unmergeContacts`,
    erase: `applyRetention applyRetention(limit:) eraseContact`,
  },
  Subscription: { read: 'changes turnoverStageChanged' },
  ChangesFilterInput: 'read',
  TurnoverStageFilterInput: 'read',

  // A contact and what belongs to it.
  Contact: {
    read: `
      addresses attributes changesBetween changesBetween(from:) changesBetween(to:) death emails history id mergedContacts mergedInto nameOrigin owner phones placements
      consents erasedAt mayBeContacted mayBeContacted(channel:) mayBeContacted(purpose:) proposals removal requestedId status
      turnovers`,
    personal: `attribute attribute(name:) email externalIds location mayBeContacted(address:) name`,
  },
  Attribute: { read: 'eventId id learnedAt since', personal: 'name value' },
  EmailAddress: { read: 'eventId id learnedAt since', personal: 'address' },
  PhoneNumber: { read: 'eventId id learnedAt line since', personal: 'kind number' },
  PostalAddress: { read: 'eventId id learnedAt since', personal: 'address kind' },
  Consent: { read: 'channel consent eventId id isOfAddress learnedAt purpose since', personal: 'address' },
  Proposal: { read: 'claimed doubt effectiveOn eventId id learnedAt state values' },
  ProposedValue: { read: 'field', personal: 'value' },
  Placement: {
    read: `
      account accountId buyingRoles certainty contact contactType ending endsBeforeStart endsOn heldOn id
      importance interactionClass isEnded manager movedFrom payingAccount post removal startsOn titleOrigin
      absence`,
    personal: `department function title`,
  },
  BuyingRole: { read: 'ending endsOn role startsOn' },
  Absence: 'read',
  Ending: {
    read: 'destination destinationAccountId effectiveOn eventId learnedAt reasonCode',
    personal: 'destinationName reasonText',
  },
  ContactFilterInput: { read: 'learnedBefore learnedFrom owner status', personal: 'country nameStartsWith' },
  ContactOrderInput: 'read',
  PlacementFilterInput: {
    read: 'buyingRole contactType importanceAtMost interactionClass postId',
    personal: 'nameStartsWith',
  },
  PlacementOrderInput: 'read',

  // An account and its posts: of an organisation, not of a person.
  Account: {
    read: `
      acv address arr changesBetween changesBetween(from:) changesBetween(to:) children closing contacts domains externalIds history id industry location name nameOrigin owner parent
      parentId phone posts posts(nameStartsWith:) productLines relationship renewalOn renewals segment size team tier touchModel
      turnovers requestedId mergedAccounts mergedInto`,
    personal: `contacts(-orderBy:)`,
  },
  AccountClosing: 'read',
  RenewalDecision: 'read',
  TeamMember: 'read',
  AccountFilterInput: 'read',
  AccountOrderInput: 'read',
  Post: 'read',
  PostHolder: 'read',
  PostHolderOrderInput: 'read',
  PostInput: 'read',
  Succession: 'read',
  SuccessionFilterInput: 'read',
  SuccessionOrderInput: 'read',
  DepartedHolder: 'read',
  SucceedingHolder: 'read',

  SearchHit: 'read',

  // Turnovers: what people note in words, and where somebody went, is personal.
  // Reports of turnover: customers are organisations, and colleagues their subjects.
  ExecutiveReport: 'read',
  ReportedCustomer: 'read',
  CustomerFigure: 'read',
  StageCount: 'read',
  OwnerFigure: 'read',
  WeightedPercent: 'read',
  AgeBounds: 'read',
  TimeAtRisk: 'read',
  RiskGroup: {
    read: `
      detectionLag lagToPlan lagToRecovery lagToReplacement lost open saved sinceDeparture sinceLearned turnoverIds
      turnoverIds(standing:) undated values`,
  },
  RiskEstimates: 'read',
  RiskEstimateBounds: 'read',
  EstimatedDays: 'read',
  DayPercentiles: 'read',
  SurvivalStep: 'read',
  IncidenceStep: 'read',
  DetectionLag: 'read',
  Lag: 'read',
  GroupDifference: 'read',
  RiskDimension: 'read',
  RiskStanding: 'read',
  Turnover: {
    read: `
      account advocacy ageDays arrAtOpening arrNow contact coverage definition departure forecast handoverBrief id intention
      interim isOpen isSuspected keyRoles lead nextSteps openedAt outcome owner percent placementId plan productValues
      progress renewalOnAtOpening replacement roleOutcome segment stage stages steps timeline unknowns`,
  },
  TurnoverDeparture: {
    read: `cause causeEventId destination destinationAccount lagMaxDays lagMinDays learnedAt leftOn notice`,
    personal: 'destinationName',
  },
  TurnoverCoverage: { read: 'band basis contacts isAssessed percent', personal: 'note' },
  InterimContact: 'read',
  TurnoverReplacement: { read: 'contact kind learnedAt placementId startsOn', personal: 'competitor' },
  LearnedRoleOutcome: { read: 'learnedAt outcome', personal: 'note' },
  LearnedIntention: { read: 'intention learnedAt', personal: 'note' },
  ProductValue: { read: 'learnedAt rating', personal: 'value' },
  RecordedAdvocacy: { read: 'basis contactId learnedAt npsScore stance', personal: 'note' },
  TurnoverStep: {
    read: `
      answeredBy completedAt completedBy dueOn isAssumed isDone isOverdue key ownerRole stage title waitsFor weight`,
    personal: 'note',
  },
  OutcomeForecast: { read: 'amount forecast learnedAt', personal: 'note' },
  TurnoverOutcome: {
    read: 'competitor definition dismissal endedOn isCompeting learnedAt rootCause stage',
    personal: 'note',
  },
  TurnoverLead: 'read',
  ReachedStage: 'read',
  TurnoverStageChange: 'read',
  TurnoverRules: 'read',
  KeyRoleDefinition: 'read',
  KeyRoles: 'read',
  SegmentKeyRoles: 'read',
  RecoveryPlan: 'read',
  PlannedStep: 'read',
  SavedDefinition: 'read',
  ListedRootCause: 'read',
  CountedDefinition: 'read',
  FigureDifference: 'read',
  ComparedCount: 'read',
  DefinitionInput: 'read',
  ComparedFigure: 'read',
  StageProgress: 'read',
  Versioned: 'read',
  TurnoverFilterInput: 'read',
  RiskFilterInput: 'read',
  TurnoverCompletion: 'read',
  CompletionByRevenue: 'read',
  WorkItem: 'read',
  ExposedAccount: 'read',
  ExposureFilterInput: 'read',
  HeldRole: 'read',

  // Histories. `label` is the name of an attribute or the kind of a phone, which are sealed.
  HistoryEntry: {
    read: `
      account actor causationId changes claimed commandId contact correlationId effectiveOn eventId evidence id isErased
      isReverted isVoid learnedAt placementId policy position reasonCode recordedAt source subjectId type`,
    personal: `reasonText sourceActor sourceRecord`,
  },
  HistoryChange: { read: 'factId field', personal: 'label now was' },
  HistoryEvidence: { read: 'digest eventId kind', personal: 'text' },
  HistoryActor: 'read',
  ValueDifference: { read: 'entries factId field kind learnedAt', personal: 'label now was' },
  PlacementDifference: { read: 'cameFrom contact kind learnedAt placement values wentTo' },
  AccountDifference: { read: 'values', personal: 'contacts' },
  PointInput: 'read',
  ReportPointInput: 'read',
  HistoryFilterInput: {
    read: `
      actors effectiveBefore effectiveCertainty effectiveFrom fields learnedBefore learnedFrom reasonCodes recordedBefore
      recordedFrom sources types`,
    personal: 'value',
  },
  HistoryPolicy: 'read',
  UndoPreview: 'read',
  // What is the same on both sides says what the other one has.
  MergePreview: { read: 'facts loser survivor values', personal: 'carried choices' },
  MergedValue: { read: 'field loser survivor', personal: 'takesLosers why' },
  AccountMergePreview: 'read',
  MergedAccountValue: 'read',
  MergedAccountFact: 'read',
  AccountMergeChoice: 'read',
  AccountMergedFactKind: 'read',
  MergedFact: { read: 'factId kind value', personal: 'isCarried label why' },
  SourcedValue: { read: 'confirmedAt sources', personal: 'value' },
  MergeReason: 'read',
  MergedFactKind: 'read',
  RemovalCandidate: 'read',
  UndoneRemovals: 'read',
  RefusedUndo: 'read',
  RemovalCause: 'read',
  RemovalExplanation: {
    read: `
      accountId causes contactId effects entry hiddenPlacementIds kind lastState placementId stands undoneBy`,
    personal: 'text',
  },
  RemovalKind: 'read',
  SaidValue: { read: 'entry', personal: 'value' },
  DisagreeingClaim: { read: 'entry state', personal: 'value' },
  ClaimState: 'read',
  ValueExplanation: {
    read: 'agreed disagreed factId field replaced saidBy since',
    personal: 'label text value',
  },
  AuditTrail: 'read',
  AuditFilterInput: 'oversee',

  // Proofs.
  Checkpoint: 'prove',
  ContactProof: 'prove',
  ProvenStream: 'prove',

  // Commands.
  ChangeInput: {
    command: `
      causationId correlationId effectiveOn evidence expectedVersion idempotencyKey proposeBecause reasonCode reasonText`,
    backdate: `learnedAt`,
    actForOthers: `onBehalfOf`,
  },
  CommandInput: { as: 'Mutation' },
  EvidenceInput: 'command',
  AttributeInput: 'command',
  LocationInput: 'command',
  MoneyInput: 'command',
  VersionedInput: 'command',
  Rejection: 'read',
  RejectionCode: 'read',
  '*Payload': 'read',

  // Who looked, and all that is held of a person.
  AccessReport: {
    oversee: 'contactIds document document(format:) exports generatedAt position values',
  },
  ReportedValue: 'oversee',
  Look: 'oversee',
  ReadKind: 'read',
  ReportFormat: 'read',

  // Erasures.
  ErasurePlan: 'erase',
  ErasureReceipt: 'read',
  ErasureReplica: 'read',
  ExportRecord: 'read',
  KeptRecord: 'read',
  RetentionCandidates: 'erase',
  RetentionClass: 'read',
  RetentionPlan: 'erase',
  UnreadableField: 'read',
  LegalBasis: 'read',
  ErasureRequester: 'read',

  // Values and lists: whoever may use the field that leads here.
  '*Connection': 'read',
  '*Edge': 'read',
  Count: 'read',
  DayRange: 'read',
  ExternalId: 'read',
  ExternalIdInput: 'read',
  Location: 'read',
  Money: 'read',
  Node: 'read',
  PageInfo: 'read',
  ValueOrigin: 'read',

  // Values to choose from. Where a list can be ordered by something personal, that value of the ordering is personal.
  AccountOrderField: 'read',
  ActivityDirection: 'read',
  ActivityKind: 'read',
  ActorKind: 'read',
  BounceKind: 'read',
  Certainty: 'read',
  Closing: 'read',
  ContactOrderField: { read: 'LEARNED_AT', personal: 'NAME' },
  ContactStatus: 'read',
  Datapoint: 'read',
  Destination: 'read',
  DifferenceKind: 'read',
  MembershipChange: 'read',
  MergeChoice: 'read',
  ConsentChannel: 'read',
  ConsentState: 'read',
  ContactPermission: 'read',
  OrderDirection: 'read',
  PhoneLine: 'read',
  // Those of one importance are in the order of their names.
  PlacementOrderField: { read: 'STARTS_ON', personal: 'IMPORTANCE NAME' },
  PostHolderOrderField: 'read',
  ProposalState: 'read',
  Relationship: 'read',
  RenewalOutcome: 'read',
  SearchField: 'read',
  SearchKind: 'read',
  SearchPrecision: 'read',
  SuccessionOrderField: 'read',
  VerificationResult: 'read',
  AdvocacyBasis: 'read',
  ArrBand: 'read',
  CoverageBand: 'read',
  CoverageBasis: 'read',
  DepartureCause: 'read',
  DepartureNotice: 'read',
  Forecast: 'read',
  Intention: 'read',
  ReplacementKind: 'read',
  RoleOutcome: 'read',
  Stance: 'read',
  TurnoverDismissal: 'read',
  TurnoverOrder: 'read',
  TurnoverStage: 'read',
  WorkKind: 'read',
  CompletionGroup: 'read',
};
