// What a merge would make of two contacts or accounts, before it is made: value by value, with what to hand to the mutation.
import { Arg, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import {
  type AccountMergePreview as AccountPreviewed,
  previewAccountMerge,
} from '../src/explaining/account-merge-preview.ts';
import type { SourcedValue as Sourced, ValueChoice } from '../src/explaining/merge-choice.ts';
import { type MergePreview as Previewed, previewMerge } from '../src/explaining/merge-preview.ts';
import { Account, accountAt } from './account.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context } from './context.ts';
import {
  AccountMergeChoice,
  AccountMergedFactKind,
  MergeChoice,
  MergedFactKind,
  MergeReason,
} from './enums.ts';
import { noteLook } from './looks.ts';
import { currentPoint } from './read-point.ts';
import { canonicalId } from './reading.ts';
import { Instant } from './scalars.ts';

@ObjectType({ description: 'A value, who says so and how fresh it is.' })
export class SourcedValue {
  @Field(() => String, {
    nullable: true,
    description: 'The value as text. Null: none, or no longer readable.',
  })
  value: string | null;

  @Field(() => [String], { description: 'The sources that claimed it, each once.' })
  sources: readonly string[];

  @Field(() => Instant, {
    nullable: true,
    description: 'When it was said or confirmed last. Null: by nobody.',
  })
  confirmedAt: number | null;
}

@ObjectType({ description: 'A value on both sides of a merge.' })
abstract class ValueOfBoth {
  @Field(() => SourcedValue, { description: 'What the loser has.' })
  loser: SourcedValue;

  @Field(() => SourcedValue, { description: 'What the survivor has.' })
  survivor: SourcedValue;

  @Field(() => Boolean, { description: "Whether the loser's would be taken: then it is in `choices`." })
  takesLosers: boolean;

  @Field(() => MergeReason, { description: 'Why.' })
  why: MergeReason;
}

@ObjectType({ description: 'A value that a contact has one of, on both sides of a merge.' })
export class MergedValue extends ValueOfBoth {
  @Field(() => MergeChoice, { description: 'Which value.' })
  field: MergeChoice;
}

@ObjectType({ description: 'A fact of the loser, which the survivor may show from then on.' })
export class MergedFact {
  @Field(() => ID, { description: 'Id of the fact.' })
  factId: string;

  @Field(() => MergedFactKind, { description: 'What it is.' })
  kind: MergedFactKind;

  @Field(() => String, {
    nullable: true,
    description: 'Kind of a phone or address, name of an attribute, id of the account of a placement.',
  })
  label: string | null;

  @Field(() => SourcedValue, { description: 'The address, number, value or title.' })
  value: SourcedValue;

  @Field(() => Boolean, { description: 'Whether it would go along: then it is in `carried`.' })
  isCarried: boolean;

  @Field(() => MergeReason, { description: 'Why.' })
  why: MergeReason;
}

@ObjectType({
  description:
    'What is proposed for a merge. Hand `carried` and `choices` to mergeContacts, or others. Both ids, the external ids and the ' +
    'histories of both stay valid whatever is chosen, and observations stay with the contact that they were made of.',
})
export class MergePreview {
  @Field(() => Contact, { description: 'Who would be merged, as believed now.' })
  loser: Contact;

  @Field(() => Contact, { description: 'Who would survive, as believed now.' })
  survivor: Contact;

  @Field(() => [MergedValue], { description: 'The values that a contact has one of.' })
  values: MergedValue[];

  @Field(() => [MergedFact], { description: 'The facts of the loser.' })
  facts: MergedFact[];

  @Field(() => [ID], { description: 'The proposal for MergeContactsInput.carried.' })
  carried: string[];

  @Field(() => [MergeChoice], { description: 'The proposal for MergeContactsInput.choices.' })
  choices: MergeChoice[];
}

@ObjectType({ description: 'A value that an account has one of, on both sides of a merge.' })
export class MergedAccountValue extends ValueOfBoth {
  @Field(() => AccountMergeChoice, { description: 'Which value.' })
  field: AccountMergeChoice;
}

@ObjectType({ description: 'What the loser has several of, which the survivor may show from then on.' })
export class MergedAccountFact {
  @Field(() => ID, {
    nullable: true,
    description: 'Id of the renewal. Null: it goes along or not by itself.',
  })
  factId: string | null;

  @Field(() => AccountMergedFactKind, { description: 'What it is.' })
  kind: AccountMergedFactKind;

  @Field(() => String, {
    nullable: true,
    description: 'Product of a renewal, system of an external id, part that a colleague plays.',
  })
  label: string | null;

  @Field(() => SourcedValue, { description: 'The outcome, domain, id or subject of the colleague.' })
  value: SourcedValue;

  @Field(() => Boolean, { description: 'Whether it would go along; of a renewal: then it is in `carried`.' })
  isCarried: boolean;

  @Field(() => MergeReason, { description: 'Why.' })
  why: MergeReason;
}

@ObjectType({
  description:
    'What is proposed for a merge of accounts. Hand `carried` and `choices` to mergeAccounts, or others. Both ids and histories stay ' +
    'valid whatever is chosen; contacts, turnovers, posts and child accounts of the loser show on the survivor.',
})
export class AccountMergePreview {
  @Field(() => Account, { description: 'What would be merged, as believed now.' })
  loser: Account;

  @Field(() => Account, { description: 'What would survive, as believed now.' })
  survivor: Account;

  @Field(() => [MergedAccountValue], { description: 'The values that an account has one of.' })
  values: MergedAccountValue[];

  @Field(() => [MergedAccountFact], {
    description: 'Renewals, domains, external ids and team of the loser.',
  })
  facts: MergedAccountFact[];

  @Field(() => [ID], { description: 'The proposal for MergeAccountsInput.carried.' })
  carried: string[];

  @Field(() => [AccountMergeChoice], { description: 'The proposal for MergeAccountsInput.choices.' })
  choices: AccountMergeChoice[];
}

@Resolver()
export class MergeQueries {
  @Query(() => MergePreview, {
    nullable: true,
    description:
      'What merging a contact into another would make of them, as believed now. Of two values the one that was confirmed last is ' +
      'proposed; facts that the survivor has too are not carried. Null: one of them is not known.',
  })
  async mergePreview(
    @Ctx() context: Context,
    @Arg('contactId', () => ID, { description: 'Who would be merged.' }) contactId: string,
    @Arg('intoId', () => ID, { description: 'Who would survive.' }) intoId: string,
  ): Promise<MergePreview | null> {
    const { app } = context;
    const [loserId, survivorId] = [canonicalId(contactId), canonicalId(intoId)];
    const previewed = await previewMerge(app, loserId, survivorId);
    if (previewed) noteLook(context, 'contact', [loserId, survivorId]);
    return previewed && previewOf(context, previewed);
  }

  @Query(() => AccountMergePreview, {
    nullable: true,
    description:
      'What merging an account into another would make of them, as believed now. Of two values the one that was confirmed last is ' +
      'proposed. Null: one of them is not known.',
  })
  async accountMergePreview(
    @Ctx() context: Context,
    @Arg('accountId', () => ID, { description: 'What would be merged.' }) accountId: string,
    @Arg('intoId', () => ID, { description: 'What would survive.' }) intoId: string,
  ): Promise<AccountMergePreview | null> {
    const previewed = await previewAccountMerge(context.app, canonicalId(accountId), canonicalId(intoId));
    return previewed && accountPreviewOf(context, previewed);
  }
}

const sourced = ({ confirmedAtMs, ...value }: Sourced): SourcedValue => ({
  ...value,
  confirmedAt: confirmedAtMs,
});

/** What both previews have in common: the values and facts as they are shown, and the proposal for the mutation. */
function proposal<F extends string, P extends ProposedFact>({
  values,
  facts,
}: {
  values: readonly ValueChoice<F>[];
  facts: readonly P[];
}) {
  return {
    values: values.map((value) => ({
      ...value,
      loser: sourced(value.loser),
      survivor: sourced(value.survivor),
    })),
    facts: facts.map((fact) => ({ ...fact, value: sourced(fact.value) })),
    carried: facts.flatMap(({ factId, isCarried }) => (factId !== null && isCarried ? [factId] : [])),
    choices: values.filter(({ takesLosers }) => takesLosers).map(({ field }) => field),
  };
}

interface ProposedFact {
  factId: string | null;
  value: Sourced;
  isCarried: boolean;
}

function previewOf(context: Context, previewed: Previewed): MergePreview {
  const { loser, survivor } = previewed;
  const point = currentPoint(context);
  return { loser: contactAt(loser, point), survivor: contactAt(survivor, point), ...proposal(previewed) };
}

function accountPreviewOf(context: Context, previewed: AccountPreviewed): AccountMergePreview {
  const { loser, survivor } = previewed;
  const point = currentPoint(context);
  return { loser: accountAt(loser, point), survivor: accountAt(survivor, point), ...proposal(previewed) };
}
