// What holds of every belief: it is total, undoing is exact, folding on is folding all, and no key decides its structure.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { believeAccount, believeAccountNext } from '../../src/account/belief.ts';
import { accountCommands } from '../../src/account/commands.ts';
import { type AccountEvent, accountEvents } from '../../src/account/events.ts';
import { believe, believeNext, type ContactBelief } from '../../src/contact/belief.ts';
import { contactCommands } from '../../src/contact/commands.ts';
import { type ContactEvent, contactEvents } from '../../src/contact/events.ts';
import type { MergeIn } from '../../src/merge.ts';
import { isRejection } from '../../src/rejections.ts';
import { signalCommands } from '../../src/signals/commands.ts';
import { compareBeliefOrder } from '../../src/time/belief-order.ts';
import { valueOn } from '../../src/timeline.ts';
import { arbitraryEvent, arbitraryOf, placed } from '../support/arbitrary-values.ts';
import {
  accountRegistered,
  contactMerged,
  contactRegistered,
  erased,
  history,
  placementStarted,
  type TestEvent,
} from '../support/builders.ts';
import { expectValid } from '../support/given-when-then.ts';
import {
  acme,
  ann,
  bob,
  eventIdOf,
  factIdOf,
  firstMs,
  globex,
  hourMs,
  job,
  nextJob,
} from '../support/ids.ts';
import { carryOut } from '../support/ledger-in-memory.ts';

/** What is surely known is learned two hours after the first of what may happen. */
const learnedAt = '2026-01-01T02:00:00Z';

/** A contact with two placements, and anything that keeps its contract, learned before and after them. */
const contactHistory = fc
  .array(arbitraryEvent(contactEvents, `contact-${ann}`), { maxLength: 30, size: 'max' })
  .map((anything) => {
    const known = history<ContactEvent>(
      contactRegistered(
        { emailId: factIdOf(1), email: 'ann@acme.example' },
        { id: eventIdOf(11), learnedAt },
      ),
      placementStarted({ placementId: job }, { id: eventIdOf(12), learnedAt }),
      placementStarted({ placementId: nextJob, accountId: globex }, { id: eventIdOf(13), learnedAt }),
    );
    return placed([...known, ...(anything as ContactEvent[])]);
  });
const accountHistory = fc
  .array(arbitraryEvent(accountEvents, `account-${acme}`), { maxLength: 30, size: 'max' })
  .map((anything) =>
    placed([...history<AccountEvent>(accountRegistered({}, { learnedAt })), ...(anything as AccountEvent[])]),
  );

/** The same id twice cannot be in a stream; nor can a revert name what came after it. */
function asStored<E extends TestEvent>(events: readonly E[]): E[] {
  const ids = new Set<string>();
  const fresh = events.map((event, index) => ({ ...event, id: eventIdOf(index + 1) }));
  return fresh.map((event) => {
    ids.add(event.id);
    if (event.type !== 'ChangesReverted') return event;
    const eventIds = event.data.eventIds.filter((id) => ids.has(id) && id !== event.id);
    return { ...event, data: { eventIds } };
  });
}

describe('the fold is total', () => {
  it('for any events of a contact, opened or erased, and tells the witness of each once, in belief order', () => {
    fc.assert(
      fc.property(contactHistory, fc.nat({ max: 2 }), fc.nat({ max: 20 }), (events, erasing, hour) => {
        const told = events.map((event, index) =>
          erasing === 2 || (erasing && index % 2) ? erased(event) : event,
        );
        const seen: ContactEvent[] = [];
        const belief = believe(told, {}, {}, (event) => seen.push(event));
        expect(seen).toEqual(told.toSorted(compareBeliefOrder));
        believe(told, { knownAtMs: firstMs + hour * hourMs, atPosition: hour });
        for (const placement of belief?.placements ?? []) valueOn(placement.title, 20_000, 'Europe/Berlin');
      }),
      { numRuns: 500 },
    );
  });

  it('for any events of an account', () => {
    fc.assert(
      fc.property(accountHistory, fc.nat({ max: 2 }), (events, erasing) => {
        const told = events.map((event, index) =>
          erasing === 2 || (erasing && index % 2) ? erased(event) : event,
        );
        const seen: AccountEvent[] = [];
        believeAccount(told, {}, {}, (event) => seen.push(event));
        expect(seen).toEqual(told.toSorted(compareBeliefOrder));
      }),
      { numRuns: 500 },
    );
  });

  it('also when anything was merged in, at any time', () => {
    fc.assert(
      fc.property(contactHistory, contactHistory, fc.nat({ max: 20 }), (events, others, hour) => {
        const loser = believe(others);
        if (!loser) return;
        const merges = { brought: [{ learnedAtMs: firstMs + hour * hourMs, position: 1000, loser }] };
        believe(events, {}, merges);
        believe(events.map(erased), {}, merges);
      }),
    );
  });
});

describe('whatever is asked of whatever is believed', () => {
  const commands = fc
    .constantFrom(...Object.entries({ ...contactCommands, ...accountCommands, ...signalCommands }))
    .chain(([type, shape]) =>
      arbitraryOf(shape).map(
        (command) => ({ type, ...(command as object) }) as Parameters<typeof carryOut>[1],
      ),
    );
  const context = fc.record({
    by: fc.constantFrom('person' as const, 'feed' as const),
    effectiveOn: fc.constantFrom('2024-03', '2026-01-31'),
    reasonCode: fc.constantFrom('left', 'bounced'),
    learnedAtMs: fc.nat({ max: 20 }).map((hour) => firstMs + hour * hourMs),
  });

  it('the answer is a refusal, or events that keep their contracts', () => {
    let taken = 0;
    fc.assert(
      fc.property(contactHistory, accountHistory, commands, context, (contact, account, command, about) => {
        const others = history<TestEvent>(
          contactRegistered({}, { of: bob }),
          accountRegistered({}, { of: globex }),
        );
        const addressed =
          'contactId' in command ? { ...command, contactId: ann } : { ...command, accountId: acme };
        const { decision, appended } = carryOut([...contact, ...account, ...others], addressed, about);
        if (isRejection(decision)) return;
        taken++;
        for (const event of appended) expectValid(event);
      }),
      { numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(250);
  });
});

describe('reverting', () => {
  it('any of the events leaves exactly what a contact without them would be', () => {
    fc.assert(
      fc.property(contactHistory.map(asStored), fc.func(fc.boolean()), (events, isChosen) => {
        const chosen = events.filter((event) => isChosen(event.id));
        const kept = events.filter((event) => !chosen.includes(event));
        const revert = revertOf(chosen, events) as ContactEvent;
        expect(believe([...events, revert])).toEqual(believe(kept));
      }),
      { numRuns: 500 },
    );
  });

  it('any of the events leaves exactly what an account without them would be', () => {
    fc.assert(
      fc.property(accountHistory.map(asStored), fc.func(fc.boolean()), (events, isChosen) => {
        const chosen = events.filter((event) => isChosen(event.id));
        const kept = events.filter((event) => !chosen.includes(event));
        const revert = revertOf(chosen, events) as AccountEvent;
        expect(believeAccount([...events, revert])).toEqual(believeAccount(kept));
      }),
      { numRuns: 500 },
    );
  });

  /** The newest by position, learned in the midst of it all. */
  const revertOf = (chosen: readonly TestEvent[], events: readonly TestEvent[]) => ({
    ...events[0]!,
    id: eventIdOf(99),
    position: events.length + 1,
    learnedAtMs: firstMs + 5 * hourMs,
    type: 'ChangesReverted',
    data: { eventIds: chosen.map((event) => event.id) },
    personal: {},
  });
});

describe('folding on', () => {
  const merges = (): MergeIn<ContactBelief>[] => {
    const loser = believe(
      history<ContactEvent>(
        contactRegistered({ name: 'Bob', emailId: factIdOf(2), email: 'bob@acme.example' }, { of: bob }),
        contactMerged({ intoId: ann, carried: [factIdOf(2)], choices: ['name'] }, { of: bob }),
      ),
    )!;
    return [{ learnedAtMs: firstMs, position: 0, loser }];
  };

  it('the newest event of a contact is folding all', () => {
    fc.assert(
      fc.property(contactHistory, fc.boolean(), (told, isSurvivor) => {
        const events = told.toSorted(compareBeliefOrder).filter((event) => event.type !== 'ChangesReverted');
        const merged = { brought: isSurvivor ? merges() : [] };
        const count = events.findIndex((event) => believe([event]) !== null) + 1;
        let belief = believe(events.slice(0, count), {}, merged);
        for (let next = count; next < events.length; next++) {
          belief = believeNext(belief, events[next]!);
          expect(belief).toEqual(believe(events.slice(0, next + 1), {}, merged));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('the newest event of an account is folding all', () => {
    fc.assert(
      fc.property(accountHistory, (told) => {
        const events = told.toSorted(compareBeliefOrder).filter((event) => event.type !== 'ChangesReverted');
        let belief = null as ReturnType<typeof believeAccount>;
        events.forEach((event, index) => {
          belief = believeAccountNext(belief, event);
          expect(belief).toEqual(believeAccount(events.slice(0, index + 1)));
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('an erasure', () => {
  it('takes the values of a contact and leaves its structure', () => {
    fc.assert(
      fc.property(contactHistory, (events) => {
        expect(structure(believe(events.map(erased)))).toEqual(structure(believe(events)));
      }),
      { numRuns: 1000 },
    );
  });

  const ids = (facts: readonly { id: string }[]) => facts.map((fact) => fact.id);
  const plain = ({ reasonText: _, destinationName: __, ...rest }: Record<string, unknown>) => rest;
  const ending = (one: object | null) => one && plain({ ...one });
  function structure(belief: ContactBelief | null) {
    if (!belief) return null;
    const { emails, phones, addresses, attributes, placements, proposals, removed, died, mergedInto, owner } =
      belief;
    return {
      facts: [emails, phones, addresses, attributes].map(ids),
      lines: phones.map((phone) => phone.line),
      placements: placements.map(({ title: _, function: __, department: ___, postName: ____, ...rest }) => ({
        ...rest,
        ended: ending(rest.ended),
        removed: ending(rest.removed),
        buyingRoles: rest.buyingRoles.map((role) => ({ ...role, ended: ending(role.ended ?? null) })),
      })),
      removed: ending(removed),
      died: ending(died),
      proposals: proposals.map(({ personal: _, ...rest }) => rest),
      mergedInto,
      owner,
    };
  }
});
