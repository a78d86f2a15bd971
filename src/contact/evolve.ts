// How each event changes what is believed about a contact: a total table, pure, the same object where nothing changes.
import { claimInside, claimPersonal, VOID } from '../belief.ts';
import { parseEdtf } from '../time/edtf.ts';
import { assertValue, initially, saidBy, type Timeline } from '../timeline.ts';
import type {
  AddressFact,
  AttributeFact,
  BuyingRoleFact,
  ConsentFact,
  ContactBelief,
  EmailFact,
  Ending,
  PhoneFact,
  PlacementFact,
  Proposal,
} from './belief.ts';
import type { ContactClaimType, ContactEvent, ContactEventOf, ContactEventType } from './events.ts';
import { restatesRegistration, restatesStart } from './restating.ts';

type Step<K extends ContactEventType> = (
  belief: ContactBelief,
  event: ContactEventOf<K>,
) => ContactBelief | typeof VOID;

/** A merged contact takes nothing more but the end of its merge; what was learned after it is void, as it is refused. */
const takenWhenMerged: ReadonlySet<ContactEventType> = new Set([
  'ContactMerged',
  'ContactUnmerged',
  'ChangesReverted',
  'ContactErased',
]);

export function evolve(belief: ContactBelief | null, event: ContactEvent): ContactBelief | typeof VOID {
  if (event.type === 'ContactRegistered') {
    if (!belief) return register(event);
    return restatesRegistration(belief, event.data, event.personal) ? belief : VOID;
  }
  // The contract has checked that what a confirmation carries is a claim of the type it names.
  if (event.type === 'ClaimConfirmed') return evolve(belief, claimInside(event) as ContactEvent);
  if (!belief) return VOID;
  if (belief.mergedInto && !takenWhenMerged.has(event.type)) return VOID;
  // The one dispatch point: the table is typed by the union, a lookup cannot be.
  return (steps[event.type] as Step<ContactEventType>)(belief, event as ContactEventOf<ContactEventType>);
}

function register(event: ContactEventOf<'ContactRegistered'>): ContactBelief {
  const { data, personal } = event;
  const said = saidBy(event);
  return {
    id: event.stream.slice('contact-'.length),
    name: initially(personal?.name ?? null, said),
    location: personal?.location ? initially(personal.location, said) : [],
    owner: data.owner ? initially(data.owner, said) : [],
    externalIds: personal?.externalId ? [personal.externalId] : [],
    emails: data.emailId ? [{ id: data.emailId, address: initially(personal?.email ?? null, said) }] : [],
    phones: data.phoneId
      ? [{ id: data.phoneId, kind: null, line: 'voice', number: initially(personal?.phone ?? null, said) }]
      : [],
    addresses: [],
    attributes: (data.attributeIds ?? []).map((id, index) => ({
      id,
      name: personal?.attributes?.[index]?.[0] ?? null,
      value: initially(personal?.attributes?.[index]?.[1] ?? null, said),
    })),
    consents: [],
    placements: [],
    removed: null,
    died: null,
    mergedInto: null,
    proposals: [],
  };
}

type Departure = { destination?: string; destinationAccountId?: string };

function ending(event: ContactEvent, departure: Departure = {}, destinationName?: string): Ending {
  return {
    eventId: event.id,
    learnedAtMs: event.learnedAtMs,
    ...(event.effectiveOn !== undefined && { effectiveOn: event.effectiveOn }),
    ...(event.reasonCode !== undefined && { reasonCode: event.reasonCode }),
    ...(event.personal?.reasonText !== undefined && { reasonText: event.personal.reasonText }),
    ...(departure.destination !== undefined && { destination: departure.destination }),
    ...(departure.destinationAccountId !== undefined && {
      destinationAccountId: departure.destinationAccountId,
    }),
    ...(destinationName !== undefined && { destinationName }),
  };
}

/**
 * What is believed of an ending once it is said (again): the same object where nothing is new. Other words for the same ending
 * leave it with the event that said so first, because after an erasure nobody can tell whether the words differed.
 */
function endedAs(known: Ending | null, said: Ending): Ending {
  const isSame =
    known !== null &&
    known.effectiveOn === said.effectiveOn &&
    known.reasonCode === said.reasonCode &&
    known.destination === said.destination &&
    known.destinationAccountId === said.destinationAccountId;
  if (!isSame) return said;
  if (known.reasonText === said.reasonText && known.destinationName === said.destinationName) return known;
  return { ...said, eventId: known.eventId, learnedAtMs: known.learnedAtMs };
}

type FactKey = 'emails' | 'phones' | 'addresses' | 'attributes' | 'consents' | 'placements';
type FactOf<K extends FactKey> = ContactBelief[K][number];

/** Replaces the fact with this id; void where there is none, the same belief where the change returns the same fact. */
function change<K extends FactKey>(
  belief: ContactBelief,
  key: K,
  id: string,
  by: (fact: FactOf<K>) => FactOf<K> | typeof VOID,
): ContactBelief | typeof VOID {
  const facts = belief[key] as readonly FactOf<K>[];
  const index = facts.findIndex((fact) => fact.id === id);
  if (index < 0) return VOID;
  const before = facts[index]!;
  const after = by(before);
  if (after === VOID) return VOID;
  return after === before ? belief : { ...belief, [key]: facts.with(index, after) };
}

function changePlacement(
  belief: ContactBelief,
  id: string,
  by: (placement: PlacementFact) => PlacementFact,
): ContactBelief | typeof VOID {
  return change(belief, 'placements', id, (placement) => (placement.withdrawn ? VOID : by(placement)));
}

/** Sets one timeline of a fact, keeping the fact where nothing is new. */
function setValue<F, K extends keyof F>(fact: F, key: K, timeline: F[K]): F {
  return fact[key] === timeline ? fact : { ...fact, [key]: timeline };
}

type PlacementTimeline =
  | 'title'
  | 'function'
  | 'department'
  | 'managerId'
  | 'payingAccountId'
  | 'contactType'
  | 'importance'
  | 'interactionClass';

function setOnPlacement<K extends PlacementTimeline, V>(
  belief: ContactBelief,
  event: ContactEvent & { data: { placementId: string } },
  key: K,
  value: V,
): ContactBelief | typeof VOID {
  return changePlacement(belief, event.data.placementId, (placement) =>
    setValue(placement, key, assertValue<unknown>(placement[key], value, saidBy(event)) as PlacementFact[K]),
  );
}

function startPlacement(
  belief: ContactBelief,
  event: ContactEventOf<'PlacementStarted'>,
): ContactBelief | typeof VOID {
  const { data, personal } = event;
  const said = saidBy(event);
  const given = <V>(value: V | undefined): Timeline<V | null> =>
    value === undefined ? [] : initially(value, said);
  const sealedGiven = (value: string | undefined): Timeline<string | null> =>
    given(personal ? value : undefined);
  const roles = [...new Set(data.buyingRoles)];
  const started: PlacementFact = {
    id: data.placementId,
    accountId: data.accountId,
    postId: data.postId ?? null,
    postName: personal?.postName ?? null,
    startsOn: event.effectiveOn ?? null,
    ended: null,
    removed: null,
    withdrawn: false,
    movedFrom: data.movedFrom ?? null,
    title: sealedGiven(personal?.title),
    function: sealedGiven(personal?.function),
    department: sealedGiven(personal?.department),
    managerId: [],
    payingAccountId: [],
    contactType: given(data.contactType),
    importance: given(data.importance),
    interactionClass: given(data.interactionClass),
    buyingRoles: roles.map((role) => buyingRole(role, event.effectiveOn)),
  };
  const index = belief.placements.findIndex((placement) => placement.id === started.id);
  if (index < 0) return { ...belief, placements: [...belief.placements, started] };
  const known = belief.placements[index]!;
  if (known.withdrawn) return { ...belief, placements: belief.placements.with(index, started) };
  return restatesStart(known, event.effectiveOn, data, personal) ? belief : VOID;
}

function buyingRole(role: string, startsOn: string | undefined): BuyingRoleFact {
  return startsOn === undefined ? { role } : { role, startsOn };
}

function correctPlacement(
  belief: ContactBelief,
  event: ContactEventOf<'PlacementCorrected'>,
): ContactBelief | typeof VOID {
  const { data, personal } = event;
  return changePlacement(belief, data.placementId, (placement) => {
    let corrected = placement;
    if (data.accountId !== undefined) corrected = setValue(corrected, 'accountId', data.accountId);
    if (data.postId !== undefined) {
      corrected = setValue(corrected, 'postId', data.postId);
      corrected = setValue(corrected, 'postName', personal?.postName ?? null);
    }
    if (data.startsOn !== undefined) corrected = setValue(corrected, 'startsOn', data.startsOn);
    if (data.endsOn !== undefined) corrected = correctEnd(corrected, data.endsOn, event);
    if (data.corrects?.includes('reason') && corrected.ended) {
      const { reasonText: _, ...ended } = corrected.ended;
      const reasonText = personal?.endReason ?? undefined;
      if (corrected.ended.reasonText !== reasonText)
        corrected = { ...corrected, ended: reasonText === undefined ? ended : { ...ended, reasonText } };
    }
    if (data.corrects?.includes('title')) {
      const title = personal?.title ?? null;
      const alreadySo = corrected.title.length === 1 && corrected.title[0]!.value === title;
      if (!alreadySo)
        corrected = {
          ...corrected,
          title: initially(title, { learnedAtMs: event.learnedAtMs, id: event.id }),
        };
    }
    return corrected;
  });
}

function correctEnd(placement: PlacementFact, endsOn: string | null, event: ContactEvent): PlacementFact {
  if (endsOn === null) return placement.ended ? { ...placement, ended: null } : placement;
  if (placement.ended?.effectiveOn === endsOn) return placement;
  const told = placement.ended ?? { eventId: event.id, learnedAtMs: event.learnedAtMs };
  return { ...placement, ended: { ...told, effectiveOn: endsOn } };
}

function assignBuyingRole(placement: PlacementFact, role: string, event: ContactEvent): PlacementFact {
  const { buyingRoles } = placement;
  const { effectiveOn } = event;
  const index = buyingRoles.findIndex((held) => held.role === role && !held.ended);
  const held = buyingRoles[index];
  if (!held) return { ...placement, buyingRoles: [...buyingRoles, buyingRole(role, effectiveOn)] };
  if (!movesBack(held.startsOn, effectiveOn)) return placement;
  return { ...placement, buyingRoles: buyingRoles.with(index, buyingRole(role, effectiveOn)) };
}

/** Who revokes again corrects the day; what was said first still tells why, and since when it is known. */
function revokeBuyingRole(placement: PlacementFact, role: string, event: ContactEvent): PlacementFact {
  const { buyingRoles } = placement;
  const meant = revocable(buyingRoles, role);
  if (!meant) return placement;
  const { ended } = meant;
  const { effectiveOn } = event;
  if (ended && !movesBack(ended.effectiveOn, effectiveOn)) return placement;
  const told = ended ? { ...ended, ...(effectiveOn !== undefined && { effectiveOn }) } : ending(event);
  return {
    ...placement,
    buyingRoles: buyingRoles.with(buyingRoles.indexOf(meant), { ...meant, ended: told }),
  };
}

/** Which of the times that a role was held a revocation is of: the one that goes on, else the last. */
export function revocable(roles: readonly BuyingRoleFact[], role: string): BuyingRoleFact | undefined {
  const held = roles.filter((one) => one.role === role);
  return held.find(({ ended }) => !ended) ?? held.at(-1);
}

/** Whether a day that is said again takes the place of the known one: on one that is later for sure it was so already. */
function movesBack(known: string | undefined, said: string | undefined): boolean {
  if (said === undefined || said === known) return false;
  return known === undefined || parseEdtf(said)!.earliest <= parseEdtf(known)!.latest;
}

function settle(
  belief: ContactBelief,
  proposalId: string,
  state: Proposal['state'],
): ContactBelief | typeof VOID {
  const index = belief.proposals.findIndex((proposal) => proposal.id === proposalId);
  const proposal = belief.proposals[index];
  if (proposal?.state !== 'open') return VOID;
  return { ...belief, proposals: belief.proposals.with(index, { ...proposal, state }) };
}

function acceptProposal(
  belief: ContactBelief,
  event: ContactEventOf<'ChangeAccepted'>,
): ContactBelief | typeof VOID {
  const proposal = belief.proposals.find((candidate) => candidate.id === event.data.proposalId);
  const settled = settle(belief, event.data.proposalId, 'accepted');
  if (settled === VOID || !proposal) return VOID;
  // Who accepts adds nothing: the dates and reasons are those of the proposal, the time of learning is the acceptance's.
  const { effectiveOn, reasonCode } = proposal;
  const claim = {
    ...event,
    effectiveOn,
    reasonCode,
    type: proposal.claimed,
    data: proposal.claim,
    personal: proposal.personal,
  };
  const after = evolve(settled, claim as unknown as ContactEvent);
  return after === VOID ? settled : after;
}

function addOrChange<K extends Exclude<FactKey, 'placements'>>(
  belief: ContactBelief,
  key: K,
  fresh: FactOf<K>,
  by: (fact: FactOf<K>) => FactOf<K>,
): ContactBelief | typeof VOID {
  const changed = change(belief, key, fresh.id, by);
  return changed === VOID ? { ...belief, [key]: [...belief[key], fresh] } : changed;
}

function setEmail(
  belief: ContactBelief,
  event: ContactEventOf<'ContactEmailAdded' | 'ContactEmailChanged'>,
): ContactBelief | typeof VOID {
  const address = event.personal?.address ?? null;
  const fresh: EmailFact = { id: event.data.factId, address: initially(address, saidBy(event)) };
  return addOrChange(belief, 'emails', fresh, (email) =>
    setValue(email, 'address', assertValue(email.address, address, saidBy(event))),
  );
}

const steps: { [K in Exclude<ContactEventType, 'ContactRegistered' | 'ClaimConfirmed'>]: Step<K> } = {
  ContactNameChanged: (belief, event) =>
    setValue(belief, 'name', assertValue(belief.name, event.personal?.name ?? null, saidBy(event))),
  ContactEmailAdded: setEmail,
  ContactEmailChanged: setEmail,
  ContactPhoneChanged: (belief, event) => {
    const phone = event.personal?.phone ?? null;
    const kind = event.personal?.kind ?? null;
    const fresh: PhoneFact = {
      id: event.data.factId,
      kind,
      line: event.data.line,
      number: initially(phone, saidBy(event)),
    };
    return addOrChange(belief, 'phones', fresh, (known) => {
      const number = assertValue(known.number, phone, saidBy(event));
      return number === known.number && known.kind === kind && known.line === event.data.line
        ? known
        : { ...known, kind, line: event.data.line, number };
    });
  },
  ContactAddressChanged: (belief, event) => {
    const address = event.personal?.address ?? null;
    const kind = event.personal?.kind ?? null;
    const fresh: AddressFact = { id: event.data.factId, kind, address: initially(address, saidBy(event)) };
    return addOrChange(belief, 'addresses', fresh, (known) => {
      const timeline = assertValue(known.address, address, saidBy(event));
      return timeline === known.address && known.kind === kind
        ? known
        : { ...known, kind, address: timeline };
    });
  },
  ContactAttributeChanged: (belief, event) => {
    const value = event.personal?.value ?? null;
    const name = event.personal?.attribute ?? null;
    const fresh: AttributeFact = { id: event.data.factId, name, value: initially(value, saidBy(event)) };
    return addOrChange(belief, 'attributes', fresh, (known) =>
      setValue(known, 'value', assertValue(known.value, value, saidBy(event))),
    );
  },
  ConsentRecorded: (belief, event) => {
    const { consentId: id, consent, ...of } = event.data;
    const address = event.personal?.address ?? null;
    const fresh: ConsentFact = { id, ...of, address, consent: assertValue([], consent, saidBy(event)) };
    return addOrChange(belief, 'consents', fresh, (known) =>
      setValue(known, 'consent', assertValue(known.consent, consent, saidBy(event))),
    );
  },
  ContactLocationChanged: (belief, event) =>
    setValue(
      belief,
      'location',
      assertValue(belief.location, event.personal?.location ?? null, saidBy(event)),
    ),
  ContactOwnerChanged: (belief, event) =>
    setValue(belief, 'owner', assertValue(belief.owner, event.data.owner, saidBy(event))),
  PlacementStarted: startPlacement,
  PlacementEnded: (belief, event) =>
    changePlacement(belief, event.data.placementId, (placement) => {
      const said = ending(event, event.data, event.personal?.destinationName);
      return setValue(placement, 'ended', endedAs(placement.ended, said));
    }),
  PlacementCorrected: correctPlacement,
  PlacementWithdrawn: (belief, event) =>
    change(belief, 'placements', event.data.placementId, (placement) =>
      placement.withdrawn ? placement : { ...placement, withdrawn: true },
    ),
  PlacementRemoved: (belief, event) =>
    changePlacement(belief, event.data.placementId, (placement) =>
      setValue(placement, 'removed', endedAs(placement.removed, ending(event))),
    ),
  PlacementRestored: (belief, event) =>
    changePlacement(belief, event.data.placementId, (placement) => setValue(placement, 'removed', null)),
  TitleChanged: (belief, event) => setOnPlacement(belief, event, 'title', event.personal?.title ?? null),
  FunctionChanged: (belief, event) =>
    setOnPlacement(belief, event, 'function', event.personal?.function ?? null),
  DepartmentChanged: (belief, event) =>
    setOnPlacement(belief, event, 'department', event.personal?.department ?? null),
  ReportsToChanged: (belief, event) => setOnPlacement(belief, event, 'managerId', event.data.managerId),
  AbsenceRecorded: (belief, event) =>
    changePlacement(belief, event.data.placementId, (placement) => {
      const { untilOn, delegateId } = event.data;
      const fromOn = event.effectiveOn ?? null;
      const { absence } = placement;
      const isSame =
        absence?.fromOn === fromOn && absence.untilOn === untilOn && absence.delegateId === delegateId;
      if (isSame) return placement;
      const { id: eventId, learnedAtMs } = event;
      return { ...placement, absence: { eventId, learnedAtMs, fromOn, untilOn, delegateId } };
    }),
  AbsenceEnded: (belief, event) =>
    changePlacement(belief, event.data.placementId, (placement) => {
      const { absence, ...present } = placement;
      return absence ? present : placement;
    }),
  PayingOrganisationChanged: (belief, event) =>
    setOnPlacement(belief, event, 'payingAccountId', event.data.payingAccountId),
  ContactTypeChanged: (belief, event) => {
    const typed = setOnPlacement(belief, event, 'contactType', event.data.contactType);
    return typed === VOID ? VOID : setOnPlacement(typed, event, 'importance', event.data.importance);
  },
  InteractionClassChanged: (belief, event) =>
    setOnPlacement(belief, event, 'interactionClass', event.data.interactionClass),
  BuyingRoleAssigned: (belief, event) =>
    changePlacement(belief, event.data.placementId, (placement) =>
      assignBuyingRole(placement, event.data.buyingRole, event),
    ),
  BuyingRoleRevoked: (belief, event) =>
    changePlacement(belief, event.data.placementId, (placement) =>
      revokeBuyingRole(placement, event.data.buyingRole, event),
    ),
  ContactRemoved: (belief, event) => {
    const said = ending(event, event.data, event.personal?.destinationName);
    return setValue(belief, 'removed', endedAs(belief.removed, said));
  },
  ContactRestored: (belief) => setValue(belief, 'removed', null),
  ContactDied: (belief, event) => setValue(belief, 'died', endedAs(belief.died, ending(event))),
  ContactMerged: (belief, event) => {
    const { intoId: contactId, carried, choices } = event.data;
    const { id: eventId, learnedAtMs, position } = event;
    if (belief.mergedInto?.contactId === contactId) return belief;
    return belief.mergedInto
      ? VOID
      : { ...belief, mergedInto: { contactId, eventId, learnedAtMs, position, carried, choices } };
  },
  ContactUnmerged: (belief) => (belief.mergedInto ? { ...belief, mergedInto: null } : VOID),
  ChangeProposed: (belief, event) => ({
    ...belief,
    proposals: [
      ...belief.proposals,
      {
        id: event.data.proposalId,
        claimed: event.data.claimed as ContactClaimType,
        doubt: event.data.doubt,
        eventId: event.id,
        learnedAtMs: event.learnedAtMs,
        state: 'open',
        ...(event.effectiveOn !== undefined && { effectiveOn: event.effectiveOn }),
        ...(event.reasonCode !== undefined && { reasonCode: event.reasonCode }),
        claim: event.data.claim,
        personal: claimPersonal(event.personal),
      },
    ],
  }),
  ChangeAccepted: acceptProposal,
  ChangeDeclined: (belief, event) => settle(belief, event.data.proposalId, 'declined'),
  // What a revert leaves out is left out before the fold; by itself it changes nothing.
  ChangesReverted: (belief) => belief,
  ContactErased: (belief, event) =>
    belief.erased
      ? belief
      : {
          ...belief,
          erased: {
            erasureId: event.data.erasureId,
            eventId: event.id,
            learnedAtMs: event.learnedAtMs,
          },
        },
};
