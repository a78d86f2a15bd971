// Why a value of a contact is what it is: who said so, what it replaced, which sources agreed and which did not.
import { Arg, Args, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { contactFieldNamed, fieldsThereAre } from '../src/explaining/fields.ts';
import { valueInWords } from '../src/explaining/value-words.ts';
import { type ValueExplanation as Explained, explainValues } from '../src/explaining/values.ts';
import type { LedgerEvent } from '../src/ledger-events.ts';
import type { Context, ReadPoint } from './context.ts';
import { ClaimState } from './enums.ts';
import { entryOf, HistoryEntry } from './history-entry.ts';
import { createFolds } from './history-folds.ts';
import { noteLook } from './looks.ts';
import { badUserInput } from './parse-input.ts';
import { PointArguments, readPoint } from './read-point.ts';
import { canonicalId } from './reading.ts';
import { EdtfDate } from './scalars.ts';

@ObjectType({ description: 'A value, and who said it.' })
export class SaidValue {
  @Field(() => String, { nullable: true, description: 'As text, in the form of HistoryChange.now.' })
  value: string | null;

  @Field(() => HistoryEntry, { description: 'The entry that says it.' })
  entry: HistoryEntry;
}

@ObjectType({ description: 'What a source said otherwise.' })
export class DisagreeingClaim extends SaidValue {
  @Field(() => ClaimState, { description: 'What became of the claim.' })
  state: ClaimState;
}

@ObjectType({ description: 'Why a value is what it is on the day, as far as was known.' })
export class ValueExplanation {
  @Field(() => String, { description: 'Which value, named as in HistoryChange.field.' })
  field: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The phone, placement, … that it belongs to. Null: to the contact itself.',
  })
  factId: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What that is called: the kind of a phone, the name of an attribute.',
  })
  label: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The value as text. Null: none, or no longer readable.',
  })
  value: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'Since when it is so. Null: not known, or from the beginning.',
  })
  since: string | null;

  @Field(() => HistoryEntry, { nullable: true, description: 'The entry that says so. Null: nobody did.' })
  saidBy: HistoryEntry | null;

  @Field(() => SaidValue, { nullable: true, description: 'What it took the place of. Null: nothing.' })
  replaced: SaidValue | null;

  @Field(() => [HistoryEntry], {
    description: 'Entries that claim the same value, in the order in which they were learned.',
  })
  agreed: HistoryEntry[];

  @Field(() => [DisagreeingClaim], {
    description:
      'Other values: what was only proposed, and what was claimed since and does not hold on the day.',
  })
  disagreed: DisagreeingClaim[];

  @Field(() => String, { description: 'All of it as a paragraph in English.' })
  text: string;
}

@Resolver()
export class ValueQueries {
  @Query(() => [ValueExplanation], {
    description:
      'Why a value of a contact is what it is. One for each phone, placement, … that has the field. Empty: the contact has no ' +
      'such value at that point. A merged contact is explained as itself.',
  })
  async explain(
    @Ctx() context: Context,
    @Arg('contactId', () => ID, { description: 'The contact.' }) contactId: string,
    @Arg('field', () => String, {
      description:
        'Which value, named as in HistoryChange.field: name, owner, email, placement.title, placement.endsOn, …; also without ' +
        '`placement.` and the like where only one ends so. A field that there is not is BAD_USER_INPUT.',
    })
    field: string,
    @Arg('factId', () => ID, { nullable: true, description: 'Only of this phone, placement, …' })
    factId: string | null | undefined,
    @Args(() => PointArguments) at: PointArguments,
  ): Promise<ValueExplanation[]> {
    const { app } = context;
    const point = readPoint(context, at);
    const id = canonicalId(contactId);
    const named = contactFieldNamed(field);
    if (named === undefined)
      throw badUserInput([{ path: 'field', message: `is not a field of a contact; ${fieldsThereAre}` }]);
    const explained = await explainValues(app, id, named, {
      ...(typeof factId === 'string' && { factId: canonicalId(factId) }),
      cut: point.cut,
      on: point.on,
    });
    if (explained.length > 0) noteLook(context, 'contact_history', [id]);
    return explained.map((one) => explanationOf(context, one, point));
  }
}

function explanationOf(context: Context, explained: Explained, point: ReadPoint): ValueExplanation {
  const { saidBy, replaced, agreed, disagreed, ...value } = explained;
  const events = [saidBy, replaced?.event, ...agreed, ...disagreed.map(({ event }) => event)].filter(
    (event) => event != null,
  );
  const folds = createFolds(context, point, events);
  const entry = (event: LedgerEvent) => entryOf(event, point, folds);
  return {
    ...value,
    saidBy: saidBy && entry(saidBy),
    replaced: replaced && { value: replaced.value, entry: entry(replaced.event) },
    agreed: agreed.map(entry),
    disagreed: disagreed.map((one) => ({ value: one.value, entry: entry(one.event), state: one.state })),
    text: valueInWords(explained, context.app.timeZone),
  };
}
