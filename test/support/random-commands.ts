// Random histories of a whole ledger: commands that refer to what is there by then, many of them late, undone or proposed.
import fc from 'fast-check';
import { findContact } from '../../projections/contacts.ts';
import type { Application } from '../../src/application.ts';
import type { Command, CommandContext, CommandResult } from '../../src/command.ts';
import { accountIdOf, at, contactIdOf, hourMs, placementIdOf } from './ids.ts';

/** One step: what is done, and numbers that choose among what is there when it is done. */
export interface Step {
  kind: (typeof kinds)[number];
  who: number;
  other: number;
  pick: number;
  /** Hours since the beginning at which it is learned; undefined = now. */
  learnedHour: number | undefined;
  effectiveOn: string | undefined;
  by: 'person' | 'feed';
  proposed: boolean;
  /** Whether the next step waits for the answer. */
  waits: boolean;
}

const kinds = [
  'RegisterContact',
  'RegisterContact',
  'RegisterAccount',
  'ChangeContactName',
  'AddContactEmail',
  'ChangeContactEmail',
  'ChangeContactPhone',
  'ChangeContactAttribute',
  'ChangeContactOwner',
  'RecordConsent',
  'StartPlacement',
  'StartPlacement',
  'EndPlacement',
  'CorrectPlacement',
  'WithdrawPlacement',
  'RemovePlacement',
  'ChangeTitle',
  'RemoveContact',
  'RestoreContact',
  'RecordDeath',
  'MergeContacts',
  'MergeContacts',
  'UnmergeContacts',
  'RevertContactChanges',
  'RevertContactChanges',
  'AcceptChange',
  'DeclineChange',
  'ChangeAccountName',
  'ClassifyAccount',
  'ChangeAccountDomains',
  'ChangeAccountTeam',
  'ChangeAccountParent',
  'DecideRenewal',
  'MergeAccounts',
  'MergeAccounts',
  'UnmergeAccounts',
  'RevertAccountChanges',
  'RecordBounce',
] as const;

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    who: fc.nat(3),
    other: fc.nat(3),
    pick: fc.nat(1000),
    learnedHour: fc.option(fc.nat(100), { nil: undefined }),
    effectiveOn: fc.option(fc.constantFrom('2025', '2025-06', '2025-06-15', '2026-02~'), { nil: undefined }),
    by: fc.constantFrom('person', 'feed'),
    proposed: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    waits: fc.boolean(),
  }),
  { minLength: 5, maxLength: 60 },
);

/** Four contacts and two accounts are registered first, most of the time. */
const beginning: Step[] = [0, 1, 2, 3].flatMap((who) => [
  { ...plain('RegisterContact'), who },
  { ...plain('RegisterAccount'), who },
  { ...plain('StartPlacement'), who, other: who + 1, pick: who },
]);
function plain(kind: Step['kind']): Step {
  return {
    kind,
    who: 0,
    other: 0,
    pick: 0,
    learnedHour: 0,
    effectiveOn: undefined,
    by: 'person',
    proposed: false,
    waits: true,
  };
}

/** Carries the steps out; refusals are part of the game. */
export async function carryOutAll(app: Application, told: readonly Step[]): Promise<CommandResult[]> {
  const results: Promise<CommandResult>[] = [];
  for (const step of [...beginning, ...told]) {
    const command = commandOf(app, step, await eventIdsOf(app, step));
    if (!command) continue;
    const { done } = await app.ledger.submit(command, contextOf(step));
    results.push(done);
    if (step.waits) {
      await done;
      await app.readModels.applied(await app.store.head());
    }
  }
  return Promise.all(results);
}

async function eventIdsOf(app: Application, { kind, who }: Step): Promise<string[]> {
  if (kind === 'RevertContactChanges') return (await app.store.read(`contact-${contactIdOf(who)}`)).map(idOf);
  if (kind === 'RevertAccountChanges') return (await app.store.read(`account-${accountIdOf(who)}`)).map(idOf);
  return [];
}
const idOf = ({ id }: { id: string }) => id;

function contextOf({ learnedHour, effectiveOn, by, proposed }: Step): CommandContext {
  return {
    actor: { id: by === 'person' ? 'user-1' : 'importer', kind: by === 'person' ? 'person' : 'integration' },
    source: by === 'person' ? 'console' : 'crm',
    by,
    reasonCode: 'other',
    ...(learnedHour !== undefined && { learnedAtMs: at('2026-01-01') + learnedHour * hourMs }),
    ...(effectiveOn !== undefined && { effectiveOn }),
    ...(proposed && { asProposal: { doubt: 'older_source' } }),
  };
}

function commandOf(app: Application, step: Step, eventIds: string[]): Command | undefined {
  const { kind, who, other, pick } = step;
  const contactId = contactIdOf(who);
  const accountId = accountIdOf(other);
  const known = findContact(app.readModels.database, contactId);
  const chosen = <T>(values: readonly T[] | undefined) =>
    values?.length ? values[pick % values.length] : undefined;
  const placementId = chosen(known?.placements)?.id ?? placementIdOf(pick % 6);
  const word = `value ${pick % 7}`;
  switch (kind) {
    case 'RegisterContact':
      return { type: kind, contactId, name: `Contact ${who}`, email: `c${who}@acme.example` };
    case 'RegisterAccount':
      return { type: kind, accountId: accountIdOf(who), name: `Account ${who}` };
    case 'ChangeContactName':
      return { type: kind, contactId, name: word };
    case 'AddContactEmail':
      return { type: kind, contactId, address: `${pick % 5}@acme.example` };
    case 'ChangeContactEmail': {
      const emailId = chosen(known?.emails)?.id;
      return {
        type: kind,
        contactId,
        ...(emailId && { emailId }),
        address: pick % 3 ? `${pick % 5}@new.example` : null,
      };
    }
    case 'ChangeContactPhone':
      return { type: kind, contactId, kind: 'office', line: 'voice', phone: `${pick % 4}` };
    case 'ChangeContactAttribute':
      return { type: kind, contactId, attribute: `field ${pick % 3}`, value: pick % 4 ? word : null };
    case 'ChangeContactOwner':
      return { type: kind, contactId, owner: pick % 3 ? `csm-${pick % 3}` : null };
    case 'RecordConsent':
      return {
        type: kind,
        contactId,
        channel: 'email',
        ...(pick % 2 && { address: `${pick % 3}@acme.example` }),
        consent: (['given', 'refused', 'suppressed', null] as const)[pick % 4]!,
      };
    case 'StartPlacement':
      return {
        type: kind,
        contactId,
        placementId: placementIdOf(pick % 6),
        accountId,
        ...(pick % 2 && { post: `post ${pick % 3}`, title: word }),
      };
    case 'EndPlacement':
    case 'WithdrawPlacement':
    case 'RemovePlacement':
      return { type: kind, contactId, placementId };
    case 'CorrectPlacement':
      return {
        type: kind,
        contactId,
        placementId,
        accountId,
        post: pick % 3 ? word : null,
        endsOn: pick % 2 ? '2025-12' : null,
      };
    case 'ChangeTitle':
      return { type: kind, contactId, placementId, title: pick % 4 ? word : null };
    case 'RemoveContact':
    case 'RestoreContact':
    case 'RecordDeath':
    case 'UnmergeContacts':
      return { type: kind, contactId };
    case 'MergeContacts': {
      const facts = [...(known?.emails ?? []), ...(known?.placements ?? [])].map(idOf);
      const carried = facts.filter((_, index) => (pick >> index) % 2 === 0);
      return {
        type: kind,
        contactId,
        intoId: contactIdOf(other),
        ...(pick % 4 && { carried }),
        ...(pick % 3 === 0 && { choices: ['name', 'owner'] }),
      };
    }
    case 'AcceptChange':
    case 'DeclineChange': {
      const proposalId = chosen(known?.proposals)?.id;
      return proposalId ? { type: kind, contactId, proposalId } : undefined;
    }
    case 'RevertContactChanges': {
      const eventId = chosen(eventIds);
      return eventId ? { type: kind, contactId, eventIds: [eventId] } : undefined;
    }
    case 'RevertAccountChanges': {
      const eventId = chosen(eventIds);
      return eventId ? { type: kind, accountId: accountIdOf(who), eventIds: [eventId] } : undefined;
    }
    case 'ChangeAccountName':
      return { type: kind, accountId, name: word };
    case 'ClassifyAccount':
      return { type: kind, accountId, segment: pick % 3 ? `segment_${pick % 3}` : null };
    case 'ChangeAccountDomains':
      return { type: kind, accountId, domains: pick % 4 ? [`d${pick % 3}.example`] : [] };
    case 'ChangeAccountTeam':
      return {
        type: kind,
        accountId,
        teamRole: pick % 2 ? 'owner' : 'steward',
        member: pick % 3 ? `csm-${pick % 3}` : null,
      };
    case 'ChangeAccountParent':
      return { type: kind, accountId, parentId: pick % 3 ? accountIdOf(who) : null };
    case 'DecideRenewal':
      return { type: kind, accountId, product: 'core', outcome: 'renewed', amount: null, rootCause: null };
    case 'MergeAccounts':
      return {
        type: kind,
        accountId: accountIdOf(who),
        intoId: accountId,
        ...(pick % 3 === 0 && { choices: ['name', 'segment'] }),
        ...(pick % 4 === 0 && { carried: [] }),
      };
    case 'UnmergeAccounts':
      return { type: kind, accountId: accountIdOf(who) };
    case 'RecordBounce':
      return { type: kind, contactId, kind: 'soft', address: 'a@acme.example' };
  }
}
