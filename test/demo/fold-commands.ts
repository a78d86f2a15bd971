// Decides and folds commands one after the other without a store, as the ledger does when nothing arrives late.
import { type AccountBelief, believeAccountNext } from '../../src/account/belief.ts';
import { type AccountCommand, accountCommands } from '../../src/account/commands.ts';
import { decideAccount } from '../../src/account/decider.ts';
import type { AccountEvent } from '../../src/account/events.ts';
import { believe, believeNext, type ContactBelief } from '../../src/contact/belief.ts';
import type { ContactCommand } from '../../src/contact/commands.ts';
import { decideContact } from '../../src/contact/decider.ts';
import type { ContactEvent } from '../../src/contact/events.ts';
import type { Deciding } from '../../src/deciding.ts';
import type { DemoCommand } from '../../src/demo/journal.ts';
import { contractOf } from '../../src/ledger-events.ts';
import type { MergeIn } from '../../src/merge.ts';
import { deriveId } from '../../src/personal-data/derive-id.ts';
import { isRejection, type Rejection } from '../../src/rejections.ts';
import { type SignalCommand, signalCommands } from '../../src/signals/commands.ts';
import { decideSignal } from '../../src/signals/decider.ts';
import { latest } from '../../src/timeline.ts';
import { rootCauses } from '../../src/turnover/definition.ts';

export interface Refusal {
  index: number;
  type: string;
  rejection: Rejection;
}
export interface Folded {
  contacts: Map<string, ContactBelief>;
  accounts: Map<string, AccountBelief>;
  refusals: Refusal[];
  events: number;
  /** Types of events that keep none of the promises of their contract. */
  malformed: Set<string>;
}
type Decided = { type: string; data: object; personal: object; effectiveOn?: string };

const salt = Buffer.alloc(32, 7);

export function foldCommands(commands: readonly DemoCommand[]): Folded {
  const contacts = new Map<string, ContactBelief>();
  const accounts = new Map<string, AccountBelief>();
  const streams = new Map<string, ContactEvent[]>();
  const mergesInto = new Map<string, MergeIn<ContactBelief>[]>();
  const refusals: Refusal[] = [];
  const malformed = new Set<string>();
  let position = 0;

  const parentOf = (id: string) => {
    const account = accounts.get(id);
    return account ? latest(account.parentId) : contacts.get(id)?.mergedInto?.contactId;
  };
  const chain = (id: string) => {
    const ids = [id];
    for (let next = parentOf(id); next && !ids.includes(next); next = parentOf(next)) ids.push(next);
    return ids;
  };
  const decidingOf = (index: number, subject: string, { context }: DemoCommand): Deciding => ({
    by: context.by,
    ...(context.effectiveOn !== undefined && { effectiveOn: context.effectiveOn }),
    ...(context.reasonCode !== undefined && { reasonCode: context.reasonCode }),
    version: position,
    newId: (purpose) => deriveId(salt, 'new', String(index), purpose),
    slotId: (...parts) => deriveId(salt, 'slot', subject, ...parts),
    postId: (accountId, name) => deriveId(salt, 'post', accountId, name),
    accountKnown: (id) => accounts.has(id),
    contactKnown: (id) => contacts.has(id),
    chain,
    externalIdHolder: () => null,
    rootCauses: rootCauses.causes,
    eventKnown: () => false,
    undo: () => undefined,
  });

  function refold(contactId: string): void {
    const belief = believe(
      streams.get(contactId)!,
      {},
      {
        brought: mergesInto.get(contactId) ?? [],
      },
    );
    contacts.set(contactId, belief!);
  }
  function foldContact(event: ContactEvent, contactId: string): void {
    const before = contacts.get(contactId) ?? null;
    const after = believeNext(before, event)!;
    contacts.set(contactId, after);
    streams.set(contactId, [...(streams.get(contactId) ?? []), event]);
    if (event.type !== 'ContactMerged' && event.type !== 'ContactUnmerged') return;
    const survivorId = event.type === 'ContactMerged' ? event.data.intoId : event.data.fromId;
    const { learnedAtMs } = event;
    const others = (mergesInto.get(survivorId) ?? []).filter(({ loser }) => loser.id !== contactId);
    const merge = { learnedAtMs, position: event.position, loser: after };
    mergesInto.set(survivorId, event.type === 'ContactMerged' ? [...others, merge] : others);
    refold(survivorId);
  }

  commands.forEach((demo, index) => {
    const { command, context } = demo;
    const isAccount = Object.hasOwn(accountCommands, command.type);
    const subject = isAccount
      ? (command as AccountCommand).accountId
      : (command as ContactCommand | SignalCommand).contactId;
    const deciding = decidingOf(index, subject, demo);
    const decided = isAccount
      ? decideAccount(accounts.get(subject) ?? null, command as AccountCommand, deciding)
      : Object.hasOwn(signalCommands, command.type)
        ? decideSignal(command as SignalCommand, deciding)
        : decideContact(contacts.get(subject) ?? null, command as ContactCommand, deciding);
    if (isRejection(decided)) {
      refusals.push({ index, type: command.type, rejection: decided });
      return;
    }
    const category = isAccount
      ? 'account'
      : Object.hasOwn(signalCommands, command.type)
        ? 'signals'
        : 'contact';
    for (const each of asProposed(decided as Decided[], context.asProposal?.doubt, deciding)) {
      position += 1;
      const stream = `${category}-${subject}`;
      const contract = contractOf(stream, each.type);
      if (!contract?.clear.safeParse(each.data).success || !contract.sealed.safeParse(each.personal).success)
        malformed.add(each.type);
      const { actor, source, learnedAtMs, effectiveOn, reasonCode } = context;
      const event = {
        ...each,
        id: deriveId(salt, 'event', String(position)),
        stream,
        position,
        actor,
        source,
        learnedAtMs,
        ...(effectiveOn !== undefined && { effectiveOn }),
        ...(reasonCode !== undefined && { reasonCode }),
      };
      if (category === 'contact') foldContact(event as unknown as ContactEvent, subject);
      if (category === 'account')
        accounts.set(
          subject,
          believeAccountNext(accounts.get(subject) ?? null, event as unknown as AccountEvent)!,
        );
    }
  });
  return { contacts, accounts, refusals, events: position, malformed };
}

function asProposed(decided: Decided[], doubt: string | undefined, deciding: Deciding): Decided[] {
  if (doubt === undefined) return decided;
  const [claim, ...more] = decided;
  if (!claim || more.length > 0) throw new Error('A proposal is exactly one claim.');
  return [
    {
      type: 'ChangeProposed',
      data: { proposalId: deciding.newId('proposal'), doubt, claimed: claim.type, claim: claim.data },
      personal: { claim: claim.personal },
    },
  ];
}
