// Erasing people: the plan of it, carrying it out, and the receipt.
import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { ExportRecord as ExportRow } from '../projections/access.ts';
import { legalBases, requesters, zTicket } from '../src/erasure/events.ts';
import { keptAfterErasure, type ErasurePlan as Plan } from '../src/erasure/plan.ts';
import { type ErasureReceipt as Receipt, receiptText } from '../src/erasure/receipt.ts';
import { zId } from '../src/event-contract.ts';
import type { Rejection as Refusal } from '../src/rejections.ts';
import { Rejection } from './command-payload.ts';
import type { Context } from './context.ts';
import { ErasureRequester, LegalBasis } from './enums.ts';
import { parseInput } from './parse-input.ts';
import { Instant, Position } from './scalars.ts';

@ObjectType({ description: 'An export that may hold events of a person: who received it must be told.' })
export class ExportRecord {
  @Field(() => ID, { description: 'The event that records the export.' })
  exportId: string;

  @Field(() => String, { description: 'Subject of who made it.' })
  actor: string;

  @Field(() => String, { description: 'all, account or contact.' })
  scope: string;

  @Field(() => ID, { nullable: true, description: 'The account or contact; null for the whole ledger.' })
  subjectId: string | null;

  @Field(() => Instant, { description: 'When it was made.' })
  at: number;

  @Field(() => String, { nullable: true, description: 'Why, as a code or reference, where that was said.' })
  purpose: string | null;
}

@ObjectType({ description: 'Something that an erasure keeps, and why.' })
export class KeptRecord {
  @Field(() => String, { description: 'What is kept, as a code.' })
  what: string;

  @Field(() => String, { description: 'Why it may and must be kept.' })
  why: string;
}

@ObjectType({ description: 'A kind of value that an erasure makes unreadable.' })
export class UnreadableField {
  @Field(() => String, { description: 'Name of the sealed field, such as name or address.' })
  field: string;

  @Field(() => Int, { description: 'Number of events that hold one.' })
  events: number;
}

@ObjectType({ description: 'What an erasure would do. Asking for it changes nothing.' })
export class ErasurePlan {
  @Field(() => [ID], {
    description:
      'All ids of the person, the one asked for first: contacts that are merged are one person, and erased together.',
  })
  contactIds: string[];

  @Field(() => Int, { description: 'Events whose content becomes unreadable.' })
  events: number;

  @Field(() => [UnreadableField], { description: 'What becomes unreadable; the most frequent first.' })
  unreadable: UnreadableField[];

  @Field(() => Int, { description: 'Addresses and ids that will not come back by import.' })
  suppressed: number;

  @Field(() => [ExportRecord], { description: 'Exports that contained the person.' })
  exportsToNotify: ExportRecord[];

  @Field(() => [KeptRecord], { description: 'What is kept, and why.' })
  kept: readonly KeptRecord[];
}

@ObjectType({ description: 'A copy of the ledger that holds nothing readable of the person any more.' })
export class ErasureReplica {
  @Field(() => String, { description: 'Name of the copy.' })
  name: string;

  @Field(() => Position, { description: 'The position from which on that is so.' })
  position: number;
}

@ObjectType({
  description:
    'What was erased, when and on what ground; without personal data, the same for ever once all copies have acknowledged.',
})
export class ErasureReceipt {
  receipt: Receipt;

  @Field(() => ID, { description: 'Id of the erasure.' })
  erasureId: string;

  @Field(() => [ID], { description: 'All ids of the person, the one asked for first.' })
  contactIds: string[];

  @Field(() => LegalBasis, { description: 'On what ground.' })
  legalBasis: LegalBasis;

  @Field(() => ErasureRequester, { description: 'Who asked for it.' })
  requester: ErasureRequester;

  @Field(() => String, { nullable: true, description: 'Reference of the request in another system.' })
  ticket: string | null;

  @Field(() => String, { description: 'Subject of who ordered it.' })
  orderedBy: string;

  @Field(() => Instant, { description: 'When it was ordered.' })
  orderedAt: number;

  @Field(() => Position, { description: 'Position of the order.' })
  orderedAtPosition: number;

  @Field(() => Instant, {
    nullable: true,
    description: 'When nothing was readable any more. Null: cut short; it goes on at the next opening.',
  })
  completedAt: number | null;

  @Field(() => Int, { description: 'Events whose content became unreadable.' })
  events: number;

  @Field(() => Int, { description: 'Keys that were destroyed.' })
  keysDestroyed: number;

  @Field(() => Int, { description: 'Addresses and ids that do not come back by import.' })
  suppressed: number;

  @Field(() => [ExportRecord], { description: 'Exports that contained the person.' })
  exportsToNotify: ExportRecord[];

  @Field(() => [KeptRecord], { description: 'What is kept, and why.' })
  kept: readonly KeptRecord[];

  @Field(() => Instant, {
    description: 'From then on no backup holds the data: the order and the configured days together.',
  })
  backupsClearFrom: number;

  @Field(() => [ErasureReplica], { description: 'Copies that have acknowledged.' })
  replicas: readonly ErasureReplica[];

  @Field(() => [String], {
    description:
      'Names of the copies that were there and have not acknowledged yet. Each does as soon as it has followed, or when it next runs.',
  })
  awaited: readonly string[];

  @Field(() => String, { description: 'The receipt for people, as plain text.' })
  text(): string {
    return receiptText(this.receipt);
  }
}

@ObjectType({ description: 'What an erasure would do or did, or why it was refused.' })
export class ErasurePayload {
  @Field(() => ErasurePlan, { nullable: true, description: 'The plan, where nothing was done yet.' })
  plan: ErasurePlan | null;

  @Field(() => ErasureReceipt, { nullable: true, description: 'The receipt, where the person is erased.' })
  receipt: ErasureReceipt | null;

  @Field(() => Rejection, { nullable: true, description: 'Why nothing was done; null on success.' })
  rejection: Rejection | null;
}

@InputType({ description: 'Whom to erase and on what ground. It cannot be undone.' })
export class EraseContactInput {
  @Field(() => ID, { description: 'Any id of the person.' })
  contactId: string;

  @Field(() => LegalBasis, { description: 'On what ground.' })
  legalBasis: LegalBasis;

  @Field(() => ErasureRequester, { description: 'Who asked for it.' })
  requester: ErasureRequester;

  @Field(() => String, {
    nullable: true,
    description:
      'Reference of the request in another system: letters, digits and . _ : / # -, at most 64. Stored in the clear.',
  })
  ticket?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Only say what would be done: the same as erasurePlan.',
  })
  dryRun: boolean = false;
}

const zErasure = z.strictObject({
  contactId: zId,
  legalBasis: z.enum(legalBases),
  requester: z.enum(requesters),
  ticket: zTicket.nullish(),
  dryRun: z.boolean(),
});

function exportOf({ atMs, ...made }: ExportRow): ExportRecord {
  return { ...made, at: atMs };
}

function planOf({ suppressed, exports, ...plan }: Plan): ErasurePlan {
  return {
    ...plan,
    suppressed: suppressed.length,
    exportsToNotify: exports.map(exportOf),
    kept: keptAfterErasure,
  };
}

export function erasureReceiptOf(receipt: Receipt): ErasureReceipt {
  const { orderedAtMs, completedAtMs, backups, exportsToNotify, ...rest } = receipt;
  return Object.assign(new ErasureReceipt(), {
    ...rest,
    receipt,
    orderedAt: orderedAtMs,
    completedAt: completedAtMs,
    backupsClearFrom: backups.clearFromMs,
    exportsToNotify: exportsToNotify.map(exportOf),
  });
}

/** `pathOf` says where the client gave a field of the request. */
function payloadOf(
  outcome: { plan?: Plan; receipt?: Receipt; rejection?: Refusal },
  pathOf: (field: string) => string,
): ErasurePayload {
  const { plan, receipt, rejection } = outcome;
  return {
    plan: plan ? planOf(plan) : null,
    receipt: receipt ? erasureReceiptOf(receipt) : null,
    rejection: rejection
      ? { code: rejection.rejected, path: pathOf(rejection.path), message: rejection.message }
      : null,
  };
}

@Resolver()
export class ErasureResolvers {
  @Query(() => ErasurePayload, {
    description:
      'What erasing a contact would do: whose ids are one person, what becomes unreadable, what is kept and why. ' +
      'The receipt where it is erased already. Refused with CONTACT_UNKNOWN.',
  })
  async erasurePlan(
    @Ctx() { app }: Context,
    @Arg('contactId', () => ID, { description: 'Any id of the person.' }) contactId: string,
  ): Promise<ErasurePayload> {
    return payloadOf(await app.erasures.plan(parseInput(zId, contactId, 'contactId')), (field) => field);
  }

  @Query(() => ErasureReceipt, {
    nullable: true,
    description: 'The receipt of an erasure. Null: there was none under this id.',
  })
  async erasureReceipt(
    @Ctx() { app }: Context,
    @Arg('id', () => ID, { description: 'Id of the erasure, or any id of the person.' }) id: string,
  ): Promise<ErasureReceipt | null> {
    const receipt = await app.erasures.receipt(parseInput(zId, id, 'id'));
    return receipt && erasureReceiptOf(receipt);
  }

  @Mutation(() => ErasurePayload, {
    nullable: true,
    description:
      'Makes all personal data of a person unreadable, for ever: keys destroyed, read models written anew. ' +
      'Answers when it is done; erasing again answers with the same receipt. Null where it has an error. Refused with CONTACT_UNKNOWN.',
  })
  async eraseContact(
    @Ctx() { app, actor }: Context,
    @Arg('input', () => EraseContactInput, { description: 'Whom to erase, and on what ground.' })
    input: EraseContactInput,
  ): Promise<ErasurePayload> {
    const { dryRun, ticket, ...request } = parseInput(zErasure, { ...input }, 'input');
    const pathOf = (field: string) => `input.${field}`;
    if (dryRun) return payloadOf(await app.erasures.plan(request.contactId), pathOf);
    const [outcome] = await app.erasures.erase([{ ...request, ...(ticket != null && { ticket }) }], actor);
    return payloadOf(outcome!, pathOf);
  }
}
