// What is allowed on a contact's own values: registration, names, e-mail addresses, phones, postal addresses, attributes.
import { describe, expect, it } from 'vitest';
import {
  claimConfirmed,
  consentRecorded,
  contactAddressChanged,
  contactAttributeChanged,
  contactEmailAdded,
  contactEmailChanged,
  contactLocationChanged,
  contactNameChanged,
  contactOwnerChanged,
  contactPhoneChanged,
  contactRegistered,
  erased,
} from '../support/builders.ts';
import { given } from '../support/given-when-then.ts';
import { ann, factIdOf, slotIdOf } from '../support/ids.ts';
import { carryOut } from '../support/ledger-in-memory.ts';

const feed = { by: 'feed' } as const;
const full = {
  type: 'RegisterContact',
  contactId: ann,
  name: 'Ann Archer',
  email: 'ann@acme.example',
  phone: '+49 30 1000',
  attributes: [
    { name: 'hobby', value: 'chess' },
    { name: 'company', value: 'Acme' },
  ],
  location: { country: 'DE' },
  owner: 'csm-1',
  externalId: { source: 'crm', id: '17' },
} as const;
const register = (values: object = {}) => ({ ...full, attributes: [...full.attributes], ...values });
const registeredInFull = contactRegistered({
  name: 'Ann Archer',
  emailId: slotIdOf(ann, 'email'),
  email: 'ann@acme.example',
  phoneId: slotIdOf(ann, 'phone'),
  phone: '+49 30 1000',
  attributeIds: [slotIdOf(ann, 'attribute', 'hobby'), slotIdOf(ann, 'attribute', 'company')],
  attributes: [
    ['hobby', 'chess'],
    ['company', 'Acme'],
  ],
  location: { country: 'DE' },
  owner: 'csm-1',
  externalId: { source: 'crm', id: '17' },
});

describe('registering a contact', () => {
  it('keeps all that is known from the start, each value in its slot', () => {
    given().when(register()).then(registeredInFull).andAgainNothing();
  });

  it('needs no more than a name', () => {
    given()
      .when({ type: 'RegisterContact', contactId: ann, name: 'Ann Archer' })
      .then(contactRegistered({ name: 'Ann Archer' }))
      .andAgainNothing();
  });

  it('may be said again in other words, as long as nothing differs', () => {
    given(registeredInFull, contactNameChanged({ name: 'Ann Baker' }))
      .when({ type: 'RegisterContact', contactId: ann, name: 'Ann Archer' })
      .then();
    given(registeredInFull).when(register(), feed).andAgainNothing();
  });

  it.each([
    ['name', { name: 'Bob' }],
    ['e-mail address', { email: 'bob@acme.example' }],
    ['phone', { phone: '+49 30 2000' }],
    ['attribute', { attributes: [{ name: 'hobby', value: 'go' }] }],
    ['new attribute', { attributes: [{ name: 'shoe size', value: '38' }] }],
    ['location', { location: { country: 'FR' } }],
    ['owner', { owner: 'csm-2' }],
    ['external id', { externalId: { source: 'crm', id: '18' } }],
  ])('refuses a second registration with another %s', (_, other) => {
    given(registeredInFull).when(register(other)).thenRejected('CONTACT_ALREADY_REGISTERED', 'contactId');
    given(registeredInFull).when(register(other), feed).thenRejected('CONTACT_ALREADY_REGISTERED');
  });

  it('does not mind in which order a location is written', () => {
    given(contactRegistered({ location: { country: 'DE', region: 'DE-BY' } }))
      .when({
        type: 'RegisterContact',
        contactId: ann,
        name: 'Ann Archer',
        location: { region: 'DE-BY', country: 'DE' },
      })
      .thenNothing();
  });

  it('holds a person to the form of an e-mail address, not a feed', () => {
    given()
      .when(register({ email: 'see website' }))
      .thenRejected('EMAIL_MALFORMED', 'email');
    given()
      .when({ type: 'RegisterContact', contactId: ann, name: 'Ann Archer', email: 'see website' }, feed)
      .then(contactRegistered({ emailId: slotIdOf(ann, 'email'), email: 'see website' }));
  });
});

describe('any other command', () => {
  it('is refused before the contact was known', () => {
    given().when({ type: 'ChangeContactName', contactId: ann, name: 'Ann' }).thenRejected('CONTACT_UNKNOWN');
    given(contactRegistered({}, { learnedAt: '2026-02-01' }))
      .when({ type: 'ChangeContactName', contactId: ann, name: 'Ann' }, { learnedAt: '2026-01-31' })
      .thenRejected('CONTACT_UNKNOWN', 'contactId');
  });
});

describe('plain values', () => {
  it('change the name', () => {
    given(contactRegistered())
      .when({ type: 'ChangeContactName', contactId: ann, name: 'Ann Baker' })
      .then(contactNameChanged({ name: 'Ann Baker' }))
      .andAgainNothing();
  });

  it('set and empty the location', () => {
    const location = { country: 'DE', region: 'DE-BE' };
    given(contactRegistered())
      .when({ type: 'ChangeContactLocation', contactId: ann, location })
      .then(contactLocationChanged({ location }))
      .andAgainNothing();
    given(contactRegistered(), contactLocationChanged({ location }))
      .when({ type: 'ChangeContactLocation', contactId: ann, location: null })
      .then(contactLocationChanged({ location: null }))
      .andAgainNothing();
  });

  it('hand the contact to an owner, and to none', () => {
    given(contactRegistered())
      .when({ type: 'ChangeContactOwner', contactId: ann, owner: 'csm-2' })
      .then(contactOwnerChanged({ owner: 'csm-2' }))
      .andAgainNothing();
    given(contactRegistered({ owner: 'csm-1' }))
      .when({ type: 'ChangeContactOwner', contactId: ann, owner: null })
      .then(contactOwnerChanged({ owner: null }));
  });

  it('set an attribute in the slot of its name', () => {
    const factId = slotIdOf(ann, 'attribute', 'hobby');
    given(contactRegistered())
      .when({ type: 'ChangeContactAttribute', contactId: ann, attribute: 'hobby', value: 'go' })
      .then(contactAttributeChanged({ factId, attribute: 'hobby', value: 'go' }))
      .andAgainNothing();
    given(contactRegistered(), contactAttributeChanged({ factId: factIdOf(7), attribute: 'hobby' }))
      .when({ type: 'ChangeContactAttribute', contactId: ann, attribute: 'hobby', value: null })
      .then(contactAttributeChanged({ factId: factIdOf(7), attribute: 'hobby', value: null }));
  });
});

describe('e-mail addresses', () => {
  const main = contactRegistered({ emailId: factIdOf(1), email: 'ann@acme.example' });
  const second = contactEmailAdded({ factId: factIdOf(2), address: 'ann@home.example' });

  it('are added beside each other', () => {
    given(main)
      .when({ type: 'AddContactEmail', contactId: ann, address: 'ann@home.example' })
      .then(
        contactEmailAdded({
          factId: slotIdOf(ann, 'email', 'ann@home.example'),
          address: 'ann@home.example',
        }),
      )
      .andAgainNothing();
  });

  it('are not added twice', () => {
    given(main, second)
      .when({ type: 'AddContactEmail', contactId: ann, address: 'ann@home.example' })
      .thenNothing();
  });

  it('come back to where they were when an address that was taken away is added again', () => {
    given(main, second, contactEmailChanged({ factId: factIdOf(2), address: null }))
      .when({ type: 'AddContactEmail', contactId: ann, address: 'ann@home.example' })
      .then(second);
  });

  it('are changed by id, by what they were, or in the main slot', () => {
    const address = 'ann.archer@acme.example';
    given(main, second)
      .when({ type: 'ChangeContactEmail', contactId: ann, emailId: factIdOf(2), address })
      .then(contactEmailChanged({ factId: factIdOf(2), address }))
      .andAgainNothing();
    given(main, second)
      .when({ type: 'ChangeContactEmail', contactId: ann, was: 'ann@acme.example', address })
      .then(contactEmailChanged({ factId: factIdOf(1), address }));
    given(contactRegistered())
      .when({ type: 'ChangeContactEmail', contactId: ann, address })
      .then(contactEmailChanged({ factId: slotIdOf(ann, 'email'), address }))
      .andAgainNothing();
  });

  it('are resolved against what was believed when the change was learned', () => {
    given(
      main,
      contactEmailChanged({ factId: factIdOf(1), address: 'new@acme.example' }, { learnedAt: '2026-06-01' }),
    )
      .when(
        {
          type: 'ChangeContactEmail',
          contactId: ann,
          was: 'ann@acme.example',
          address: 'between@acme.example',
        },
        { learnedAt: '2026-03-01' },
      )
      .then(contactEmailChanged({ factId: factIdOf(1), address: 'between@acme.example' }));
  });

  it('are only proposed where a feed names an address that nobody believes', () => {
    const change = { type: 'ChangeContactEmail', contactId: ann, was: 'nobody@acme.example' } as const;
    const fact = { factId: slotIdOf(ann, 'email', 'new@acme.example'), address: 'new@acme.example' };
    given(main)
      .when({ ...change, address: 'new@acme.example' }, feed)
      .thenProposed('former_value_not_believed', contactEmailChanged(fact));
    given(main)
      .when({ ...change, address: 'ann@acme.example' }, feed)
      .then(claimConfirmed(contactEmailChanged({ factId: factIdOf(1), address: 'ann@acme.example' })));
    given(main)
      .when({ ...change, address: null }, feed)
      .thenRejected('FACT_UNKNOWN', 'was');
  });

  it('are not guessed when nobody knows the address or the id', () => {
    const address = 'new@acme.example';
    given(main)
      .when({ type: 'ChangeContactEmail', contactId: ann, was: 'nobody@acme.example', address })
      .thenRejected('FACT_UNKNOWN', 'was');
    given(main)
      .when({ type: 'ChangeContactEmail', contactId: ann, emailId: factIdOf(9), address }, feed)
      .thenRejected('FACT_UNKNOWN', 'emailId');
  });

  it('must have the form name@domain from a person', () => {
    for (const address of ['ann', 'ann@', '@acme.example', 'a b@acme.example', 'a@b@c']) {
      given(main).when({ type: 'AddContactEmail', contactId: ann, address }).thenRejected('EMAIL_MALFORMED');
      given(main)
        .when({ type: 'ChangeContactEmail', contactId: ann, emailId: factIdOf(1), address })
        .thenRejected('EMAIL_MALFORMED', 'address');
      given(main)
        .when({ type: 'ChangeContactEmail', contactId: ann, emailId: factIdOf(1), address }, feed)
        .then(contactEmailChanged({ factId: factIdOf(1), address }));
    }
  });

  it('may be emptied', () => {
    given(main)
      .when({ type: 'ChangeContactEmail', contactId: ann, emailId: factIdOf(1), address: null })
      .then(contactEmailChanged({ factId: factIdOf(1), address: null }))
      .andAgainNothing();
  });
});

describe('phones', () => {
  const office = contactPhoneChanged({ factId: factIdOf(2), phone: '+49 30 1000' });
  const change = (values: object) =>
    ({
      type: 'ChangeContactPhone',
      contactId: ann,
      kind: 'office',
      line: 'voice',
      phone: '+49 30 2000',
      ...values,
    }) as const;

  it('coexist: a number that nobody has is another phone', () => {
    given(contactRegistered(), office)
      .when(change({}))
      .then(
        contactPhoneChanged({
          factId: slotIdOf(ann, 'phone', 'office', 'voice', '+49 30 2000'),
          phone: '+49 30 2000',
        }),
      )
      .andAgainNothing();
  });

  it('restate the number that is known', () => {
    given(contactRegistered(), office)
      .when(change({ phone: '+49 30 1000' }))
      .thenNothing();
  });

  it('are told apart by kind and line', () => {
    for (const other of [{ kind: 'home' }, { line: 'fax' as const }]) {
      const { kind, line } = { kind: 'office', line: 'voice' as const, ...other };
      given(contactRegistered(), office)
        .when(change({ phone: '+49 30 1000', ...other }))
        .then(
          contactPhoneChanged({
            factId: slotIdOf(ann, 'phone', kind, line, '+49 30 1000'),
            phone: '+49 30 1000',
            ...other,
          }),
        );
      given(contactRegistered(), office)
        .when(change({ was: '+49 30 1000', ...other }))
        .thenRejected('FACT_UNKNOWN', 'was');
    }
  });

  it('change the one that was, also into none', () => {
    given(contactRegistered(), office)
      .when(change({ was: '+49 30 1000' }))
      .then(contactPhoneChanged({ factId: factIdOf(2), phone: '+49 30 2000' }));
    given(contactRegistered(), office)
      .when(change({ was: '+49 30 1000', phone: null }))
      .then(contactPhoneChanged({ factId: factIdOf(2), phone: null }));
  });

  it('change kind and line of the one that is named by id', () => {
    given(contactRegistered(), office)
      .when(change({ phoneId: factIdOf(2), kind: 'home', line: 'mobile' }))
      .then(contactPhoneChanged({ factId: factIdOf(2), kind: 'home', line: 'mobile', phone: '+49 30 2000' }))
      .andAgainNothing();
  });

  it('may be named when they came with the registration, before anybody knew of what kind', () => {
    const registered = contactRegistered({ phoneId: factIdOf(5), phone: '+49 30 1000' });
    given(registered)
      .when(change({ was: '+49 30 1000' }))
      .then(contactPhoneChanged({ factId: factIdOf(5), phone: '+49 30 2000' }));
    given(registered)
      .when(change({ was: '+49 30 1000', line: 'fax' }))
      .thenRejected('FACT_UNKNOWN');
  });

  it('return to the phone that had the number last', () => {
    given(contactRegistered(), office, contactPhoneChanged({ factId: factIdOf(2), phone: null }))
      .when(change({ phone: '+49 30 1000' }))
      .then(office);
  });

  it('do not take a number away from a phone that has got another one since', () => {
    const slot = slotIdOf(ann, 'phone', 'office', 'voice', '+49 30 1000');
    const { events } = given(
      contactRegistered(),
      contactPhoneChanged({ factId: slot, phone: '+49 30 1000' }),
      contactPhoneChanged({ factId: slot, phone: '+49 30 2000' }),
    );
    const { appended } = carryOut(events, change({ phone: '+49 30 1000' }));
    expect(appended).toHaveLength(1);
    expect(appended[0]).not.toHaveProperty('data.factId', slot);
  });

  it('are only proposed where a feed names a number that nobody believes', () => {
    const factId = slotIdOf(ann, 'phone', 'office', 'voice', '+49 30 2000');
    given(contactRegistered(), office)
      .when(change({ was: '+49 30 9999' }), feed)
      .thenProposed('former_value_not_believed', contactPhoneChanged({ factId, phone: '+49 30 2000' }));
    given(contactRegistered(), office)
      .when(change({ was: '+49 30 9999', phone: null }), feed)
      .thenRejected('FACT_UNKNOWN', 'was');
  });

  it('cannot be emptied without saying which', () => {
    given(contactRegistered(), office)
      .when(change({ phone: null }))
      .thenRejected('FACT_UNKNOWN', 'was');
    given(contactRegistered(), office)
      .when(change({ phoneId: factIdOf(9), phone: null }))
      .thenRejected('FACT_UNKNOWN', 'phoneId');
  });
});

describe('postal addresses', () => {
  const office = contactAddressChanged({ factId: factIdOf(3), address: '1 Acme Way' });
  const change = (values: object) =>
    ({
      type: 'ChangeContactAddress',
      contactId: ann,
      kind: 'office',
      address: '2 Acme Way',
      ...values,
    }) as const;

  it('coexist, restate, change by what they were and by id', () => {
    given(contactRegistered(), office)
      .when(change({}))
      .then(
        contactAddressChanged({
          factId: slotIdOf(ann, 'address', 'office', '2 Acme Way'),
          address: '2 Acme Way',
        }),
      )
      .andAgainNothing();
    given(contactRegistered(), office)
      .when(change({ address: '1 Acme Way' }))
      .thenNothing();
    given(contactRegistered(), office)
      .when(change({ was: '1 Acme Way' }))
      .then(contactAddressChanged({ factId: factIdOf(3), address: '2 Acme Way' }));
    given(contactRegistered(), office)
      .when(change({ addressId: factIdOf(3), kind: 'home', address: null }))
      .then(contactAddressChanged({ factId: factIdOf(3), kind: 'home', address: null }))
      .andAgainNothing();
  });

  it('are only proposed where a feed names an address that nobody believes', () => {
    const factId = slotIdOf(ann, 'address', 'office', '2 Acme Way');
    given(contactRegistered(), office)
      .when(change({ was: '3 Acme Way' }), feed)
      .thenProposed('former_value_not_believed', contactAddressChanged({ factId, address: '2 Acme Way' }));
  });

  it('are not guessed', () => {
    given(contactRegistered(), office)
      .when(change({ was: '3 Acme Way' }))
      .thenRejected('FACT_UNKNOWN', 'was');
    given(contactRegistered(), office)
      .when(change({ addressId: factIdOf(9) }))
      .thenRejected('FACT_UNKNOWN', 'addressId');
    given(contactRegistered(), office)
      .when(change({ address: null }))
      .thenRejected('FACT_UNKNOWN', 'was');
    given(contactRegistered(), office)
      .when(change({ kind: 'home', was: '1 Acme Way' }))
      .thenRejected('FACT_UNKNOWN', 'was');
  });
});

describe('consent', () => {
  const address = 'ann@acme.example';
  const ofAddress = { isOfAddress: true, address };
  const say = { type: 'RecordConsent', contactId: ann, channel: 'email', consent: 'given' } as const;
  const own = (of: object = {}, ...slot: string[]) =>
    consentRecorded({
      consentId: slotIdOf(ann, 'consent', 'email', slot[0] ?? '', slot[1] ?? ''),
      consent: 'given',
      ...of,
    });

  it('is said of the fact of its own, and of each that says the same of somebody who was the same person', () => {
    given(contactRegistered()).when(say).then(own()).andAgainNothing();
    given(
      contactRegistered(),
      consentRecorded(),
      consentRecorded({ consentId: factIdOf(6), purpose: 'newsletter' }),
      consentRecorded({ consentId: factIdOf(7), channel: 'post' }),
      consentRecorded({ consentId: factIdOf(8), ...ofAddress }),
    )
      .when(say)
      .then(own(), consentRecorded({ consent: 'given' }))
      .andAgainNothing();
  });

  it('of an address is not said of one that can no longer be read', () => {
    const unreadable = erased(consentRecorded(ofAddress));
    given(contactRegistered(), unreadable, consentRecorded({ consentId: factIdOf(6) }))
      .when({ ...say, address })
      .then(own(ofAddress, '', address))
      .andAgainNothing();
    given(contactRegistered(), unreadable).when(say).then(own());
  });
});
