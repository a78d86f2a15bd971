// The fields of a contact whose values can be explained, and the one that somebody means by a name.

const ending = ['reasonCode', 'reasonText', 'destination', 'destinationAccount', 'destinationName'];
const withEnding = (field: string, own: readonly string[] = []): string[] => [
  field,
  ...[...own, ...ending].map((part) => `${field}.${part}`),
];

/** As src/contact/changes.ts names them; a test compares the two. */
export const contactFields: readonly string[] = [
  ...['name', 'location', 'owner', 'externalId', 'email', 'phone', 'phone.kind', 'phone.line'],
  ...['address', 'address.kind', 'attribute', 'consent'],
  ...[
    'account',
    'post',
    'startsOn',
    'endsOn',
    'movedFrom',
    'withdrawn',
    'title',
    'function',
    'department',
  ].map((part) => `placement.${part}`),
  ...['manager', 'payingAccount', 'contactType', 'importance', 'interactionClass', 'buyingRole'].map(
    (part) => `placement.${part}`,
  ),
  ...['startsOn', 'endsOn'].map((part) => `placement.buyingRole.${part}`),
  ...['absence', 'absence.fromOn', 'absence.untilOn', 'absence.delegate'].map((part) => `placement.${part}`),
  ...withEnding('placement.ending'),
  ...withEnding('placement.removal', ['effectiveOn']),
  ...withEnding('removal', ['effectiveOn']),
  ...withEnding('death', ['effectiveOn']),
  ...['mergedInto', 'erasure', 'proposal'],
];

/** The field of this name, a placement's own, or the only one that ends with it: `title` is `placement.title`. Undefined: none, or several. */
export function contactFieldNamed(name: string): string | undefined {
  for (const field of [name, `placement.${name}`]) if (contactFields.includes(field)) return field;
  const [field, ...others] = contactFields.filter((known) => known.endsWith(`.${name}`));
  return others.length === 0 ? field : undefined;
}

export const fieldsThereAre = `the fields are ${contactFields.join(', ')}`;
