// The audit trail of the whole ledger: who did what, why, by which rule, and when, on every axis of time.
import { Arg, Args, ArgsType, Ctx, Field, ID, InputType, ObjectType, Query, Resolver } from 'type-graphql';
import type { AuditKey } from '../projections/audit.ts';
import { axisOf, eventTypes, readTrail, type TrailFilter } from '../src/audit-trail.ts';
import { subjectOf } from '../src/ledger-events.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import { PageArguments, PageInfo, readPage } from './connection.ts';
import type { Context } from './context.ts';
import { entryOf, HistoryEntry } from './history-entry.ts';
import { createFolds } from './history-folds.ts';
import { noteLook } from './looks.ts';
import { badUserInput } from './parse-input.ts';
import { currentPoint } from './read-point.ts';
import { canonicalId } from './reading.ts';
import { EdtfDate, Instant } from './scalars.ts';

@InputType({
  description:
    'Which entries: those that all of the given conditions hold for. One condition and one range of time are answered from an ' +
    'index; of further ones each page looks through at most 10,000 entries and says where to go on.',
})
export class AuditFilterInput {
  @Field(() => String, { nullable: true, description: 'Subject of who did it, exactly.' })
  actor?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The system that it came from: api, policy, a feed, …',
  })
  source?: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the policy that did it.' })
  policy?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What happened, such as PlacementRemoved. A type that there is not is BAD_USER_INPUT.',
  })
  type?: string | null;

  @Field(() => String, { nullable: true, description: 'Why, as a code.' })
  reasonCode?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The contact (with its signals) or account that it is about, itself: not what was merged into it.',
  })
  subjectId?: string | null;

  @Field(() => Instant, {
    nullable: true,
    description: 'Only what the ledger stored at this moment or later.',
  })
  recordedFrom?: number | null;

  @Field(() => Instant, { nullable: true, description: 'Only what it stored before this moment.' })
  recordedBefore?: number | null;

  @Field(() => Instant, { nullable: true, description: 'Only what was learned at this moment or later.' })
  learnedFrom?: number | null;

  @Field(() => Instant, { nullable: true, description: 'Only what was learned before this moment.' })
  learnedBefore?: number | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description:
      'Only what was true in the world from this day on, by the first day that its date may be; a month or year counts from its ' +
      'first day. What has no date is left out.',
  })
  effectiveFrom?: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'Only what was true before the first day of this date.',
  })
  effectiveBefore?: string | null;
}

@ArgsType()
export class AuditArguments extends PageArguments {
  @Field(() => Boolean, {
    defaultValue: true,
    description: 'The newest on the axis of the order first, or the oldest.',
  })
  newestFirst: boolean = true;
}

@ObjectType({
  description:
    'A page of the audit trail. It may hold fewer entries than asked for, even none, while more follow: go on while hasNextPage.',
})
export class AuditTrail {
  @Field(() => [HistoryEntry], {
    description:
      'Ordered by the axis that the filter limits: effective, else learned, else recorded; at the same time by position.',
  })
  entries: HistoryEntry[];

  @Field(() => PageInfo, {
    description:
      'endCursor is where to go on: everything before it was looked at, also where it is no entry.',
  })
  pageInfo: PageInfo;
}

@Resolver()
export class AuditQueries {
  @Query(() => AuditTrail, {
    description: 'The whole log, filtered and ordered by time. Their content is that of a history entry.',
  })
  async auditTrail(
    @Ctx() context: Context,
    @Args(() => AuditArguments) args: AuditArguments,
    @Arg('filter', () => AuditFilterInput, { nullable: true, description: 'Absent: everything.' })
    asked: AuditFilterInput | null | undefined,
  ): Promise<AuditTrail> {
    const filter = filterOf(asked ?? {});
    const page = readPage(context, args, `audit by ${axisOf(filter)} ${args.newestFirst ? 'down' : 'up'}`);
    const { events: stored, next } = await readTrail(context.app, filter, {
      limit: page.first,
      after: page.after as AuditKey | undefined,
      newestFirst: args.newestFirst,
    });
    noteLook(context, 'audit_trail', contactsIn(stored));
    const events = await context.app.sealing.open(stored);
    const point = currentPoint(context);
    const folds = createFolds(context, point, events);
    return {
      entries: events.map((event) => entryOf(event, point, folds)),
      pageInfo: {
        hasNextPage: next !== undefined,
        hasPreviousPage: page.after !== undefined,
        startCursor: null,
        endCursor: next ? page.cursorOf(next) : null,
      },
    };
  }
}

/** Whose changes a page shows. */
function contactsIn(events: readonly { stream: string }[]): string[] {
  const isOfContact = ({ stream }: { stream: string }) => /^(contact|signals)-/.test(stream);
  return [...new Set(events.filter(isOfContact).map(({ stream }) => subjectOf(stream)))];
}

function filterOf(asked: AuditFilterInput): TrailFilter {
  const { actor, source, policy, type, reasonCode, subjectId } = asked;
  if (type != null && !eventTypes.includes(type))
    throw badUserInput([
      { path: 'filter.type', message: `is not a type of event; the types are ${eventTypes.join(', ')}` },
    ]);
  const texts = Object.entries({ actor, source, policy, type, reasonCode, subjectId }).filter(
    ([, text]) => typeof text === 'string',
  );
  const recorded = rangeOf('recorded', asked.recordedFrom, asked.recordedBefore);
  const learned = rangeOf('learned', asked.learnedFrom, asked.learnedBefore);
  const effective = rangeOf('effective', dayOf(asked.effectiveFrom), dayOf(asked.effectiveBefore));
  return {
    ...Object.fromEntries(texts),
    ...(subjectId && { subjectId: canonicalId(subjectId) }),
    ...(recorded && { recorded }),
    ...(learned && { learned }),
    ...(effective && { effective }),
  };
}

function rangeOf(axis: string, from: number | null | undefined, to: number | null | undefined) {
  if (from == null && to == null) return undefined;
  if (from != null && to != null && to < from)
    throw badUserInput([
      { path: `filter.${axis}Before`, message: `lies before ${axis}From; give the earlier one first` },
    ]);
  return { ...(from != null && { from }), ...(to != null && { before: to }) };
}

function dayOf(date: string | null | undefined): number | null {
  return date == null ? null : parseEdtf(date)!.earliest;
}
