// What is allowed on an account: registration, values, parents, team, renewals, closing and reverts.
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/command.ts';
import {
  accountAddressChanged,
  accountChangesReverted,
  accountClassified,
  accountClosed,
  accountDomainsChanged,
  accountNameChanged,
  accountParentChanged,
  accountPhoneChanged,
  accountRegistered,
  accountRenewalScheduled,
  accountTeamChanged,
  accountValueChanged,
  renewalDecided,
} from '../support/builders.ts';
import { given } from '../support/given-when-then.ts';
import { acme, eventIdOf, globex, initech } from '../support/ids.ts';
import { carryOut } from '../support/ledger-in-memory.ts';

const feed = { by: 'feed' } as const;
const accountId = acme;
const globexKnown = accountRegistered({ name: 'Globex' }, { of: globex });
const initechKnown = accountRegistered({ name: 'Initech' }, { of: initech });
const details = {
  name: 'Acme',
  parentId: globex,
  domains: ['acme.example'],
  location: { country: 'DE' },
  segment: 'enterprise',
  size: 4000,
  relationship: 'customer',
  productLines: ['suite'],
  arr: { minorUnits: 1_200_000, currency: 'EUR' },
  renewalOn: '2027-01',
  externalId: { source: 'crm', id: 'acme' },
} as const;
const registerInFull = {
  type: 'RegisterAccount',
  accountId,
  ...details,
  domains: ['acme.example'],
  productLines: ['suite'],
} as const satisfies object;
const registeredInFull = accountRegistered({
  ...details,
  domains: ['acme.example'],
  productLines: ['suite'],
});
const register = (other: object = {}) => ({ ...registerInFull, ...other }) as unknown as Command;

describe('registering an account', () => {
  it('keeps all that is known from the start', () => {
    given(globexKnown).when(register()).then(registeredInFull).andAgainNothing();
    given()
      .when({ type: 'RegisterAccount', accountId, name: 'Acme' })
      .then(accountRegistered())
      .andAgainNothing();
  });

  it('may be said again, also by a former name', () => {
    given(globexKnown, registeredInFull, accountNameChanged()).when(register()).thenNothing();
    given(globexKnown, registeredInFull).when(register(), feed).andAgainNothing();
  });

  it.each([
    ['name', { name: 'Acme Inc' }],
    ['parent', { parentId: initech }],
    ['domain', { domains: ['acme.test'] }],
    ['location', { location: { country: 'FR' } }],
    ['segment', { segment: 'small' }],
    ['size', { size: 1 }],
    ['relationship', { relationship: 'former' }],
    ['tier', { tier: 'gold' }],
    ['product line', { productLines: ['other'] }],
    ['revenue', { arr: { minorUnits: 1, currency: 'EUR' } }],
    ['renewal', { renewalOn: '2028-01' }],
    ['external id', { externalId: { source: 'crm', id: 'other' } }],
  ])('refuses a second registration with another %s', (_, other) => {
    given(globexKnown, initechKnown, registeredInFull)
      .when(register(other))
      .thenRejected('ACCOUNT_ALREADY_REGISTERED', 'accountId');
  });

  it('names only a parent that is known and is not itself', () => {
    given().when(register()).thenRejected('ACCOUNT_UNKNOWN', 'parentId');
    given()
      .when(register({ parentId: acme }))
      .thenRejected('PARENT_CYCLE', 'parentId');
  });
});

describe('any other command', () => {
  it('is refused before the account was known', () => {
    given()
      .when({ type: 'ChangeAccountName', accountId, name: 'Acme' })
      .thenRejected('ACCOUNT_UNKNOWN', 'accountId');
    given(accountRegistered({}, { learnedAt: '2026-02-01' }))
      .when({ type: 'ChangeAccountName', accountId, name: 'Acme' }, { learnedAt: '2026-01-31' })
      .thenRejected('ACCOUNT_UNKNOWN');
  });
});

describe('values', () => {
  const changes = [
    [{ type: 'ChangeAccountName', accountId, name: 'Acme Group' }, accountNameChanged()],
    [{ type: 'ChangeAccountDomains', accountId, domains: ['acme.example'] }, accountDomainsChanged()],
    [
      { type: 'ChangeAccountAddress', accountId, address: '1 Acme Way', location: { country: 'DE' } },
      accountAddressChanged(),
    ],
    [
      { type: 'ChangeAccountAddress', accountId, address: null, location: null },
      accountAddressChanged({ address: null, location: null }),
    ],
    [{ type: 'ChangeAccountPhone', accountId, phone: '+49 30 1' }, accountPhoneChanged()],
    [{ type: 'ClassifyAccount', accountId, segment: 'enterprise' }, accountClassified()],
    [
      { type: 'ClassifyAccount', accountId, segment: null, tier: 'gold', productLines: ['a', 'b'] },
      accountClassified({ segment: null, tier: 'gold', productLines: ['a', 'b'] }),
    ],
    [
      { type: 'ChangeAccountValue', accountId, arr: { minorUnits: 1_200_000, currency: 'EUR' } },
      accountValueChanged(),
    ],
    [{ type: 'ScheduleAccountRenewal', accountId, renewalOn: '2027-01' }, accountRenewalScheduled()],
    [{ type: 'ChangeAccountTeam', accountId, teamRole: 'owner', member: 'csm-1' }, accountTeamChanged()],
  ] as const;

  it.each(changes.map(([command, event]) => [command.type, command, event] as const))(
    '%s is taken once',
    (_, command, event) => {
      given(accountRegistered())
        .when(command as unknown as Command)
        .then(event)
        .andAgainNothing();
    },
  );

  it('leave an empty team role empty, and a feed that says so leaves a trace', () => {
    const command = { type: 'ChangeAccountTeam', accountId, teamRole: 'owner', member: null } as const;
    given(accountRegistered()).when(command).thenNothing();
    expect(carryOut(given(accountRegistered()).events, command, feed).appended).toHaveLength(1);
    given(accountRegistered(), accountTeamChanged())
      .when(command)
      .then(accountTeamChanged({ member: null }))
      .andAgainNothing();
  });
});

describe('the parent', () => {
  const toGlobex = { type: 'ChangeAccountParent', accountId, parentId: globex } as const;

  it('is set and taken away', () => {
    given(globexKnown, accountRegistered()).when(toGlobex).then(accountParentChanged()).andAgainNothing();
    given(globexKnown, accountRegistered({ parentId: globex }))
      .when({ ...toGlobex, parentId: null })
      .then(accountParentChanged({ parentId: null }));
  });

  it('must be known and may not be the account itself or below it', () => {
    given(accountRegistered()).when(toGlobex).thenRejected('ACCOUNT_UNKNOWN', 'parentId');
    given(accountRegistered())
      .when({ ...toGlobex, parentId: acme })
      .thenRejected('PARENT_CYCLE', 'parentId');
    given(globexKnown, accountRegistered(), accountParentChanged({ parentId: acme }, { of: globex }))
      .when(toGlobex)
      .thenRejected('PARENT_CYCLE', 'parentId');
    given(
      globexKnown,
      initechKnown,
      accountRegistered(),
      accountParentChanged({ parentId: initech }, { of: globex }),
      accountParentChanged({ parentId: acme }, { of: initech }),
    )
      .when(toGlobex)
      .thenRejected('PARENT_CYCLE', 'parentId');
  });
});

describe('renewals', () => {
  const decide = {
    type: 'DecideRenewal',
    accountId,
    product: 'suite',
    outcome: 'not_renewed',
    amount: null,
    rootCause: 'price',
    competitor: 'Hooli',
  } as const;

  it('are decided, each with an id of its own', () => {
    const { events } = given(accountRegistered());
    const { appended } = carryOut(events, decide);
    const { type: _, accountId: __, ...said } = decide;
    const expected = renewalDecided(said);
    expect(appended).toMatchObject([
      { type: 'RenewalDecided', personal: expected.personal, data: { product: 'suite', rootCause: 'price' } },
    ]);
    const other = carryOut(events, decide, { idempotencyKey: 'another' });
    const idOf = (event: unknown) => (event as { data: { decisionId: string } }).data.decisionId;
    expect(idOf(other.appended[0])).not.toBe(idOf(appended[0]));
  });

  it('are not decided twice by the same request', () => {
    given(accountRegistered()).when(decide).andAgainNothing('command');
  });
});

describe('a closed account', () => {
  const close = { type: 'CloseAccount', accountId, closing: 'acquired', intoId: globex } as const;
  const closed = given(globexKnown, accountRegistered(), accountClosed());

  it('is closed into another that is known', () => {
    given(globexKnown, accountRegistered())
      .when(close, { effectiveOn: '2026-01' })
      .then(accountClosed({ closing: 'acquired', intoId: globex }))
      .andAgainNothing();
    given(accountRegistered()).when(close).thenRejected('ACCOUNT_UNKNOWN', 'intoId');
  });

  it('takes nothing from a person but another closing or a revert', () => {
    closed
      .when({ type: 'ChangeAccountName', accountId, name: 'Acme II' })
      .thenRejected('ACCOUNT_CLOSED', 'accountId');
    closed.when(close).then(accountClosed({ closing: 'acquired', intoId: globex }));
    closed
      .when({ type: 'RevertAccountChanges', accountId, eventIds: [eventIdOf(3)] })
      .then(accountChangesReverted([eventIdOf(3)]));
  });

  it('takes what a feed tells', () => {
    closed
      .when({ type: 'ChangeAccountName', accountId, name: 'Acme Group' }, feed)
      .then(accountNameChanged());
  });
});

describe('reverting changes', () => {
  it('names events of this history', () => {
    given(accountRegistered())
      .when({ type: 'RevertAccountChanges', accountId, eventIds: [eventIdOf(9)] })
      .thenRejected('EVENT_UNKNOWN', 'eventIds');
    given()
      .when({ type: 'RevertAccountChanges', accountId, eventIds: [eventIdOf(9)] })
      .thenRejected('ACCOUNT_UNKNOWN', 'accountId');
  });

  it('can bring back an account whose registration was reverted', () => {
    given(accountRegistered(), accountChangesReverted([eventIdOf(1)]))
      .when({ type: 'RevertAccountChanges', accountId, eventIds: [eventIdOf(2)] })
      .then(accountChangesReverted([eventIdOf(2)]));
  });
});
