// What each line of the change feed asks of the ledger, and which lines cannot be read: never with content.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Command, commandShapes } from '../../src/command.ts';
import {
  type Claim,
  feedLines,
  isLineRefusal,
  type LineRefusal,
  parseObject,
  readClaim,
  type SourceIds,
} from '../../src/ingest/change-feed.ts';
import { deriveId } from '../../src/personal-data/derive-id.ts';
import { at, salt } from '../support/ids.ts';

const ids: SourceIds = {
  contact: (source, id) => deriveId(salt, 'contact', source, id),
  account: (source, id) => deriveId(salt, 'account', source, id),
  placement: (source, contactId, placement) => deriveId(salt, 'placement', source, contactId, placement),
};
const actor = { id: 'importer', kind: 'integration' } as const;
const contactId = ids.contact('crm', 'ann');
const accountId = ids.account('crm', 'acme');
const placementId = ids.placement('crm', contactId, 'job');

const read = (line: object) => readClaim({ source: 'crm', id: '1', ...line }, actor, ids);

function claim(line: object): Claim {
  const read_ = read(line);
  if (isLineRefusal(read_)) throw new Error(`${read_.code} ${read_.path} ${read_.message}`);
  return read_;
}
function refusal(line: object): LineRefusal {
  const read_ = read(line);
  if (!isLineRefusal(read_)) throw new Error('The line was taken.');
  return read_;
}

describe('each type of line', () => {
  const contact = { contact: 'ann' };
  const placed = { contact: 'ann', placement: 'job' };
  const cases: [line: { type: keyof typeof feedLines } & Record<string, unknown>, command: object][] = [
    [
      { type: 'AccountRegistered', account: 'acme', name: 'Acme' },
      { type: 'RegisterAccount', accountId, name: 'Acme', externalId: { source: 'crm', id: 'acme' } },
    ],
    [
      {
        type: 'AccountRegistered',
        account: 'acme',
        name: 'Acme',
        parent: 'group',
        domains: ['acme.example'],
        segment: 'enterprise',
        industry: null,
        relationship: 'customer',
        country: 'DE',
        arr: 43_000.5,
        currency: 'EUR',
        renewalOn: '2027-03',
      },
      {
        type: 'RegisterAccount',
        accountId,
        name: 'Acme',
        externalId: { source: 'crm', id: 'acme' },
        parentId: ids.account('crm', 'group'),
        domains: ['acme.example'],
        segment: 'enterprise',
        relationship: 'customer',
        location: { country: 'DE' },
        arr: { minorUnits: 4_300_050, currency: 'EUR' },
        renewalOn: '2027-03',
      },
    ],
    [
      { type: 'ContactRegistered', ...contact, name: 'Ann Archer' },
      { type: 'RegisterContact', contactId, name: 'Ann Archer', externalId: { source: 'crm', id: 'ann' } },
    ],
    [
      {
        type: 'ContactRegistered',
        ...contact,
        name: 'Ann Archer',
        email: 'ann@acme.example',
        phone: '+49 30 1',
        attributes: { hobby: 'chess', empty: '' },
      },
      {
        type: 'RegisterContact',
        contactId,
        name: 'Ann Archer',
        externalId: { source: 'crm', id: 'ann' },
        email: 'ann@acme.example',
        phone: '+49 30 1',
        attributes: [{ name: 'hobby', value: 'chess' }],
      },
    ],
    [
      { type: 'ContactRegistered', ...contact, name: 'Ann', email: '', phone: '', attributes: {} },
      { type: 'RegisterContact', contactId, name: 'Ann', externalId: { source: 'crm', id: 'ann' } },
    ],
    [
      { type: 'ContactNameChanged', ...contact, name: 'Ann Baker' },
      { type: 'ChangeContactName', contactId, name: 'Ann Baker' },
    ],
    [
      { type: 'ContactEmailChanged', ...contact, email: 'a@b' },
      { type: 'ChangeContactEmail', contactId, address: 'a@b' },
    ],
    [
      { type: 'ContactEmailChanged', ...contact, email: '', was: 'a@b' },
      { type: 'ChangeContactEmail', contactId, address: null, was: 'a@b' },
    ],
    [
      { type: 'ContactEmailAdded', ...contact, email: 'a@b' },
      { type: 'AddContactEmail', contactId, address: 'a@b' },
    ],
    [
      { type: 'ContactPhoneChanged', ...contact, kind: 'office', line: 'voice', phone: '1', was: '2' },
      { type: 'ChangeContactPhone', contactId, kind: 'office', line: 'voice', phone: '1', was: '2' },
    ],
    [
      { type: 'ContactPhoneChanged', ...contact, kind: 'office', line: 'fax', phone: '', was: '2' },
      { type: 'ChangeContactPhone', contactId, kind: 'office', line: 'fax', phone: null, was: '2' },
    ],
    [
      { type: 'ContactAddressChanged', ...contact, kind: 'office', address: '1 Way' },
      { type: 'ChangeContactAddress', contactId, kind: 'office', address: '1 Way' },
    ],
    [
      { type: 'ContactAddressChanged', ...contact, kind: 'office', address: '', was: '1 Way' },
      { type: 'ChangeContactAddress', contactId, kind: 'office', address: null, was: '1 Way' },
    ],
    [
      { type: 'ContactAttributeChanged', ...contact, attribute: 'hobby', value: 'go' },
      { type: 'ChangeContactAttribute', contactId, attribute: 'hobby', value: 'go' },
    ],
    [
      { type: 'ContactAttributeChanged', ...contact, attribute: 'hobby', value: '' },
      { type: 'ChangeContactAttribute', contactId, attribute: 'hobby', value: null },
    ],
    [
      { type: 'ConsentRecorded', ...contact, channel: 'phone', consent: '' },
      { type: 'RecordConsent', contactId, channel: 'phone', consent: null },
    ],
    [
      {
        type: 'ConsentRecorded',
        ...contact,
        channel: 'email',
        consent: 'refused',
        address: 'ann@acme.example',
        purpose: 'newsletter',
      },
      {
        type: 'RecordConsent',
        contactId,
        channel: 'email',
        consent: 'refused',
        address: 'ann@acme.example',
        purpose: 'newsletter',
      },
    ],
    [
      { type: 'PlacementStarted', ...placed, account: 'acme' },
      { type: 'StartPlacement', contactId, placementId, accountId },
    ],
    [
      {
        type: 'PlacementStarted',
        ...placed,
        account: 'acme',
        post: 'champion',
        title: 'Director',
        function: 'IT',
        contactType: 'main',
        buyingRoles: ['champion'],
      },
      {
        type: 'StartPlacement',
        contactId,
        placementId,
        accountId,
        post: 'champion',
        title: 'Director',
        function: 'IT',
        contactType: 'main',
        buyingRoles: ['champion'],
      },
    ],
    [
      { type: 'PlacementEnded', ...placed },
      { type: 'EndPlacement', contactId, placementId },
    ],
    [
      { type: 'PlacementCorrected', ...placed },
      { type: 'CorrectPlacement', contactId, placementId },
    ],
    [
      {
        type: 'PlacementCorrected',
        ...placed,
        account: 'acme',
        post: 'champion',
        startsOn: '2026-01',
        endsOn: '2027',
        title: 'Director',
        reason: 'resigned',
      },
      {
        type: 'CorrectPlacement',
        contactId,
        placementId,
        accountId,
        post: 'champion',
        startsOn: '2026-01',
        endsOn: '2027',
        title: 'Director',
        endReason: 'resigned',
      },
    ],
    [
      { type: 'PlacementCorrected', ...placed, post: '', startsOn: '', endsOn: '', title: '', reason: '' },
      {
        type: 'CorrectPlacement',
        contactId,
        placementId,
        post: null,
        startsOn: null,
        endsOn: null,
        title: null,
        endReason: null,
      },
    ],
    [
      { type: 'PlacementWithdrawn', ...placed },
      { type: 'WithdrawPlacement', contactId, placementId },
    ],
    [
      { type: 'TitleChanged', ...placed, title: 'CIO' },
      { type: 'ChangeTitle', contactId, placementId, title: 'CIO' },
    ],
    [
      { type: 'TitleChanged', ...placed, title: '' },
      { type: 'ChangeTitle', contactId, placementId, title: null },
    ],
    [
      { type: 'FunctionChanged', ...placed, function: 'IT' },
      { type: 'ChangeFunction', contactId, placementId, function: 'IT' },
    ],
    [
      { type: 'FunctionChanged', ...placed, function: '' },
      { type: 'ChangeFunction', contactId, placementId, function: null },
    ],
    [
      { type: 'ContactRemoved', ...contact, reason: 'deleted_in_source' },
      { type: 'RemoveContact', contactId },
    ],
    [
      { type: 'ContactRestored', ...contact },
      { type: 'RestoreContact', contactId },
    ],
    [
      { type: 'ContactMerged', ...contact, into: 'bob' },
      { type: 'MergeContacts', contactId, intoId: ids.contact('crm', 'bob') },
    ],
    [
      { type: 'ContactDied', ...contact },
      { type: 'RecordDeath', contactId },
    ],
  ];

  test.each(cases.map(([line, command]) => [line.type, line, command] as const))(
    '%s %#',
    (_, line, command) => {
      const { command: asked } = claim(line);
      expect(asked).toEqual(command);
      expect(() => shapeOf(asked)).not.toThrow();
    },
  );

  test('has a case here', () => {
    expect([...new Set(cases.map(([line]) => line.type))].sort()).toEqual(Object.keys(feedLines).sort());
  });

  test('takes each attribute, whatever it is called', () => {
    const line = parseObject(
      '{"type":"ContactRegistered","contact":"ann","name":"Ann","attributes":{"__proto__":"x","constructor":"y"}}',
    )!;
    expect(claim(line).command).toMatchObject({
      attributes: [
        { name: '__proto__', value: 'x' },
        { name: 'constructor', value: 'y' },
      ],
    });
  });

  test('needs its fields: without one, the line is refused and the field is named', () => {
    const needed: [line: object, field: string][] = [
      [{ type: 'AccountRegistered', name: 'Acme' }, 'account'],
      [{ type: 'AccountRegistered', account: 'acme' }, 'name'],
      [{ type: 'ContactRegistered', ...contact }, 'name'],
      [{ type: 'ContactEmailChanged', ...contact }, 'email'],
      [{ type: 'ContactEmailAdded', ...contact, email: '' }, 'email'],
      [{ type: 'ContactPhoneChanged', ...contact, kind: 'office', phone: '1' }, 'line'],
      [{ type: 'ContactPhoneChanged', ...contact, line: 'voice', phone: '1' }, 'kind'],
      [{ type: 'ContactAddressChanged', ...contact, kind: 'office' }, 'address'],
      [{ type: 'ContactAttributeChanged', ...contact, value: '' }, 'attribute'],
      [{ type: 'ContactAttributeChanged', ...contact, attribute: 'hobby' }, 'value'],
      [{ type: 'PlacementStarted', ...placed }, 'account'],
      [{ type: 'PlacementEnded', ...contact }, 'placement'],
      [{ type: 'TitleChanged', ...placed }, 'title'],
      [{ type: 'FunctionChanged', ...placed }, 'function'],
      [{ type: 'ContactRemoved', ...contact }, 'reason'],
      [{ type: 'ContactMerged', ...contact }, 'into'],
      [{ type: 'ContactDied' }, 'contact'],
    ];
    for (const [line, path] of needed) expect(refusal(line)).toMatchObject({ code: 'FIELD_INVALID', path });
    for (const field of ['source', 'id'])
      expect(refusal({ type: 'ContactDied', ...contact, [field]: undefined })).toMatchObject({
        code: 'FIELD_INVALID',
        path: field,
      });
  });
});

test('a field that looks like one that the line lacks refuses it, since its value would be lost', () => {
  const refused = (line: object) => refusal({ contact: 'ann', placement: 'job', name: 'Ann', ...line });
  expect(refused({ type: 'PlacementEnded', efectiveOn: '2024-03-15' })).toEqual({
    code: 'FIELD_INVALID',
    path: 'effectiveOn',
    message: 'is missing, but a field looks like it, misspelt',
  });
  for (const [name, meant] of [
    ['emial', 'email'],
    ['e-mail', 'email'],
    ['Email', 'email'],
    ['phones', 'phone'],
    ['learned_at', 'learnedAt'],
  ] as const)
    expect(refused({ type: 'ContactRegistered', [name]: 'a' })).toMatchObject({ path: meant });
});

test('any other field that the format does not have is left alone', () => {
  const dies = { type: 'ContactDied', contact: 'ann' };
  const command = { type: 'RecordDeath', contactId };
  for (const further of [{ colour: 'red' }, { account: 'acme' }, { effectiveOn: '2026', effectiveOns: 'x' }])
    expect(claim({ ...dies, ...further }).command).toEqual(command);
});

test('a field is said to be wrong in plain words', () => {
  const messageOf = (line: object) => refusal({ contact: 'ann', ...line }).message;
  expect(messageOf({ type: 'ContactNameChanged' })).toBe('is missing');
  expect(messageOf({ type: 'ContactNameChanged', name: '' })).toBe('must not be empty');
  expect(messageOf({ type: 'ContactNameChanged', name: null })).toBe('must not be null');
  expect(messageOf({ type: 'ContactNameChanged', name: 5 })).toBe('must be a text');
  expect(messageOf({ type: 'ContactNameChanged', name: 'x'.repeat(1001) })).toBe(
    'must have at most 1,000 characters',
  );
  const phone = { type: 'ContactPhoneChanged', kind: 'office', phone: '1' };
  expect(messageOf({ ...phone, line: 'telex' })).toBe('must be one of: voice, fax, mobile');
  expect(messageOf({ type: 'ContactDied', effectiveOn: '5/2026' })).toBe(
    'This is not a date: write the year, a dash and the month in two digits, as in 2026-05.',
  );
});

/** Throws where the ledger's own shape of the command does not take it. */
function shapeOf({ type, ...rest }: Command): object {
  return commandShapes[type].parse(rest);
}

describe('what a line says of itself', () => {
  const line = { type: 'ContactDied', contact: 'ann' };

  test('is who says so, under which id, when it was learned, when it was true and on what evidence', () => {
    const { context } = claim({
      ...line,
      learnedAt: '2026-03-14T10:00:00+01:00',
      effectiveOn: '2026-03~',
      evidence: 'https://acme.example/ann',
      actor: 'j.doe',
    });
    expect(context).toEqual({
      actor,
      source: 'crm',
      by: 'feed',
      idempotencyKey: '1',
      sourceRecord: '1',
      learnedAtMs: at('2026-03-14T09:00:00Z'),
      effectiveOn: '2026-03~',
      evidence: [{ kind: 'feed_record', text: 'https://acme.example/ann' }],
      sourceActor: 'j.doe',
    });
  });

  test('leaves open when it was learned where the line does', () => {
    expect(claim(line).context).not.toHaveProperty('learnedAtMs');
  });

  test('keeps a reason that is a code as a code', () => {
    const { context } = claim({ type: 'PlacementEnded', contact: 'a', placement: 'p', reason: 'resigned' });
    expect(context).toMatchObject({ reasonCode: 'resigned' });
    expect(context).not.toHaveProperty('reasonText');
  });

  test('keeps a reason in words as words, and guesses no code from them', () => {
    const ended = claim({ type: 'PlacementEnded', contact: 'a', placement: 'p', reason: 'She resigned.' });
    expect(ended.context).toMatchObject({ reasonText: 'She resigned.' });
    expect(ended.context).not.toHaveProperty('reasonCode');
  });

  test('gives a removal a code also where the source has only words', () => {
    const { context } = claim({ type: 'ContactRemoved', contact: 'a', reason: 'Left the company' });
    expect(context).toMatchObject({ reasonCode: 'other', reasonText: 'Left the company' });
  });

  test('takes the reason of a correction for what it corrects, not for why', () => {
    const { context } = claim({
      type: 'PlacementCorrected',
      contact: 'a',
      placement: 'p',
      reason: 'retired',
    });
    expect(context).not.toHaveProperty('reasonCode');
    expect(context).not.toHaveProperty('reasonText');
  });
});

describe('money', () => {
  const arrOf = (arr: number, currency: string) => {
    const { command } = claim({ type: 'AccountRegistered', account: 'a', name: 'A', arr, currency });
    return (command as { arr?: object }).arr;
  };

  test('is counted in the minor units that the currency has', () => {
    expect(arrOf(43_000, 'EUR')).toEqual({ minorUnits: 4_300_000, currency: 'EUR' });
    expect(arrOf(4.35, 'USD')).toEqual({ minorUnits: 435, currency: 'USD' });
    expect(arrOf(43_000, 'JPY')).toEqual({ minorUnits: 43_000, currency: 'JPY' });
    // Of these the runtime's own tables say how they are used, not what ISO 4217 says.
    expect(arrOf(1234.5, 'HUF')).toEqual({ minorUnits: 123_450, currency: 'HUF' });
    expect(arrOf(0.125, 'IQD')).toEqual({ minorUnits: 125, currency: 'IQD' });
    expect(arrOf(1.234, 'KWD')).toEqual({ minorUnits: 1234, currency: 'KWD' });
    expect(arrOf(0, 'EUR')).toEqual({ minorUnits: 0, currency: 'EUR' });
    expect(arrOf(90_071_992_547.41, 'EUR')).toEqual({ minorUnits: 9_007_199_254_741, currency: 'EUR' });
  });

  test.each([
    ['an amount without a currency', { arr: 5 }, 'currency'],
    ['a currency that is none', { arr: 5, currency: 'Euro' }, 'currency'],
    ['an amount below nothing', { arr: -5, currency: 'EUR' }, 'arr'],
    ['an amount that is text', { arr: '5', currency: 'EUR' }, 'arr'],
    ['an amount beyond what a number holds exactly', { arr: 1e14, currency: 'EUR' }, 'arr'],
    ['an amount beyond all numbers', { arr: 1e300, currency: 'EUR' }, 'arr'],
    ['parts of a unit that has none', { arr: 0.1, currency: 'JPY' }, 'arr'],
    ['parts of a cent', { arr: 4.355, currency: 'EUR' }, 'arr'],
  ])('is refused as %s', (_, money, path) => {
    expect(refusal({ type: 'AccountRegistered', account: 'a', name: 'A', ...money })).toMatchObject({
      code: 'FIELD_INVALID',
      path,
    });
  });
});

describe('nonsense', () => {
  test.each([
    ['effectiveOn', '2026-02-30'],
    ['effectiveOn', 'last spring'],
    ['effectiveOn', '2026-03-14/2026-04-01'],
    ['effectiveOn', 20_260_314],
    ['effectiveOn', ''],
    ['learnedAt', '2026-03-14'],
    ['learnedAt', '2026-03-14T09:30:00'],
    ['learnedAt', '2026-03-14T25:30:00Z'],
    ['learnedAt', 'yesterday'],
    ['learnedAt', 1_773_480_000_000],
    ['reason', ''],
    ['reason', 'x'.repeat(4001)],
    ['evidence', '\ud800'],
    ['evidence', '  '],
    ['placement', '\u00a0\u200b'],
  ])('in %s is refused and the field is named: %j', (field, value) => {
    const line = { type: 'PlacementEnded', contact: 'ann', placement: 'job', [field]: value };
    expect(refusal(line)).toMatchObject({ code: 'FIELD_INVALID', path: field });
  });

  test.each([
    ['startsOn', 'soon'],
    ['endsOn', '2026-13'],
    ['post', 'x'.repeat(501)],
    ['title', 7],
    ['title', ' \t'],
    ['reason', '\udc00'],
  ])('in the %s of a correction is refused too', (field, value) => {
    const line = { type: 'PlacementCorrected', contact: 'ann', placement: 'job', [field]: value };
    expect(refusal(line)).toMatchObject({ code: 'FIELD_INVALID', path: field });
  });

  test.each([
    ['no object', ['hobby', 'chess']],
    ['null', null],
    ['a text', 'chess'],
    ['a value that is no text', { hobby: 5 }],
    ['a name that is too long', { ['x'.repeat(201)]: 'chess' }],
    ['more than 500', Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`a${index}`, 'x']))],
  ])('in attributes is refused: %s', (_, attributes) => {
    const line = { type: 'ContactRegistered', contact: 'ann', name: 'Ann', attributes };
    expect(refusal(line)).toMatchObject({ code: 'FIELD_INVALID', path: 'attributes' });
  });

  test('for a type is refused with the types that there are', () => {
    for (const type of ['ContactFired', 'toString', '__proto__', 5, null, undefined]) {
      const refused = refusal({ type, contact: 'ann' });
      expect(refused).toMatchObject({ code: 'TYPE_UNKNOWN', path: 'type' });
      expect(refused.message).toContain('ContactDied');
    }
  });

  test('instead of an object is not taken', () => {
    for (const text of ['', 'secret', '"secret"', '["secret"]', '5', 'null', '{"secret":', '{secret: 1}'])
      expect(parseObject(text)).toBeUndefined();
    expect(parseObject(' {"a": 1} ')).toEqual({ a: 1 });
  });
});

describe('whatever a line holds', () => {
  const secret = 'Xq7Ptz9';
  const value = fc.oneof(
    fc.constantFrom<unknown>('', secret, `${secret}\ud800`, secret.repeat(700), 1e300, -1, null, true),
    fc.constantFrom<unknown>([secret], { [secret]: secret }, { [secret]: 5 }, [1], {
      [secret.repeat(60)]: '',
    }),
    fc.constantFrom<unknown>('2026-03', 'EUR', 'DE', 'voice', '2026-03-14T09:30:00Z', ['a_code'], 12.5),
  );
  const fields = new Set(Object.values(feedLines).flatMap((shape) => Object.keys(shape.shape)));
  const line = fc
    .tuple(
      fc.constantFrom(...Object.keys(feedLines)),
      fc.dictionary(fc.constantFrom(...fields, secret), value, { maxKeys: 14, noNullPrototype: true }),
    )
    .map(([type, values]): Record<string, unknown> => {
      const always = { source: 'crm', id: '1', contact: 'ann', placement: 'job', account: 'acme', name: 'A' };
      const given = { ...always, into: 'bob', reason: 'r', kind: 'k', line: 'fax', phone: '', ...values };
      const known: object = feedLines[type as keyof typeof feedLines].shape;
      // Most lines would have a field that belongs to another type.
      const own = Object.entries(given).filter(([field]) => field === secret || field in known);
      return { ...Object.fromEntries(own), type };
    });

  test('a refusal never shows it, and a command has the shape that the ledger takes', () => {
    let taken = 0;
    fc.assert(
      fc.property(line, (object) => {
        const found = readClaim(object, actor, ids);
        if (isLineRefusal(found)) expect(JSON.stringify(found)).not.toContain(secret);
        else {
          taken += 1;
          expect(() => shapeOf(found.command)).not.toThrow();
        }
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
