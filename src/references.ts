// What a command refers to beside its own stream: loaded before the decision, and told to the decider.
import type { AccountBelief } from './account/belief.ts';
import { type Command, type CommandContext, streamOf } from './command.ts';
import type { ContactBelief } from './contact/belief.ts';
import type { Deciding } from './deciding.ts';
import type { Request } from './enveloping.ts';
import type { ExternalId } from './event-contract.ts';
import { categoryOf, type LedgerEvent, subjectOf } from './ledger-events.ts';
import type { LedgerStates, StreamState } from './ledger-state.ts';
import { type MergedCategory, survivorIdOf } from './merge.ts';
import { type Belief, voidIn } from './stream-belief.ts';
import { latest, sameValue } from './timeline.ts';
import { undoOf } from './undo.ts';

/** All that were said to go by an id of another system, as far as that is visible. */
export type HoldersOf = (kind: MergedCategory, externalId: ExternalId) => readonly string[];

/** States of streams beside the command's own, by name. */
export type Known = Map<string, StreamState>;

/** Whether the command can be the first of its stream: only then a new stream gets a key. */
export function mayBegin(state: StreamState, command: Command, known: Known): boolean {
  if (
    state.version > 0 ||
    command.type === 'RegisterContact' ||
    command.type === 'RegisterAccount' ||
    command.type === 'OpenTurnover'
  )
    return true;
  return (
    categoryOf(state.stream) === 'signals' && known.get(`contact-${subjectOf(state.stream)}`)?.belief != null
  );
}

/** Fields of commands that hold the id of another stream's subject, and what it is; `intoId` is what its command merges. */
const referring = {
  accountId: 'account',
  payingAccountId: 'account',
  parentId: 'account',
  managerId: 'contact',
  delegateId: 'contact',
  contactId: 'contact',
  intoId: 'merged',
} as const;
type ReferringField = keyof typeof referring;
const referringFields = Object.keys(referring) as ReferringField[];

function referredTo(command: Command, field: ReferringField): MergedCategory {
  const category = referring[field];
  if (category !== 'merged') return category;
  return command.type === 'MergeContacts' ? 'contact' : 'account';
}

/** Loads what a command refers to beside its own stream, and waits for what of it is still on its way to the store. */
export async function loadReferences(
  command: Command,
  states: LedgerStates,
  by: CommandContext['by'],
  holdersOf: HoldersOf,
): Promise<Known> {
  const known: Known = new Map();
  const own = streamOf(command);
  async function reach(stream: string, follow: Follow): Promise<void> {
    for (let next: string | null = stream; next !== null && !known.has(next); ) {
      let state: StreamState = await states.load(next);
      // A feed need not wait: should the account's line fail to become durable, the import stops and is repeated.
      while (next !== own && by === 'person' && state.pending) {
        await state.pending;
        if (states.isCurrent(state)) break;
        state = await states.load(next);
      }
      known.set(next, state);
      next = follow(state.belief);
    }
  }
  for (const field of referringFields) {
    const id = (command as { [field in ReferringField]?: unknown })[field];
    if (typeof id !== 'string') continue;
    const stream = `${referredTo(command, field)}-${id}`;
    if (stream !== own) await reach(stream, followed(command, field));
  }
  if (by === 'person' && (command.type === 'RegisterContact' || command.type === 'RegisterAccount')) {
    const kind = command.type === 'RegisterContact' ? 'contact' : 'account';
    for (const holder of command.externalId ? holdersOf(kind, command.externalId) : [])
      if (`${kind}-${holder}` !== own) await reach(`${kind}-${holder}`, alone);
  }
  return known;
}

type Follow = (belief: Belief) => string | null;

const alone: Follow = () => null;

function followed({ type }: Command, field: ReferringField): Follow {
  if (type === 'MergeContacts') return survivorStream;
  return field === 'parentId' || type === 'MergeAccounts' ? aboveStream : alone;
}

function survivorStream(belief: Belief): string | null {
  const into = (belief as ContactBelief | null)?.mergedInto;
  return into ? `contact-${into.contactId}` : null;
}

/** What stands for a merged account, else its parent. */
function aboveStream(belief: Belief): string | null {
  const account = belief as AccountBelief | null;
  const above = account && (account.mergedInto?.accountId ?? latest(account.parentId));
  return above ? `account-${above}` : null;
}

/** What a decider is told of them. */
export function describeFor(
  stream: string,
  state: StreamState,
  context: CommandContext,
  request: Request,
  known: Known,
  rootCauses: Deciding['rootCauses'],
): Deciding {
  const exists = (other: string) => (other === stream ? state : known.get(other))?.belief != null;
  return {
    by: context.by,
    version: state.version,
    ...(context.effectiveOn !== undefined && { effectiveOn: context.effectiveOn }),
    ...(context.reasonCode !== undefined && { reasonCode: context.reasonCode }),
    newId: (purpose) => request.derive(purpose),
    slotId: (...parts) => request.slot(subjectOf(stream), ...parts),
    postId: (accountId, name) => request.slot('post', accountId, name),
    accountKnown: (id) => exists(`account-${id}`),
    contactKnown: (id) => exists(`contact-${id}`),
    chain(id) {
      const isContact = categoryOf(stream) === 'contact';
      const ids: string[] = [];
      for (let next: string | null = `${isContact ? 'contact' : 'account'}-${id}`; next !== null; ) {
        const subject = subjectOf(next);
        if (ids.includes(subject)) break;
        ids.push(subject);
        const belief: Belief = known.get(next)?.belief ?? null;
        next = isContact ? survivorStream(belief) : aboveStream(belief);
      }
      return ids;
    },
    externalIdHolder(externalId) {
      if (context.by === 'feed') return null;
      for (const [other, state] of known) {
        if (other === stream || categoryOf(other) !== categoryOf(stream)) continue;
        const belief = state.belief as ContactBelief | AccountBelief | null;
        if (belief?.externalIds.some((held) => sameValue(held, externalId)))
          return survivorIdOf(belief) ?? belief.id;
      }
      return null;
    },
    rootCauses,
    eventKnown: (id) => state.digests.has(id),
    undo: (id) =>
      undoOf(state.events ?? [], id, (events) => voidIn(stream, events as LedgerEvent[], state.merges)),
  };
}
