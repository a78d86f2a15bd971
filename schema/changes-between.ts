// What differs between two points, on either axis of time: value by value, with the events that made it so.
import { Args, Ctx, Field, ID, ObjectType } from 'type-graphql';
import { sortName } from '../projections/contacts.ts';
import type { ListKey } from '../projections/listing.ts';
import { compareKeys } from '../projections/listing.ts';
import type { AccountBelief } from '../src/account/belief.ts';
import { accountDifferences } from '../src/account/changes.ts';
import type { Difference } from '../src/changes.ts';
import type { ContactBelief, PlacementFact } from '../src/contact/belief.ts';
import { contactDifferences } from '../src/contact/changes.ts';
import { countsAsPlacement, countsInHistory, placementInterval } from '../src/contact/placement-interval.ts';
import { certaintyOn, exactDay } from '../src/time/interval.ts';
import { latest } from '../src/timeline.ts';
import { Account, accountOf } from './account.ts';
import { involvedIn } from './account-contacts.ts';
import { connectionOf, PageArguments, pageOfAll, readPage } from './connection.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context, ReadPoint } from './context.ts';
import { createEntriesOf, type EntriesOf } from './difference-events.ts';
import { DifferenceKind, MembershipChange } from './enums.ts';
import { HistoryEntry } from './history-entry.ts';
import { Placement, placementAt } from './placement.ts';
import { idsOfAccount, readAccount, readContact, readInvolved } from './reading.ts';
import { Instant } from './scalars.ts';

/** The two points that are compared. */
export interface Span {
  from: ReadPoint;
  to: ReadPoint;
}

@ObjectType({ description: 'A value that differs between two points.' })
export class ValueDifference {
  difference: Difference;
  entriesOf: EntriesOf;

  @Field(() => String, {
    description:
      'Which value, named as in HistoryChange.field; placement.held is how surely a placement held on the day.',
  })
  field: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'The e-mail address, phone, placement, … that it belongs to. Null: to the contact or account itself.',
  })
  factId: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'What the fact is called: the name of an attribute, the kind of a phone, the role in a team.',
  })
  label: string | null;

  @Field(() => DifferenceKind, { description: 'Whether it came, went or became another.' })
  kind: DifferenceKind;

  @Field(() => String, {
    nullable: true,
    description:
      'The value at the first point, as text; money in whole units with its currency (43000.00 EUR). Null: none, or no longer readable.',
  })
  was: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The value at the second point, in the form of `was`. Null: none, or no longer readable.',
  })
  now: string | null;

  @Field(() => [HistoryEntry], {
    description:
      'The events that made it differ, in the order of the ledger: what was learned of it between the points, or, where only the day ' +
      'differs, what says so.',
  })
  entries(): Promise<HistoryEntry[]> {
    return this.entriesOf(this.difference);
  }

  @Field(() => Instant, {
    nullable: true,
    description: 'When the organisation learned of it: of its entries the latest. Null: it has none.',
  })
  async learnedAt(): Promise<number | null> {
    return latestOf(await this.entries());
  }
}

@ObjectType({
  description:
    'A placement in an account that began or ceased to hold between two points, or became another.',
})
export class PlacementDifference {
  span: Span;
  movedTo: string | null;
  movedFrom: string | null;

  @Field(() => MembershipChange, { description: 'Whether the contact came, left, or stayed and changed.' })
  kind: MembershipChange;

  @Field(() => Contact, {
    description: 'Who it is: at the second point, or at the first where not known at the second.',
  })
  contact: Contact;

  @Field(() => Placement, { description: 'The placement, at the same point as the contact.' })
  placement: Placement;

  @Field(() => [ValueDifference], {
    description:
      'What differs of the placement; of who came or left without that: the removal, death or merging of the contact, or the ' +
      'merging of the account that the placement is in, whose id is then the factId of `mergedInto`.',
  })
  values: ValueDifference[];

  @Field(() => Account, {
    nullable: true,
    description:
      'Of one who came: the account that the contact moved from. Null: none of ours, or not known.',
  })
  async cameFrom(@Ctx() context: Context): Promise<Account | null> {
    return accountOf(context, this.kind === 'CAME' ? this.movedFrom : null, this.span.to);
  }

  @Field(() => Account, {
    nullable: true,
    description: 'Of one who left: the account that the contact moved to. Null: none of ours, or not known.',
  })
  async wentTo(@Ctx() context: Context): Promise<Account | null> {
    return accountOf(context, this.kind === 'LEFT' ? this.movedTo : null, this.span.to);
  }

  @Field(() => Instant, {
    nullable: true,
    description:
      'When the organisation learned of it: of the entries of all values the latest. Null: there are none.',
  })
  async learnedAt(): Promise<number | null> {
    return latestOf((await Promise.all(this.values.map((value) => value.entries()))).flat());
  }
}

export const PlacementDifferenceConnection = connectionOf('PlacementDifference', () => PlacementDifference, {
  list: 'Who came, left or changed, by name.',
  node: 'The placement.',
});
export type PlacementDifferenceConnection = InstanceType<typeof PlacementDifferenceConnection>;

@ObjectType({ description: 'What differs of an account between two points.' })
export class AccountDifference {
  accountId: string;
  span: Span;

  @Field(() => [ValueDifference], { description: 'Its own values that differ.' })
  values: ValueDifference[];

  @Field(() => PlacementDifferenceConnection, {
    description:
      'Who came, who left and whose title, function, role or other value of the placement differs; by name.',
  })
  async contacts(
    @Ctx() context: Context,
    @Args(() => PageArguments) args: PageArguments,
  ): Promise<PlacementDifferenceConnection> {
    const page = readPage(context, args, 'placement differences by name');
    const found = await placementDifferences(context, this.accountId, this.span);
    return pageOfAll(PlacementDifferenceConnection, found, page, ({ node }) => node);
  }
}

export async function contactChanges(context: Context, id: string, span: Span): Promise<ValueDifference[]> {
  const { from, to } = span;
  const [before, after] = await Promise.all([readContact(context, id, from), readContact(context, id, to)]);
  return valuesOf(
    contactDifferences(before, dayOf(context, from), after, dayOf(context, to)),
    createEntriesOf(context, { kind: 'contact', id }, from, to),
  );
}

export async function accountChanges(context: Context, id: string, span: Span): Promise<AccountDifference> {
  const { from, to } = span;
  const [before, after] = await Promise.all([readAccount(context, id, from), readAccount(context, id, to)]);
  const values = valuesOf(
    accountDifferences(before, dayOf(context, from), after, dayOf(context, to)),
    createEntriesOf(context, { kind: 'account', id }, from, to),
  );
  return Object.assign(new AccountDifference(), { accountId: id, span, values });
}

const dayOf = ({ app }: Context, { on }: ReadPoint) => ({ on, timeZone: app.timeZone });

function valuesOf(differences: readonly Difference[], entriesOf: EntriesOf): ValueDifference[] {
  return differences.map((difference) => {
    const { field, factId, label, was, now } = difference;
    const kind = was === null ? 'ADDED' : now === null ? 'REMOVED' : 'CHANGED';
    return Object.assign(new ValueDifference(), {
      difference,
      entriesOf,
      field,
      factId,
      label,
      kind,
      was,
      now,
    });
  });
}

async function placementDifferences(
  context: Context,
  accountId: string,
  span: Span,
): Promise<{ key: ListKey; node: PlacementDifference }[]> {
  const { from, to } = span;
  const ids = await Promise.all([from, to].map((point) => idsOfAccount(context, accountId, point)));
  const involved = await involvedIn(context.app, [...new Set(ids.flat())]);
  const read = async (point: ReadPoint) =>
    new Map((await readInvolved(context, involved, point)).map((belief) => [belief.id, belief]));
  const [before, after] = await Promise.all([read(from), read(to)]);
  const merges = await accountMerges(context, accountId, ids, span);
  const found = [...new Set([...before.keys(), ...after.keys()])].flatMap((id) =>
    differencesOf(context, ids, span, [before.get(id) ?? null, after.get(id) ?? null], merges),
  );
  return found.sort((a, b) => compareKeys(a.key, b.key));
}

/**
 * What differs of the accounts that stand for this one at one point only: the merges or unmerges on the way from each to it.
 * Who is in one of them came or left by these, without a change of the placement.
 */
async function accountMerges(
  context: Context,
  accountId: string,
  [idsBefore, idsAfter]: readonly string[][],
  { from, to }: Span,
): Promise<Map<string, ValueDifference[]>> {
  const { beliefs } = context.app.readModels;
  const onlyOnce = [...idsBefore!, ...idsAfter!].filter(
    (id) => !(idsBefore!.includes(id) && idsAfter!.includes(id)),
  );
  const found = new Map<string, ValueDifference[]>();
  for (const mergedId of onlyOnce) {
    const merges: ValueDifference[] = [];
    for (let id: string | undefined = mergedId; id !== undefined && id !== accountId; ) {
      const before: AccountBelief | null = await beliefs.account(id, from.cut);
      const after: AccountBelief | null = await beliefs.account(id, to.cut);
      const differences = accountDifferences(before, dayOf(context, from), after, dayOf(context, to));
      const merge = differences.filter(({ field }) => field === 'mergedInto');
      const entriesOf = createEntriesOf(context, { kind: 'account', id }, from, to);
      // A contact's own merge is named so, too: this one says which account it is of.
      for (const value of valuesOf(merge, entriesOf)) merges.push(Object.assign(value, { factId: id }));
      id = (idsAfter!.includes(mergedId) ? after : before)?.mergedInto?.accountId;
    }
    found.set(mergedId, merges);
  }
  return found;
}

/** Of one contact: each placement in the account, by its ids at either point, that began, ceased or changed. */
function differencesOf(
  context: Context,
  [idsBefore, idsAfter]: readonly string[][],
  span: Span,
  [before, after]: readonly [ContactBelief | null, ContactBelief | null],
  merges: ReadonlyMap<string, ValueDifference[]>,
): { key: ListKey; node: PlacementDifference }[] {
  const { from, to } = span;
  const id = (after ?? before)!.id;
  const was = membersOf(context, idsBefore!, before, from);
  const is = membersOf(context, idsAfter!, after, to);
  if (was.size + is.size === 0) return [];
  const differences = contactDifferences(before, dayOf(context, from), after, dayOf(context, to));
  const entriesOf = createEntriesOf(context, { kind: 'contact', id }, from, to);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((placementId) => {
    const values = differences.filter(
      ({ field, factId }) => field.startsWith('placement.') && factId === placementId,
    );
    const kind = !was.has(placementId) ? 'CAME' : !is.has(placementId) ? 'LEFT' : 'CHANGED';
    // Who was merged or removed as a whole leaves without a change of the placement.
    if (kind === 'CHANGED' && values.length === 0) return [];
    const whole = differences.filter(({ field }) => /^(removal|death|mergedInto)\b/.test(field));
    const [belief, point] = after ? [after, to] : [before!, from];
    const placement = belief.placements.find((one) => one.id === placementId) ?? was.get(placementId)!;
    const node = Object.assign(new PlacementDifference(), {
      span,
      kind,
      ...moved(placement, after ?? before!),
      contact: contactAt(belief, point),
      placement: placementAt(placement, belief, point),
      values:
        kind === 'CHANGED'
          ? valuesOf(values, entriesOf)
          : [
              ...valuesOf([...values, ...whole], entriesOf),
              ...(merges.get((was.get(placementId) ?? placement).accountId) ?? []),
            ],
    });
    return [{ key: [sortName(latest(belief.name)), id, placementId], node }];
  });
}

/** The placements in the account that hold at the point, for sure or possibly. */
function membersOf(
  { app }: Context,
  accountIds: readonly string[],
  belief: ContactBelief | null,
  { on }: ReadPoint,
): Map<string, PlacementFact> {
  if (!belief || !countsInHistory(belief)) return new Map();
  const held = belief.placements.filter(
    (placement) =>
      accountIds.includes(placement.accountId) &&
      countsAsPlacement(placement) &&
      certaintyOn(placementInterval(placement, belief, app.timeZone), exactDay(on)) !== 'NO',
  );
  return new Map(held.map((placement) => [placement.id, placement]));
}

/** The accounts that a placement is a move from and to. */
function moved(
  { id, movedFrom, ended }: PlacementFact,
  { placements }: ContactBelief,
): { movedFrom: string | null; movedTo: string | null } {
  const next = placements.find((placement) => placement.movedFrom === id && !placement.withdrawn);
  return {
    movedFrom: placements.find((placement) => placement.id === movedFrom)?.accountId ?? null,
    movedTo: next?.accountId ?? ended?.destinationAccountId ?? null,
  };
}

function latestOf(entries: readonly HistoryEntry[]): number | null {
  return entries.length === 0 ? null : Math.max(...entries.map(({ learnedAt }) => learnedAt));
}
