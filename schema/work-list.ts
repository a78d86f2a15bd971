// The work list of a colleague: what to do today for the accounts at risk, the most urgent first, each with why.
import { Arg, Ctx, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import {
  accountListing,
  findAccounts,
  findIdsOfAccount,
  findStandingAccounts,
} from '../projections/accounts.ts';
import { listKeys } from '../projections/listing.ts';
import { findTurnovers, findTurnoversOf, turnoverListing } from '../projections/turnovers.ts';
import { type AccountBelief, isUnexplained } from '../src/account/belief.ts';
import { moneyText } from '../src/changes.ts';
import { counted } from '../src/explaining/words.ts';
import { type Day, isoFromDay } from '../src/time/day.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import { valueOn } from '../src/timeline.ts';
import { isSuspected, type TurnoverBelief } from '../src/turnover/belief.ts';
import { coverageOf, progressOf, unknownsOf } from '../src/turnover/progress.ts';
import { urgencyOf } from '../src/turnover/urgency.ts';
import { Account, accountAt } from './account.ts';
import type { Context, ReadPoint } from './context.ts';
import { badUserInput } from './parse-input.ts';
import { currentPoint } from './read-point.ts';
import { followMerges, readContact } from './reading.ts';
import { EdtfDate } from './scalars.ts';
import { isProposedAt, Turnover, turnoverAt } from './turnover.ts';
import { WorkKind } from './turnover-enums.ts';
import { Money } from './values.ts';

@ObjectType({ description: 'One thing to do.' })
export class WorkItem {
  @Field(() => WorkKind, { description: 'What kind of thing.' })
  kind: string;

  @Field(() => String, { description: 'What to do, in words.' })
  task: string;

  @Field(() => [String], { description: 'Why it is here and at this place, in words without names.' })
  reasons: string[];

  @Field(() => Account, { description: 'The account that it is about.' })
  account: Account;

  @Field(() => Turnover, { nullable: true, description: 'The turnover that it is about. Null: none.' })
  turnover: Turnover | null;

  @Field(() => EdtfDate, { nullable: true, description: 'The last day on which it is in time. Null: none.' })
  dueOn: string | null;

  @Field(() => Boolean, { description: 'Whether that day has passed.' })
  isOverdue: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'Days to the renewal of the account, below 0 where it has passed. Null: not known.',
  })
  daysToRenewal: number | null;

  @Field(() => Money, {
    nullable: true,
    description: 'Annual recurring revenue of the account today. Null: not known.',
  })
  arr: Money | null;

  @Field(() => Float, {
    description:
      'What the list is ordered by: revenue in whole units of its own currency, divided by the days to the renewal (at least 1; 365 where it is not known). No currency is converted.',
  })
  urgency: number;
}

const limitMax = 500;

@Resolver()
export class WorkListQueries {
  @Query(() => [WorkItem], {
    description:
      'What a colleague has to do: the next step of each open turnover, departures to confirm, leavers who are proposed at an account, and losses without a root cause; the most urgent first, then what is due first.',
  })
  async workList(
    @Ctx() context: Context,
    @Arg('owner', () => String, { description: 'Subject of the colleague.' }) owner: string,
    @Arg('limit', () => Int, {
      defaultValue: 50,
      description: `How many at most, 1 to ${limitMax}; else BAD_USER_INPUT.`,
    })
    limit: number,
  ): Promise<WorkItem[]> {
    if (!(limit >= 1 && limit <= limitMax))
      throw badUserInput([{ path: 'limit', message: `is 1 to ${limitMax}` }]);
    const point = currentPoint(context);
    const items = [...turnoverItems(context, owner, point), ...(await accountItems(context, owner, point))];
    const dueOn = (item: WorkItem) => item.dueOn ?? '9999';
    return items.sort((a, b) => b.urgency - a.urgency || (dueOn(a) < dueOn(b) ? -1 : 1)).slice(0, limit);
  }
}

/** An owner has hundreds of open turnovers and accounts, not more; beyond, the oldest are looked at. */
const lookedAtMax = 5_000;

function turnoverItems({ app }: Context, owner: string, point: ReadPoint): WorkItem[] {
  const { database } = app.readModels;
  const keys = listKeys(database, turnoverListing({ open: true, owner }, 'age'), lookedAtMax);
  const turnovers = [
    ...findTurnovers(
      database,
      keys.map((key) => String(key.at(-1))),
    ).values(),
  ];
  const standing = findStandingAccounts(database);
  const standingOf = ({ accountId }: TurnoverBelief) => standing.get(accountId) ?? accountId;
  const accounts = findAccounts(database, [...new Set(turnovers.map(standingOf))]);
  return turnovers.flatMap((belief) => {
    const account = accounts.get(standingOf(belief));
    const { next } = progressOf(belief, app.timeZone);
    if (!account || !next) return [];
    const base = itemOf(account, point, app.timeZone);
    const isOverdue = next.dueOn !== null && next.dueOn < point.on;
    return [
      {
        ...base,
        kind: isSuspected(belief) ? 'confirm_departure' : 'step',
        task: next.step.title,
        turnover: turnoverAt(belief, point),
        dueOn: next.dueOn === null ? null : isoFromDay(next.dueOn),
        isOverdue,
        reasons: [...reasonsOf(belief, next.dueOn, point.on, app.timeZone), ...base.reasons],
      },
    ];
  });
}

function reasonsOf(belief: TurnoverBelief, dueOn: Day | null, on: Day, timeZone: string): string[] {
  const unknowns = unknownsOf(belief, timeZone);
  const days = dueOn === null ? null : dueOn - on;
  return [
    ...(days !== null && days < 0 ? [`Overdue by ${counted(-days, 'day')}.`] : []),
    ...(days === 0 ? ['Due today.'] : []),
    `The holder of a key role (${belief.keyRoles.join(', ')}) ${isSuspected(belief) ? 'may be gone' : 'is gone'}; coverage ${coverageOf(belief, on, timeZone).percent} %.`,
    ...(unknowns[0] ? [`Not known yet: ${unknowns[0].replaceAll('_', ' ')}.`] : []),
  ];
}

function renewalInWords(days: number | null): string {
  if (days === null) return 'The renewal is not known.';
  if (days === 0) return 'The renewal is today.';
  return days > 0
    ? `The renewal is in ${counted(days, 'day')}.`
    : `The renewal was ${counted(-days, 'day')} ago.`;
}

/** What the account itself says of its urgency. */
function itemOf(account: AccountBelief, point: ReadPoint, timeZone: string): WorkItem {
  const arr = valueOn(account.arr, point.on, timeZone);
  const renewalOn = valueOn(account.renewalOn, point.on, timeZone);
  const renewalDay = renewalOn === null ? null : (parseEdtf(renewalOn)?.earliest ?? null);
  const daysToRenewal = renewalDay === null ? null : renewalDay - point.on;
  return {
    kind: 'step',
    task: '',
    reasons: [
      renewalInWords(daysToRenewal),
      arr === null ? 'The revenue is not known.' : `Annual recurring revenue ${moneyText(arr)}.`,
    ],
    account: accountAt(account, point),
    turnover: null,
    dueOn: null,
    isOverdue: false,
    daysToRenewal,
    arr,
    urgency: urgencyOf(arr, renewalDay, point.on),
  };
}

/** Leavers of other customers who are proposed at the owner's accounts, and losses of which nobody has said why. */
async function accountItems(context: Context, owner: string, point: ReadPoint): Promise<WorkItem[]> {
  const { readModels, timeZone } = context.app;
  const { database } = readModels;
  const keys = listKeys(database, accountListing({ owner, includeClosed: true }, 'name', false), lookedAtMax);
  const accounts = findAccounts(
    database,
    keys.map((key) => String(key.at(-1))),
  );
  const items: WorkItem[] = [];
  for (const account of accounts.values()) {
    const base = itemOf(account, point, timeZone);
    for (const { product } of account.renewals.filter(isUnexplained))
      items.push({
        ...base,
        kind: 'root_cause',
        task: `Find out why ${product} was not renewed`,
        reasons: ['A product was not renewed, and no root cause is recorded.', ...base.reasons],
      });
    const ids = findIdsOfAccount(database, account.id);
    for (const turnover of ids.flatMap((id) => findTurnoversOf(database, 'destination_account_id', id))) {
      // Nobody left, as it turned out.
      if (turnover.outcome?.dismissal === 'departure_withdrawn') continue;
      const left = await readContact(context, turnover.contactId, point);
      const leaver = left && (await followMerges(context, left, point));
      if (leaver && (await isProposedAt(context, leaver, account.id, point)))
        items.push({
          ...base,
          kind: 'proposed_contact',
          task: 'Find out whether a leaver of another customer has come here, and accept or decline the proposal',
          reasons: [
            'Somebody who held a key role at another customer is said to have come here.',
            ...base.reasons,
          ],
          turnover: turnoverAt(turnover, point),
        });
    }
  }
  return items;
}
