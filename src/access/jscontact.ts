// A contact as a JSContact card (RFC 9553), the form in which an address book takes it.
import type { ContactBelief } from '../contact/belief.ts';
import { placementInterval } from '../contact/placement-interval.ts';
import { dayInZone } from '../time/clock.ts';
import { formatInstant } from '../time/instant.ts';
import { certaintyOn, exactDay } from '../time/interval.ts';
import { type Timeline, valueOn } from '../timeline.ts';

type Card = Record<string, unknown>;

export interface CardSource {
  belief: ContactBelief;
  /** Names of the accounts of its placements, by id. */
  accountNames: Readonly<Record<string, string>>;
  timeZone: string;
}

/** The values that count on the day it is made. Attributes, for which the standard has no field, become notes. */
export function jscontact({ belief, accountNames, timeZone }: CardSource, generatedAtMs: number): Card {
  const today = dayInZone(generatedAtMs, timeZone);
  const now = <V>(timeline: Timeline<V>) => valueOn(timeline, today, timeZone);
  const name = now(belief.name);
  const location = now(belief.location);
  const current = belief.placements.filter(
    (placement) =>
      !placement.withdrawn &&
      certaintyOn(placementInterval(placement, belief, timeZone), exactDay(today)) !== 'NO',
  );
  const card: Card = {
    '@type': 'Card',
    version: '1.0',
    uid: `urn:uuid:${belief.id}`,
    kind: 'individual',
    updated: `${formatInstant(generatedAtMs).slice(0, 19)}Z`,
    ...(name !== null && { name: { '@type': 'Name', full: name } }),
  };
  put(card, 'emails', belief.emails, ({ id, address }) => {
    const value = now(address);
    return value === null ? null : [id, { '@type': 'EmailAddress', address: value }];
  });
  put(card, 'phones', belief.phones, ({ id, kind, line, number }) => {
    const value = now(number);
    const features = { [line]: true };
    return value === null ? null : [id, { '@type': 'Phone', number: value, features, ...labelled(kind) }];
  });
  put(card, 'addresses', [...belief.addresses, ...(location ? [location] : [])], (address) => {
    if ('country' in address) {
      const components = address.region ? [{ kind: 'region', value: address.region }] : [];
      return ['location', { '@type': 'Address', countryCode: address.country, ...listed({ components }) }];
    }
    const value = now(address.address);
    return value === null
      ? null
      : [address.id, { '@type': 'Address', full: value, ...labelled(address.kind) }];
  });
  put(card, 'organizations', current, ({ id, accountId, department }) => {
    const unit = now(department);
    const units = unit === null ? [] : [{ '@type': 'OrgUnit', name: unit }];
    const account = accountNames[accountId];
    if (account === undefined && units.length === 0) return null;
    return [
      id,
      { '@type': 'Organization', ...(account !== undefined && { name: account }), ...listed({ units }) },
    ];
  });
  put(card, 'titles', current, ({ id, title }) => {
    const value = now(title);
    const organizationId = isIn(card, 'organizations', id) ? { organizationId: id } : {};
    return value === null ? null : [id, { '@type': 'Title', kind: 'title', name: value, ...organizationId }];
  });
  put(card, 'notes', belief.attributes, (attribute) => {
    const value = now(attribute.value);
    return value === null
      ? null
      : [attribute.id, { '@type': 'Note', note: `${attribute.name ?? ''}: ${value}` }];
  });
  return card;
}

/** A property that maps ids to objects; left out where it would be empty, as the standard asks. */
function put<T>(
  card: Card,
  property: string,
  items: readonly T[],
  entry: (item: T) => [string, object] | null,
) {
  const entries = items.map(entry).filter((found) => found !== null);
  if (entries.length > 0) card[property] = Object.fromEntries(entries);
}

function isIn(card: Card, property: string, id: string): boolean {
  const map = card[property];
  return typeof map === 'object' && map !== null && Object.hasOwn(map, id);
}

const labelled = (label: string | null) => (label === null ? {} : { label });

const listed = (list: Record<string, readonly unknown[]>) =>
  Object.fromEntries(Object.entries(list).filter(([, items]) => items.length > 0));
