// The one form of a decider's test: given what happened, when a command comes, then these events follow, or a refusal.
import { expect } from 'vitest';
import type { Command } from '../../src/command.ts';
import { contractOf } from '../../src/ledger-events.ts';
import { isRejection, type RejectionCode } from '../../src/rejections.ts';
import { history, type TestEvent } from './builders.ts';
import { append, type Context, carryOut, foldOnto, type Outcome } from './ledger-in-memory.ts';

/** Events of several streams may be given: those of others are what else the ledger knows. */
export function given(...told: TestEvent[]) {
  const events = history(...told);
  return {
    events,
    when(command: Command, context: Context = {}) {
      const outcome = carryOut(events, command, context);
      return expectations(events, command, context, outcome);
    },
  };
}

function expectations(events: TestEvent[], command: Command, context: Context, outcome: Outcome) {
  const { decision, appended, stream } = outcome;
  const self = {
    /** The decided events, in this order: their type, their clear and their sealed values. */
    // biome-ignore lint/suspicious/noThenProperty: given, when, then is how the tests read; nobody awaits it.
    then(...expected: TestEvent[]) {
      expect(isRejection(decision) ? decision : appended.map(essence)).toEqual(expected.map(essence));
      for (const event of appended) expectValid(event);
      return self;
    },
    thenNothing() {
      return self.then();
    },
    /** Nothing is believed anew: the claim waits until somebody accepts or declines it. */
    thenProposed(doubt: string, { type, data, personal }: TestEvent) {
      expect(appended).toMatchObject([
        {
          type: 'ChangeProposed',
          data: { doubt, claimed: type, claim: data },
          personal: { claim: personal },
        },
      ]);
      for (const event of appended) expectValid(event);
      return self;
    },
    thenRejected(code: RejectionCode, path?: string) {
      expect(decision).toMatchObject({ rejected: code, ...(path !== undefined && { path }) });
      return self;
    },
    /** The same request once more, also under another idempotency key: accepted, and it changes nothing. */
    andAgainNothing(idempotencyKey = 'another key') {
      const after = append(events, appended);
      const again = carryOut(after, command, { ...context, idempotencyKey });
      expect(again.decision).not.toHaveProperty('rejected');
      expect(foldOnto(stream, again.belief, again.appended.filter(isNoConfirmation))).toBe(again.belief);
      return self;
    },
    /** The events after what was appended, for a second command. */
    thenGiven: () => append(events, appended),
  };
  return self;
}

const isNoConfirmation = (event: TestEvent) => event.type !== 'ClaimConfirmed';

const essence = ({ type, data, personal }: TestEvent) => ({ type, data, personal });

/** A decider that makes what its contract forbids would only be noticed when the event is read back. */
export function expectValid(event: TestEvent): void {
  const contract = contractOf(event.stream, event.type)!;
  expect(contract.clear.safeParse(event.data).error).toBeUndefined();
  if (event.personal) expect(contract.sealed.safeParse(event.personal).error).toBeUndefined();
}
