// What every mutation takes beside its own fields: when it was true and learned, why, on what evidence, and how to repeat it.
import { Field, ID, InputType, Int } from 'type-graphql';
import { z } from 'zod';
import type { CommandContext } from '../src/command.ts';
import { zCode, zDate, zId, zSubject, zWords } from '../src/event-contract.ts';
import type { Context } from './context.ts';
import { parseInput } from './parse-input.ts';
import { EdtfDate, Instant } from './scalars.ts';

@InputType({ description: 'One thing that a change rests on. It needs a kind; the rest where there is any.' })
export class EvidenceInput {
  @Field(() => String, {
    description: 'What it is, as a code: bounce, reply, feed_record, word, event, document, …',
  })
  kind: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The event of this ledger that is the evidence, such as a bounce.',
  })
  eventId?: string;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of a document kept elsewhere, as 64 lower-case hexadecimal digits.',
  })
  digest?: string;

  @Field(() => String, { nullable: true, description: 'Its words, 1 to 4,000 characters. Stored sealed.' })
  text?: string;
}

@InputType({
  description:
    'When a change was true and learned, why, on what evidence, and how to repeat it safely. ' +
    'Here null means the same as leaving the field out.',
})
export class ChangeInput {
  @Field(() => EdtfDate, {
    nullable: true,
    description: 'When it was, or will be, true in the world. Leave it out where nobody knows.',
  })
  effectiveOn?: string;

  @Field(() => Instant, {
    nullable: true,
    description:
      'When the organisation learned it. Default: now. Backdate what was known earlier than it was entered; ' +
      'more than five minutes ahead of the clock is refused with LEARNED_IN_FUTURE.',
  })
  learnedAt?: number;

  @Field(() => String, {
    nullable: true,
    description:
      'Why, as a code: lower-case letters, digits and _, at most 64. Stored in the clear. ' +
      'A removal needs it, else REASON_REQUIRED.',
  })
  reasonCode?: string;

  @Field(() => String, {
    nullable: true,
    description: 'Why, in words, 1 to 4,000 characters. Stored sealed.',
  })
  reasonText?: string;

  @Field(() => [EvidenceInput], { nullable: true, description: 'What the change rests on; at most 100.' })
  evidence?: EvidenceInput[];

  @Field(() => Int, {
    nullable: true,
    description:
      'The version that the caller has seen: the number of events in the stream that the command writes to. ' +
      'Where the stream has another one by now, VERSION_MISMATCH.',
  })
  expectedVersion?: number;

  @Field(() => String, {
    nullable: true,
    description:
      'Makes a repeat safe: the same key with the same request again answers as the first time and writes nothing, ' +
      'with another request that writes to the same stream (of a contact, of its signals, of an account or of a turnover) ' +
      'it is refused with IDEMPOTENCY_KEY_REUSED. Give each request a key of its own. ' +
      '1 to 200 characters, valid for ever. A UUID of the form field is a good key; never use personal data.',
  })
  idempotencyKey?: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Subject of the colleague for whom the caller acts, in the organisation's own directory. Stored in the clear.",
  })
  onBehalfOf?: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Id of the event or request that caused this one: a UUID.',
  })
  causationId?: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Id that all changes of one piece of work share: a UUID.',
  })
  correlationId?: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Proposes the change instead of making it, for somebody to accept or decline later. The value is the doubt, as a code, ' +
      'such as single_source. For changes of contacts only, one at a time, else PROPOSAL_UNSUITABLE.',
  })
  proposeBecause?: string;
}

const zChange = z.strictObject({
  effectiveOn: zDate.optional(),
  learnedAt: z.int().optional(),
  reasonCode: zCode.optional(),
  reasonText: zWords(4000).optional(),
  evidence: z
    .array(
      z.strictObject({
        kind: zCode,
        eventId: zId.optional(),
        // In the clear, so nothing but a hash may stand here.
        digest: z
          .string()
          .regex(/^[0-9a-f]{64}$/, 'is a SHA-256 hash: 64 lower-case hexadecimal digits')
          .optional(),
        text: zWords(4000).optional(),
      }),
    )
    .max(100)
    .optional(),
  expectedVersion: z.int().min(0).optional(),
  idempotencyKey: zWords(200).optional(),
  onBehalfOf: zSubject.optional(),
  causationId: zId.optional(),
  correlationId: zId.optional(),
  proposeBecause: zCode.optional(),
});

/** The fields that are not named in a command's context as in the input. */
export const changeFieldOf: Readonly<Record<string, keyof ChangeInput>> = {
  effectiveOn: 'effectiveOn',
  learnedAt: 'learnedAt',
  reasonCode: 'reasonCode',
  expectedVersion: 'expectedVersion',
  idempotencyKey: 'idempotencyKey',
  asProposal: 'proposeBecause',
};

/** What the command carries, from what the client said at `path` and who it is. Throws BAD_USER_INPUT. */
export function commandContext(
  change: ChangeInput | null | undefined,
  { actor }: Context,
  path: string,
): CommandContext {
  const said = parseInput(zChange, withoutNulls(change ?? {}), path);
  const { learnedAt, onBehalfOf, proposeBecause, ...others } = said;
  return {
    ...others,
    actor: onBehalfOf === undefined ? actor : { ...actor, onBehalfOf },
    source: 'api',
    by: 'person',
    ...(learnedAt !== undefined && { learnedAtMs: learnedAt }),
    ...(proposeBecause !== undefined && { asProposal: { doubt: proposeBecause } }),
  };
}

/** Forms send null for what was left empty; nothing in a change has null as a value of its own. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, part]) => part !== null && part !== undefined);
  return Object.fromEntries(given.map(([name, part]) => [name, withoutNulls(part)]));
}
