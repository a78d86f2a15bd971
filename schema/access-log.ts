// Who looked at whom: the record of reads, itself a list to be asked.
import {
  Args,
  ArgsType,
  Ctx,
  Field,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  registerEnumType,
} from 'type-graphql';
import { countLooks, type LookFilter, type Look as LookRow, listLooks } from '../projections/access.ts';
import { personOf } from '../projections/identities.ts';
import { zId, zSubject } from '../src/event-contract.ts';
import { connectionOf, PageArguments, pageOf, readPage } from './connection.ts';
import type { Context } from './context.ts';
import { parseInput } from './parse-input.ts';
import { Instant } from './scalars.ts';

export const ReadKind = {
  CONTACT: 'contact',
  CONTACT_HISTORY: 'contact_history',
  ACCOUNT_HISTORY: 'account_history',
  ACCESS_REPORT: 'access_report',
  PROOF: 'proof',
  AUDIT_TRAIL: 'audit_trail',
} as const;
export type ReadKind = (typeof ReadKind)[keyof typeof ReadKind];
registerEnumType(ReadKind, {
  name: 'ReadKind',
  description: 'What somebody looked at.',
  valuesConfig: {
    CONTACT: { description: 'What is believed of a contact; recorded only where every read is.' },
    CONTACT_HISTORY: { description: 'The history of a contact, or what it was at an earlier point.' },
    ACCOUNT_HISTORY: { description: 'The history of an account, with that of the placements in it.' },
    ACCESS_REPORT: { description: 'All that is held of a person.' },
    PROOF: { description: 'The proof of a history, with its sealed events.' },
    AUDIT_TRAIL: { description: 'The whole log, by some filter.' },
  },
});

@ObjectType({ description: 'Somebody looked at a contact or account.' })
export class Look {
  @Field(() => ID, { description: 'The contact or account.' })
  subjectId: string;

  @Field(() => String, { description: 'Subject of who looked.' })
  actor: string;

  @Field(() => ReadKind, { description: 'What was looked at.' })
  kind: ReadKind;

  @Field(() => Instant, { description: 'When, the first time.' })
  at: number;

  @Field(() => Int, { description: 'How often within about a second.' })
  times: number;

  @Field(() => String, { nullable: true, description: 'Why, as a code or reference, where that was said.' })
  purpose: string | null;
}

export const LookConnection = connectionOf('Look', () => Look, {
  list: 'Who looked at whom, the last first.',
  node: 'The look.',
});
export type LookConnection = InstanceType<typeof LookConnection>;

@ArgsType()
export class AccessLogArguments extends PageArguments {
  @Field(() => ID, {
    nullable: true,
    description: 'Only looks at this contact (or those merged with it) or this account.',
  })
  subjectId?: string | null;

  @Field(() => String, { nullable: true, description: 'Only what this subject looked at.' })
  actor?: string | null;

  @Field(() => Instant, { nullable: true, description: 'Only looks at this moment or later.' })
  from?: number | null;

  @Field(() => Instant, { nullable: true, description: 'Only looks before this moment.' })
  before?: number | null;
}

@Resolver()
export class AccessLogQueries {
  @Query(() => LookConnection, {
    description:
      'Who looked at a contact or account, or what somebody looked at: by subject, actor and time. The last second is in it.',
  })
  async accessLog(
    @Ctx() context: Context,
    @Args(() => AccessLogArguments) args: AccessLogArguments,
  ): Promise<LookConnection> {
    const { app } = context;
    const { subjectId, actor, from, before } = args;
    // What was just read is to be seen by who asks for it.
    await app.readModels.applied(await app.accessLog.flush());
    const { database } = app.readModels;
    const page = readPage(context, args, 'accessLog');
    const filter: LookFilter = {
      ...(subjectId != null && {
        subjectIds: await personOf(app.readModels, parseInput(zId, subjectId, 'subjectId')),
      }),
      ...(actor != null && { actor: parseInput(zSubject, actor, 'actor') }),
      ...(typeof from === 'number' && { fromMs: from }),
      ...(typeof before === 'number' && { beforeMs: before }),
    };
    return pageOf(
      LookConnection,
      listLooks(database, filter, page.first + 1, page.after),
      page,
      ({ atMs, ...look }: LookRow) => ({ ...look, at: atMs }),
      (upTo) => countLooks(database, filter, upTo),
    );
  }
}
