// What is allowed on an account: from the belief at the moment of learning and a command to events, or a refusal.
import { type Deciding, refuseTakenId } from '../deciding.ts';
import { type Rejection, reject } from '../rejections.ts';
import { latest } from '../timeline.ts';
import { decideUndo } from '../undo-decision.ts';
import { type AccountBelief, memberOf } from './belief.ts';
import type { AccountCommand, AccountCommandOf, AccountCommandType } from './commands.ts';
import type { DecidedAccountEvent } from './events.ts';
import { restatesAccount } from './restating.ts';

export type AccountDecision = DecidedAccountEvent[] | Rejection;
type Step<K extends AccountCommandType> = (
  belief: AccountBelief,
  command: AccountCommandOf<K>,
  deciding: Deciding,
) => AccountDecision;

/** Commands that a merged account still takes. */
const allowedWhenMerged: ReadonlySet<AccountCommandType> = new Set(['UnmergeAccounts', 'MergeAccounts']);
/** Commands that people may give for a closed account too. */
const allowedWhenClosed: ReadonlySet<AccountCommandType> = new Set(['CloseAccount', ...allowedWhenMerged]);

export function decideAccount(
  belief: AccountBelief | null,
  command: AccountCommand,
  deciding: Deciding,
): AccountDecision {
  if (command.type === 'RegisterAccount') return register(belief, command, deciding);
  // Also a reverted registration can be brought back: by reverting what reverted it.
  if (command.type === 'RevertAccountChanges') return revertChanges(belief, command, deciding);
  if (command.type === 'UndoAccountChange')
    return belief || deciding.version > 0
      ? decideUndo(command, deciding)
      : reject('ACCOUNT_UNKNOWN', 'accountId');
  if (!belief) return reject('ACCOUNT_UNKNOWN', 'accountId');
  if (belief.mergedInto && !allowedWhenMerged.has(command.type))
    return reject(
      'ACCOUNT_MERGED',
      'accountId',
      `The account was merged into ${belief.mergedInto.accountId}; address that one, or unmerge first.`,
    );
  if (belief.closed && deciding.by === 'person' && !allowedWhenClosed.has(command.type))
    return reject('ACCOUNT_CLOSED', 'accountId');
  return (decisions[command.type] as Step<AccountCommandType>)(belief, command, deciding);
}

function register(
  belief: AccountBelief | null,
  command: AccountCommandOf<'RegisterAccount'>,
  deciding: Deciding,
): AccountDecision {
  const { type: _, accountId, name, domains, location, externalId, ...data } = command;
  const parent = checkParent(accountId, command.parentId ?? null, deciding);
  if (parent) return parent;
  const personal = {
    name,
    ...(domains?.length && { domains }),
    ...(location !== undefined && { location }),
    ...(externalId !== undefined && { externalId }),
  };
  if (belief && !restatesAccount(belief, data, personal))
    return reject('ACCOUNT_ALREADY_REGISTERED', 'accountId');
  const taken = refuseTakenId(belief, externalId, deciding);
  if (taken) return taken;
  return [{ type: 'AccountRegistered', data, personal }];
}

function revertChanges(
  belief: AccountBelief | null,
  { eventIds }: AccountCommandOf<'RevertAccountChanges'>,
  deciding: Deciding,
): AccountDecision {
  if (eventIds.every((id) => deciding.eventKnown(id)))
    return [{ type: 'ChangesReverted', data: { eventIds }, personal: {} }];
  return belief ? reject('EVENT_UNKNOWN', 'eventIds') : reject('ACCOUNT_UNKNOWN', 'accountId');
}

function checkParent(accountId: string, parentId: string | null, deciding: Deciding): Rejection | undefined {
  if (parentId === null) return undefined;
  if (parentId === accountId) return reject('PARENT_CYCLE', 'parentId');
  if (!deciding.accountKnown(parentId)) return reject('ACCOUNT_UNKNOWN', 'parentId');
  return deciding.chain(parentId).includes(accountId) ? reject('PARENT_CYCLE', 'parentId') : undefined;
}

function mergeAccounts(
  belief: AccountBelief,
  { intoId, carried, choices = [] }: AccountCommandOf<'MergeAccounts'>,
  deciding: Deciding,
): AccountDecision {
  if (intoId === belief.id) return reject('MERGE_INTO_ITSELF', 'intoId');
  const { mergedInto, renewals } = belief;
  if (mergedInto && mergedInto.accountId !== intoId)
    return reject(
      'ACCOUNT_MERGED',
      'accountId',
      `The account was merged into ${mergedInto.accountId} already; unmerge it first.`,
    );
  if (!deciding.accountKnown(intoId)) return reject('ACCOUNT_UNKNOWN', 'intoId');
  // A survivor below the loser would be its own parent.
  if (deciding.chain(intoId).includes(belief.id)) return reject('MERGE_CYCLE', 'intoId');
  const unknown = carried?.find((id) => !renewals.some((renewal) => renewal.id === id));
  if (unknown !== undefined) return reject('FACT_UNKNOWN', 'carried');
  const all = renewals.map(({ id }) => id);
  return [{ type: 'AccountMerged', data: { intoId, carried: carried ?? all, choices }, personal: {} }];
}

/** What another system calls it is kept as it is told. */
function refuseCause(rootCause: string | null, { by, rootCauses }: Deciding): Rejection | undefined {
  if (rootCause === null || by === 'feed' || Object.hasOwn(rootCauses, rootCause)) return undefined;
  return reject('ROOT_CAUSE_UNKNOWN', 'rootCause', `It is one of: ${Object.keys(rootCauses).join(', ')}.`);
}

const decisions: {
  [K in Exclude<
    AccountCommandType,
    'RegisterAccount' | 'RevertAccountChanges' | 'UndoAccountChange'
  >]: Step<K>;
} = {
  ChangeAccountName: (_, { name }) => [{ type: 'AccountNameChanged', data: {}, personal: { name } }],
  ChangeAccountDomains: (_, { domains }) => [
    { type: 'AccountDomainsChanged', data: {}, personal: { domains } },
  ],
  ChangeAccountAddress: (_, { address, location }) => [
    { type: 'AccountAddressChanged', data: {}, personal: { address, location } },
  ],
  ChangeAccountPhone: (_, { phone }) => [{ type: 'AccountPhoneChanged', data: {}, personal: { phone } }],
  ChangeAccountParent: (belief, { parentId }, deciding) =>
    checkParent(belief.id, parentId, deciding) ?? [
      { type: 'AccountParentChanged', data: { parentId }, personal: {} },
    ],
  ClassifyAccount: (_, { type: _type, accountId: _id, ...data }) => [
    { type: 'AccountClassified', data, personal: {} },
  ],
  ChangeAccountValue: (_, { type: _type, accountId: _id, ...data }) => [
    { type: 'AccountValueChanged', data, personal: {} },
  ],
  ScheduleAccountRenewal: (_, { renewalOn }) => [
    { type: 'AccountRenewalScheduled', data: { renewalOn }, personal: {} },
  ],
  // A source that says so leaves a trace all the same: what it learned before this may be heard later.
  ChangeAccountTeam: (belief, { teamRole, member }, deciding) =>
    deciding.by === 'person' && member === null && latest(memberOf(belief, teamRole)) === null
      ? []
      : [{ type: 'AccountTeamChanged', data: { teamRole, member }, personal: {} }],
  DecideRenewal: (_, { product, outcome, amount, rootCause, competitor }, deciding) =>
    refuseCause(rootCause, deciding) ?? [
      {
        type: 'RenewalDecided',
        data: { decisionId: deciding.newId('renewal'), product, outcome, amount, rootCause },
        personal: competitor === undefined ? {} : { competitor },
      },
    ],
  CloseAccount: (_, { closing, intoId }, deciding) =>
    intoId !== null && !deciding.accountKnown(intoId)
      ? reject('ACCOUNT_UNKNOWN', 'intoId')
      : [{ type: 'AccountClosed', data: { closing, intoId }, personal: {} }],
  MergeAccounts: mergeAccounts,
  UnmergeAccounts: ({ mergedInto }) =>
    mergedInto
      ? [{ type: 'AccountUnmerged', data: { fromId: mergedInto.accountId }, personal: {} }]
      : reject('ACCOUNT_NOT_MERGED', 'accountId'),
};
