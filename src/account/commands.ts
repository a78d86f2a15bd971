// What one may ask of an account: one zod shape per command.
import { z } from 'zod';
import { zCode, zDate, zId, zLocation, zMoney, zNewExternalId, zSubject, zWords } from '../event-contract.ts';
import { accountChoices, accountValue, classification, closings, renewalOutcomes } from './events.ts';

const accountId = zId;
export const accountCommands = {
  RegisterAccount: z.strictObject({
    accountId,
    name: zWords(1000),
    parentId: zId.optional(),
    domains: z.array(zWords(253)).max(1000).optional(),
    location: zLocation.optional(),
    ...classification,
    ...accountValue,
    renewalOn: zDate.optional(),
    externalId: zNewExternalId.optional(),
  }),
  ChangeAccountName: z.strictObject({ accountId, name: zWords(1000) }),
  ChangeAccountDomains: z.strictObject({ accountId, domains: z.array(zWords(253)).max(1000) }),
  ChangeAccountAddress: z.strictObject({
    accountId,
    address: zWords(2000).nullable(),
    location: zLocation.nullable(),
  }),
  ChangeAccountPhone: z.strictObject({ accountId, phone: zWords(200).nullable() }),
  ChangeAccountParent: z.strictObject({ accountId, parentId: zId.nullable() }),
  ClassifyAccount: z.strictObject({ accountId, ...classification }),
  ChangeAccountValue: z.strictObject({ accountId, ...accountValue }),
  ScheduleAccountRenewal: z.strictObject({ accountId, renewalOn: zDate.nullable() }),
  ChangeAccountTeam: z.strictObject({ accountId, teamRole: zCode, member: zSubject.nullable() }),
  DecideRenewal: z.strictObject({
    accountId,
    product: zCode,
    outcome: z.enum(renewalOutcomes),
    amount: zMoney.nullable(),
    rootCause: zCode.nullable(),
    competitor: zWords(500).optional(),
  }),
  CloseAccount: z.strictObject({ accountId, closing: z.enum(closings), intoId: zId.nullable() }),
  /** `accountId` is the loser. Without `carried` all its renewals go along. */
  MergeAccounts: z.strictObject({
    accountId,
    intoId: zId,
    carried: z.array(zId).max(1000).optional(),
    choices: z.array(z.enum(accountChoices)).optional(),
  }),
  UnmergeAccounts: z.strictObject({ accountId }),
  RevertAccountChanges: z.strictObject({ accountId, eventIds: z.array(zId).min(1).max(1000) }),
  /** Takes the whole command back that the event followed from: a closing, a merge, or an undo. */
  UndoAccountChange: z.strictObject({ accountId, eventId: zId, acceptConflicts: z.boolean().optional() }),
};

export type AccountCommandType = keyof typeof accountCommands;
export type AccountCommand = {
  [K in AccountCommandType]: { type: K } & z.infer<(typeof accountCommands)[K]>;
}[AccountCommandType];
export type AccountCommandOf<K extends AccountCommandType> = Extract<AccountCommand, { type: K }>;
