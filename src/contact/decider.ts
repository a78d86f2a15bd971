// What is allowed on a contact: from the belief at the moment of learning and a command to events, or a refusal.
import { type Deciding, refuseTakenId } from '../deciding.ts';
import { isRejection, type Rejection, reject } from '../rejections.ts';
import { parseEdtf } from '../time/edtf.ts';
import { decideUndo } from '../undo-decision.ts';
import type { ContactBelief, PlacementFact } from './belief.ts';
import type { ContactCommand, ContactCommandOf, ContactCommandType } from './commands.ts';
import { isRefusal } from './consent.ts';
import type { DecidedContactEvent } from './events.ts';
import { revocable } from './evolve.ts';
import { restatesRegistration, restatesStart } from './restating.ts';
import {
  addEmail,
  changeAddress,
  changeAttribute,
  changeEmail,
  changePhone,
  isPlausibleEmail,
  recordConsent,
} from './value-decisions.ts';

export type ContactDecision = DecidedContactEvent[] | Rejection;
type Step<K extends ContactCommandType> = (
  belief: ContactBelief,
  command: ContactCommandOf<K>,
  deciding: Deciding,
) => ContactDecision;

/** Commands that a merged contact still takes. */
const allowedWhenMerged: ReadonlySet<ContactCommandType> = new Set(['UnmergeContacts', 'MergeContacts']);

export function decideContact(
  belief: ContactBelief | null,
  command: ContactCommand,
  deciding: Deciding,
): ContactDecision {
  if (command.type === 'RegisterContact') return register(belief, command, deciding);
  // Also a reverted registration can be brought back: by reverting what reverted it.
  if (command.type === 'RevertContactChanges') return revertChanges(belief, command, deciding);
  if (command.type === 'UndoContactChange')
    return belief || deciding.version > 0
      ? decideUndo(command, deciding)
      : reject('CONTACT_UNKNOWN', 'contactId');
  if (!belief) return reject('CONTACT_UNKNOWN', 'contactId');
  if (belief.mergedInto && !allowedWhenMerged.has(command.type))
    return reject(
      'CONTACT_MERGED',
      'contactId',
      `The contact was merged into ${belief.mergedInto.contactId}; address that one, or unmerge first.`,
    );
  return (decisions[command.type] as Step<ContactCommandType>)(belief, command, deciding);
}

function register(
  belief: ContactBelief | null,
  command: ContactCommandOf<'RegisterContact'>,
  deciding: Deciding,
): ContactDecision {
  if (command.email !== undefined && !isPlausibleEmail(command.email, deciding))
    return reject('EMAIL_MALFORMED', 'email');
  const { name, email, phone, attributes, location, owner, externalId } = command;
  const data = {
    ...(email !== undefined && { emailId: deciding.slotId('email') }),
    ...(phone !== undefined && { phoneId: deciding.slotId('phone') }),
    ...(attributes?.length && {
      attributeIds: attributes.map((attribute) => deciding.slotId('attribute', attribute.name)),
    }),
    ...(owner !== undefined && { owner }),
  };
  const personal = {
    name,
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
    ...(attributes?.length && {
      attributes: attributes.map((attribute): [string, string] => [attribute.name, attribute.value]),
    }),
    ...(location !== undefined && { location }),
    ...(externalId !== undefined && { externalId }),
  };
  if (belief && !restatesRegistration(belief, data, personal))
    return reject('CONTACT_ALREADY_REGISTERED', 'contactId');
  const taken = refuseTakenId(belief, externalId, deciding);
  if (taken) return taken;
  return [{ type: 'ContactRegistered', data, personal }];
}

function findPlacement(belief: ContactBelief, id: string): PlacementFact | Rejection {
  const placement = belief.placements.find((candidate) => candidate.id === id);
  return placement && !placement.withdrawn ? placement : reject('PLACEMENT_UNKNOWN', 'placementId');
}

/** An event on one placement that must exist and not be withdrawn. */
function onPlacement<C extends { placementId: string }>(
  make: (command: C, placement: PlacementFact, deciding: Deciding) => DecidedContactEvent | Rejection,
) {
  return (belief: ContactBelief, command: C, deciding: Deciding): ContactDecision => {
    const placement = findPlacement(belief, command.placementId);
    if (isRejection(placement)) return placement;
    const made = make(command, placement, deciding);
    return isRejection(made) ? made : [made];
  };
}

function endsBeforeStart(startsOn: string | null, endsOn: string | null | undefined): boolean {
  if (!startsOn || !endsOn) return false;
  const start = parseEdtf(startsOn);
  const end = parseEdtf(endsOn);
  return start !== undefined && end !== undefined && end.latest < start.earliest;
}

type PlacementDetails = Omit<ContactCommandOf<'StartPlacement'>, 'type' | 'contactId' | 'placementId'>;
type PlacementStart = Extract<DecidedContactEvent, { type: 'PlacementStarted' }>;

function placementStarted(
  placementId: string,
  details: PlacementDetails,
  deciding: Deciding,
  movedFrom?: string,
): PlacementStart {
  const {
    accountId,
    post,
    title,
    function: job,
    department,
    contactType,
    importance,
    interactionClass,
    buyingRoles,
  } = details;
  return {
    type: 'PlacementStarted',
    data: {
      placementId,
      accountId,
      ...(post !== undefined && { postId: deciding.postId(accountId, post) }),
      ...(movedFrom !== undefined && { movedFrom }),
      ...(contactType !== undefined && { contactType }),
      ...(importance !== undefined && { importance }),
      ...(interactionClass !== undefined && { interactionClass }),
      ...(buyingRoles?.length && { buyingRoles }),
    },
    personal: {
      ...(post !== undefined && { postName: post }),
      ...(title !== undefined && { title }),
      ...(job !== undefined && { function: job }),
      ...(department !== undefined && { department }),
    },
  };
}

function startPlacement(
  belief: ContactBelief,
  command: ContactCommandOf<'StartPlacement'>,
  deciding: Deciding,
): ContactDecision {
  if (!deciding.accountKnown(command.accountId)) return reject('ACCOUNT_UNKNOWN', 'accountId');
  const started = placementStarted(command.placementId, command, deciding);
  return startsAnew(belief, started, deciding)
    ? [started]
    : reject('PLACEMENT_ALREADY_STARTED', 'placementId');
}

/** Whether a placement of this id is not there yet, was withdrawn, or is the very same. */
function startsAnew(belief: ContactBelief, { data, personal }: PlacementStart, deciding: Deciding): boolean {
  const known = belief.placements.find((placement) => placement.id === data.placementId);
  return !known || known.withdrawn || restatesStart(known, deciding.effectiveOn, data, personal);
}

type Departure = Pick<
  ContactCommandOf<'EndPlacement'>,
  'destination' | 'destinationAccountId' | 'destinationName'
>;

function departureOf({ destination, destinationAccountId, destinationName }: Departure) {
  return {
    data: {
      ...(destination !== undefined && { destination }),
      ...(destinationAccountId !== undefined && { destinationAccountId }),
    },
    personal: destinationName === undefined ? {} : { destinationName },
  };
}

function endPlacement(
  command: ContactCommandOf<'EndPlacement'>,
  placement: PlacementFact,
  deciding: Deciding,
): DecidedContactEvent | Rejection {
  if (deciding.by === 'person') {
    if (placement.ended && placement.ended.effectiveOn !== deciding.effectiveOn)
      return reject('PLACEMENT_ALREADY_ENDED', 'placementId');
    if (endsBeforeStart(placement.startsOn, deciding.effectiveOn))
      return reject('END_BEFORE_START', 'effectiveOn');
  }
  const { data, personal } = departureOf(command);
  return { type: 'PlacementEnded', data: { placementId: placement.id, ...data }, personal };
}

function movePlacement(
  belief: ContactBelief,
  command: ContactCommandOf<'MovePlacement'>,
  deciding: Deciding,
): ContactDecision {
  const from = findPlacement(belief, command.placementId);
  if (isRejection(from)) return from;
  if (!deciding.accountKnown(command.accountId)) return reject('ACCOUNT_UNKNOWN', 'accountId');
  const started = placementStarted(command.newPlacementId, command, deciding, from.id);
  if (command.newPlacementId === from.id || !startsAnew(belief, started, deciding))
    return reject('PLACEMENT_ALREADY_STARTED', 'newPlacementId');
  const destination = command.accountId === from.accountId ? 'same_company' : 'another_company';
  const ended = endPlacement(
    {
      type: 'EndPlacement',
      contactId: command.contactId,
      placementId: from.id,
      destination,
      destinationAccountId: command.accountId,
    },
    from,
    deciding,
  );
  return isRejection(ended) ? ended : [ended, started];
}

function correctPlacement(
  command: ContactCommandOf<'CorrectPlacement'>,
  placement: PlacementFact,
  deciding: Deciding,
): DecidedContactEvent | Rejection {
  const { accountId, startsOn, endsOn, title, endReason } = command;
  // A post belongs to its account: who is put into another one holds the post of the same name there. What a feed tells must not
  // depend on what was heard before, so it names the post itself.
  const moves = deciding.by === 'person' && accountId !== undefined && accountId !== placement.accountId;
  const post = command.post === undefined && moves ? (placement.postName ?? undefined) : command.post;
  if (accountId !== undefined && !deciding.accountKnown(accountId))
    return reject('ACCOUNT_UNKNOWN', 'accountId');
  const start = startsOn === undefined ? placement.startsOn : startsOn;
  const end = endsOn === undefined ? placement.ended?.effectiveOn : endsOn;
  if (deciding.by === 'person' && endsBeforeStart(start, end))
    return reject('END_BEFORE_START', startsOn === undefined ? 'endsOn' : 'startsOn');
  const corrects: ('title' | 'reason')[] = [
    ...(title !== undefined ? (['title'] as const) : []),
    ...(endReason !== undefined ? (['reason'] as const) : []),
  ];
  return {
    type: 'PlacementCorrected',
    data: {
      placementId: placement.id,
      ...(accountId !== undefined && { accountId }),
      ...(post !== undefined && {
        postId: post === null ? null : deciding.postId(accountId ?? placement.accountId, post),
      }),
      ...(startsOn !== undefined && { startsOn }),
      ...(endsOn !== undefined && { endsOn }),
      ...(corrects.length > 0 && { corrects }),
    },
    personal: {
      ...(post !== undefined && { postName: post }),
      ...(title !== undefined && { title }),
      ...(endReason !== undefined && { endReason }),
    },
  };
}

function mergeContacts(
  belief: ContactBelief,
  command: ContactCommandOf<'MergeContacts'>,
  deciding: Deciding,
): ContactDecision {
  if (command.intoId === belief.id) return reject('MERGE_INTO_ITSELF', 'intoId');
  if (belief.mergedInto && belief.mergedInto.contactId !== command.intoId)
    return reject(
      'CONTACT_MERGED',
      'contactId',
      `The contact was merged into ${belief.mergedInto.contactId} already; unmerge it first.`,
    );
  if (!deciding.contactKnown(command.intoId)) return reject('CONTACT_UNKNOWN', 'intoId');
  if (deciding.chain(command.intoId).includes(belief.id)) return reject('MERGE_CYCLE', 'intoId');
  const { emails, phones, addresses, attributes, consents, placements } = belief;
  const facts = [emails, phones, addresses, attributes, consents, placements].flat();
  // An imported merge moves nothing: the survivor's own facts stay the truth. But who must not be contacted stays so.
  const asked = command.carried ?? (deciding.by === 'feed' ? [] : facts.map((fact) => fact.id));
  const refused = consents.filter((one) => isRefusal(one) && !asked.includes(one.id));
  const carried = [...asked, ...refused.map((one) => one.id)];
  const unknown = carried.find((id) => !facts.some((fact) => fact.id === id));
  if (unknown !== undefined) return reject('FACT_UNKNOWN', 'carried');
  return [
    {
      type: 'ContactMerged',
      data: { intoId: command.intoId, carried, choices: command.choices ?? [] },
      personal: {},
    },
  ];
}

function revertChanges(
  belief: ContactBelief | null,
  { eventIds }: ContactCommandOf<'RevertContactChanges'>,
  deciding: Deciding,
): ContactDecision {
  if (eventIds.every((id) => deciding.eventKnown(id)))
    return [{ type: 'ChangesReverted', data: { eventIds }, personal: {} }];
  return belief ? reject('EVENT_UNKNOWN', 'eventIds') : reject('CONTACT_UNKNOWN', 'contactId');
}

function settleProposal(type: 'ChangeAccepted' | 'ChangeDeclined') {
  return (belief: ContactBelief, command: { proposalId: string }): ContactDecision => {
    const proposal = belief.proposals.find((candidate) => candidate.id === command.proposalId);
    if (!proposal) return reject('PROPOSAL_UNKNOWN', 'proposalId');
    const settled = type === 'ChangeAccepted' ? 'accepted' : 'declined';
    if (proposal.state === settled) return [];
    if (proposal.state !== 'open') return reject('PROPOSAL_SETTLED', 'proposalId');
    return [{ type, data: { proposalId: proposal.id }, personal: {} }];
  };
}

const decisions: {
  [K in Exclude<
    ContactCommandType,
    'RegisterContact' | 'RevertContactChanges' | 'UndoContactChange'
  >]: Step<K>;
} = {
  ChangeContactName: (_, { name }) => [{ type: 'ContactNameChanged', data: {}, personal: { name } }],
  AddContactEmail: addEmail,
  ChangeContactEmail: changeEmail,
  ChangeContactPhone: changePhone,
  ChangeContactAddress: changeAddress,
  ChangeContactAttribute: changeAttribute,
  RecordConsent: recordConsent,
  ChangeContactLocation: (_, { location }) => [
    { type: 'ContactLocationChanged', data: {}, personal: { location } },
  ],
  ChangeContactOwner: (_, { owner }) => [{ type: 'ContactOwnerChanged', data: { owner }, personal: {} }],
  StartPlacement: startPlacement,
  EndPlacement: onPlacement(endPlacement),
  MovePlacement: movePlacement,
  CorrectPlacement: onPlacement(correctPlacement),
  WithdrawPlacement: (belief, { placementId }) =>
    belief.placements.some((placement) => placement.id === placementId)
      ? [{ type: 'PlacementWithdrawn', data: { placementId }, personal: {} }]
      : reject('PLACEMENT_UNKNOWN', 'placementId'),
  RemovePlacement: onPlacement(({ placementId }, placement, deciding) => {
    if (!deciding.reasonCode) return reject('REASON_REQUIRED', 'reasonCode');
    if (deciding.by === 'person' && placement.removed && placement.removed.reasonCode !== deciding.reasonCode)
      return reject('PLACEMENT_REMOVED', 'placementId');
    return { type: 'PlacementRemoved', data: { placementId, lastState: deciding.version }, personal: {} };
  }),
  RestorePlacement: onPlacement(({ placementId }) => ({
    type: 'PlacementRestored',
    data: { placementId },
    personal: {},
  })),
  ChangeTitle: onPlacement(({ placementId, title }) => ({
    type: 'TitleChanged',
    data: { placementId },
    personal: { title },
  })),
  ChangeFunction: onPlacement(({ placementId, function: job }) => ({
    type: 'FunctionChanged',
    data: { placementId },
    personal: { function: job },
  })),
  ChangeDepartment: onPlacement(({ placementId, department }) => ({
    type: 'DepartmentChanged',
    data: { placementId },
    personal: { department },
  })),
  ChangeReportsTo: onPlacement(({ placementId, managerId }, _, deciding) =>
    managerId !== null && !deciding.contactKnown(managerId)
      ? reject('CONTACT_UNKNOWN', 'managerId')
      : { type: 'ReportsToChanged', data: { placementId, managerId }, personal: {} },
  ),
  RecordAbsence: onPlacement(({ placementId, untilOn = null, delegateId = null }, _, deciding) =>
    delegateId !== null && !deciding.contactKnown(delegateId)
      ? reject('CONTACT_UNKNOWN', 'delegateId')
      : { type: 'AbsenceRecorded', data: { placementId, untilOn, delegateId }, personal: {} },
  ),
  EndAbsence: onPlacement(({ placementId }) => ({
    type: 'AbsenceEnded',
    data: { placementId },
    personal: {},
  })),
  ChangePayingOrganisation: onPlacement(({ placementId, payingAccountId }, _, deciding) =>
    payingAccountId !== null && !deciding.accountKnown(payingAccountId)
      ? reject('ACCOUNT_UNKNOWN', 'payingAccountId')
      : { type: 'PayingOrganisationChanged', data: { placementId, payingAccountId }, personal: {} },
  ),
  ChangeContactType: onPlacement(({ placementId, contactType, importance }) => ({
    type: 'ContactTypeChanged',
    data: { placementId, contactType, importance },
    personal: {},
  })),
  ChangeInteractionClass: onPlacement(({ placementId, interactionClass }) => ({
    type: 'InteractionClassChanged',
    data: { placementId, interactionClass },
    personal: {},
  })),
  AssignBuyingRole: onPlacement(({ placementId, buyingRole }) => ({
    type: 'BuyingRoleAssigned',
    data: { placementId, buyingRole },
    personal: {},
  })),
  RevokeBuyingRole: onPlacement(({ placementId, buyingRole }, { buyingRoles }, deciding) => {
    const startsOn = revocable(buyingRoles, buyingRole)?.startsOn ?? null;
    return deciding.by === 'person' && endsBeforeStart(startsOn, deciding.effectiveOn)
      ? reject('END_BEFORE_START', 'effectiveOn')
      : { type: 'BuyingRoleRevoked', data: { placementId, buyingRole }, personal: {} };
  }),
  RemoveContact: (_, command, deciding) => {
    if (!deciding.reasonCode) return reject('REASON_REQUIRED', 'reasonCode');
    const { data, personal } = departureOf(command);
    return [{ type: 'ContactRemoved', data: { lastState: deciding.version, ...data }, personal }];
  },
  RestoreContact: () => [{ type: 'ContactRestored', data: {}, personal: {} }],
  RecordDeath: () => [{ type: 'ContactDied', data: {}, personal: {} }],
  MergeContacts: mergeContacts,
  UnmergeContacts: (belief) =>
    belief.mergedInto
      ? [{ type: 'ContactUnmerged', data: { fromId: belief.mergedInto.contactId }, personal: {} }]
      : reject('CONTACT_NOT_MERGED', 'contactId'),
  AcceptChange: settleProposal('ChangeAccepted'),
  DeclineChange: settleProposal('ChangeDeclined'),
};
