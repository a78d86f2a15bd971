// Claims learned at different times give the same belief in whatever order they arrive, each after the fact it names.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { believeAccount } from '../../src/account/belief.ts';
import type { AccountEvent } from '../../src/account/events.ts';
import { believe } from '../../src/contact/belief.ts';
import type { ContactEvent } from '../../src/contact/events.ts';
import { accountRegistered, contactRegistered, history, type TestEvent } from '../support/builders.ts';
import { acme, ann, bob, cleo, globex } from '../support/ids.ts';
import {
  arrive,
  type Claim,
  namingContactClaims,
  plainAccountClaims,
  plainContactClaims,
} from '../support/random-claims.ts';

const others = history<TestEvent>(
  accountRegistered({ name: 'Acme' }, { of: acme }),
  accountRegistered({ name: 'Globex' }, { of: globex }),
  contactRegistered({ name: 'Bob' }, { of: bob }),
  contactRegistered({ name: 'Cleo' }, { of: cleo }),
);

const otherAccounts = others.filter((event) => event.stream !== `account-${acme}`);

/** The belief, without the one thing in it that is a place in the ledger. */
function contactBelief(events: readonly TestEvent[]) {
  const belief = believe(events.filter((event) => event.stream === `contact-${ann}`) as ContactEvent[]);
  return belief?.mergedInto ? { ...belief, mergedInto: { ...belief.mergedInto, position: 0 } } : belief;
}
const accountBelief = (events: readonly TestEvent[]) =>
  believeAccount(events.filter((event) => event.stream === `account-${acme}`) as AccountEvent[]);

const shuffled = (claims: fc.Arbitrary<Claim[]>) =>
  claims.chain((told) =>
    fc.record({
      told: fc.constant(told),
      arriving: fc.shuffledSubarray(told, { minLength: told.length, maxLength: told.length }),
    }),
  );

/**
 * A value that its phone, address or e-mail gave up for another is claimed anew without saying of which: whether that is the
 * old one or another depends on what had been heard, so the property does not speak of it.
 */
function isAmbiguous({ command }: Claim, earlier: readonly Claim[]): boolean {
  const [value] = valuesOf(command);
  if (value === undefined || ('was' in command && command.was !== undefined)) return false;
  return earlier.some((one) => {
    const [now, was] = valuesOf(one.command);
    return one.command.type.includes(subjectOf(command.type)) && was === value && now !== null;
  });
}
const subjectOf = (type: string) => /Email|Phone|Address/.exec(type)?.[0] ?? 'none';
function valuesOf(command: Claim['command']): [value?: string | null, was?: string] {
  if (command.type === 'ChangeContactPhone') return [command.phone, command.was];
  if (command.type === 'ChangeContactAddress') return [command.address, command.was];
  if (command.type === 'ChangeContactEmail') return [command.address, command.was];
  return command.type === 'AddContactEmail' ? [command.address] : [];
}

describe('the order in which claims arrive', () => {
  it('makes no difference to a contact, whatever is claimed, refused and sent again', () => {
    fc.assert(
      fc.property(shuffled(plainContactClaims), ({ told, arriving }) => {
        const expected = contactBelief(arrive(others, told).events);
        expect(contactBelief(arrive(others, arriving).events)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('makes no difference where claims name facts and proposals of others', () => {
    fc.assert(
      fc.property(shuffled(namingContactClaims), ({ told, arriving }) => {
        const accepted: Claim[] = [];
        for (const claim of told)
          if (!isAmbiguous(claim, accepted) && arrive(others, [...accepted, claim]).refused.length === 0)
            accepted.push(claim);
        const inOrder = arrive(others, accepted);
        const late = arrive(
          others,
          arriving.filter((claim) => accepted.includes(claim)),
        );
        expect(late.refused).toEqual([]);
        expect(contactBelief(late.events)).toEqual(contactBelief(inOrder.events));
      }),
      { numRuns: 500 },
    );
  });

  it('makes no difference to an account', () => {
    fc.assert(
      fc.property(shuffled(plainAccountClaims), ({ told, arriving }) => {
        const expected = accountBelief(arrive(otherAccounts, told).events);
        expect(accountBelief(arrive(otherAccounts, arriving).events)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
