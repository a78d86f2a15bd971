// What a merge would make of two contacts, value by value: what each has, from which sources, how fresh, and what would be chosen and why.
import type { Application } from '../application.ts';
import { displayed } from '../changes.ts';
import type { ConsentFact, ContactBelief } from '../contact/belief.ts';
import { claimedValues } from '../contact/claimed-values.ts';
import { consentLabel, isRefusal, sameAddressText } from '../contact/consent.ts';
import { type ContactChoice, type ContactEvent, contactChoices } from '../contact/events.ts';
import { latest, type Timeline } from '../timeline.ts';
import {
  chooseValue,
  createClaims,
  type MergeReason,
  type SourcedValue,
  type ValueChoice,
} from './merge-choice.ts';

/** A fact of the loser with an id, which the survivor may show beside its own. */
export interface FactChoice {
  factId: string;
  kind: 'email' | 'phone' | 'address' | 'attribute' | 'consent' | 'placement';
  label: string | null;
  value: SourcedValue;
  isCarried: boolean;
  /** Whether it goes along whatever is asked: a no does, even where the survivor has said something of the same. */
  isAlwaysCarried: boolean;
  why: MergeReason;
}

export interface MergePreview {
  loser: ContactBelief;
  survivor: ContactBelief;
  values: ValueChoice<ContactChoice>[];
  facts: FactChoice[];
}

/** Null where one of them is not known. */
export async function previewMerge(
  app: Application,
  loserId: string,
  survivorId: string,
): Promise<MergePreview | null> {
  const [loser, survivor] = [await side(app, loserId), await side(app, survivorId)];
  if (!loser || !survivor) return null;
  return {
    loser: loser.belief,
    survivor: survivor.belief,
    values: contactChoices.map((field) => choose(field, loser, survivor)),
    facts: chooseFacts(loser, survivor.belief),
  };
}

interface Side {
  belief: ContactBelief;
  sourced(field: string, factId: string | null, value: string | null): SourcedValue;
}

async function side(app: Application, id: string): Promise<Side | null> {
  const claims = createClaims();
  const belief = await app.readModels.beliefs.contact(
    id,
    {},
    (event: ContactEvent, _before, _after, isVoid) => {
      if (!isVoid && event.type !== 'ChangeProposed') claims.note(event, claimedValues(event));
    },
  );
  if (!belief) return null;
  return {
    belief,
    sourced: (field, factId, value) => claims.sourced({ field, factId, label: null, value }),
  };
}

function choose(field: ContactChoice, loser: Side, survivor: Side) {
  const sourcedOf = ({ belief, sourced }: Side) =>
    sourced(field, null, displayed(latest<unknown>(belief[field])));
  return chooseValue(field, sourcedOf(loser), sourcedOf(survivor));
}

type Fact = Omit<FactChoice, 'isCarried' | 'why'> & {
  /** What makes two facts the same for people. */
  sameness: string;
};

function factsOf({ belief, sourced }: Side): Fact[] {
  const text = (value: string | null) => (value ?? '').trim().toLowerCase();
  const digits = (value: string | null) => (value ?? '').replace(/\D/g, '');
  const fact = (
    kind: FactChoice['kind'],
    factId: string,
    label: string | null,
    asserted: Timeline<string | null>,
    samenessOf: (value: string | null) => string,
  ): Fact => {
    const value = latest(asserted);
    const field = kind === 'placement' ? 'placement.title' : kind;
    const sourcedValue = sourced(field, factId, value);
    return { factId, kind, label, value: sourcedValue, sameness: samenessOf(value), isAlwaysCarried: false };
  };
  const shown = belief.placements.filter((placement) => !placement.withdrawn);
  return [
    ...belief.emails.map(({ id, address }) => fact('email', id, null, address, text)),
    ...belief.phones.map(({ id, kind, line, number }) =>
      fact('phone', id, kind, number, (value) => `${line} ${digits(value)}`),
    ),
    ...belief.addresses.map(({ id, kind, address }) => fact('address', id, kind, address, text)),
    // Of an attribute there is one value: the survivor's own stays.
    ...belief.attributes.map(({ id, name, value }) => fact('attribute', id, name, value, () => text(name))),
    ...belief.consents.map((one) => ({
      ...fact('consent', one.id, consentLabel(one), one.consent, () => sameConsent(one)),
      isAlwaysCarried: isRefusal(one),
    })),
    ...shown.map(({ id, accountId, postId, startsOn, title }) =>
      fact('placement', id, accountId, title, () => `${accountId} ${postId ?? ''} ${startsOn ?? ''}`),
    ),
  ];
}

function sameConsent({ channel, purpose, address }: ConsentFact): string {
  return `${channel} ${purpose ?? ''} ${address === null ? '' : sameAddressText(channel, address)}`;
}

function chooseFacts(loser: Side, survivor: ContactBelief): FactChoice[] {
  const own = factsOf({
    belief: survivor,
    sourced: (_field, _factId, value) => ({ value, sources: [], confirmedAtMs: null }),
  });
  return factsOf(loser).map(({ sameness, ...fact }) => {
    const twin = own.find((one) => one.kind === fact.kind && one.sameness === sameness);
    const why = !twin ? 'new_to_survivor' : twin.value.value === fact.value.value ? 'same' : 'has_its_own';
    return { ...fact, isCarried: !twin || fact.isAlwaysCarried, why };
  });
}
