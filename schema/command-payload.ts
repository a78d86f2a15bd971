// What every mutation answers: the entity as it is now and what was written, or a refusal with a code.
import { Ctx, Field, ID, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { accountCommands } from '../src/account/commands.ts';
import type { CommandResult, PublicCommandType } from '../src/command.ts';
import { type RejectionCode as Code, rejectionCodes } from '../src/rejections.ts';
import { turnoverCommands } from '../src/turnover/commands.ts';
import { Account, accountAt } from './account.ts';
import { changeFieldOf } from './change-input.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context } from './context.ts';
import { currentPoint } from './read-point.ts';
import { readAccount, readContact, readTurnover } from './reading.ts';
import { Position } from './scalars.ts';
import { Turnover, turnoverAt } from './turnover.ts';

const codes = Object.keys(rejectionCodes) as Code[];
export const RejectionCode = Object.fromEntries(codes.map((code) => [code, code]));
registerEnumType(RejectionCode, {
  name: 'RejectionCode',
  description: 'The closed catalogue of expected refusals.',
  valuesConfig: Object.fromEntries(codes.map((code) => [code, { description: rejectionCodes[code] }])),
});

@ObjectType({ description: 'An expected no: nothing was written, and a client can act on the code.' })
export class Rejection {
  @Field(() => RejectionCode, { description: 'Which refusal it is.' })
  code: Code;

  @Field(() => String, {
    description:
      'Which field is at fault, as a path such as input.change.effectiveOn; of a command of a batch ' +
      'commands.3.endPlacement.change.effectiveOn.',
  })
  path: string;

  @Field(() => String, {
    description: 'What is wrong and what would be right, for people. Never a personal value.',
  })
  message: string;
}

@InterfaceType({
  description: 'What a command did: what the answers about a contact and about an account have in common.',
})
export abstract class CommandPayload {
  /** Not a field: the contact or account to read, null after a refusal. */
  entityId: string | null;

  @Field(() => Position, {
    nullable: true,
    description:
      'Position of the last event that the command wrote; where it wrote none, of the ledger when it was answered. ' +
      'Reads from there on see the change. Null after a rejection.',
  })
  position: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Number of events in the stream that the command writes to: the expectedVersion of the next such command. ' +
      'Null after a rejection.',
  })
  version: number | null;

  @Field(() => [ID], {
    description: 'Ids of the events that it wrote. Empty where all was so already, and after a rejection.',
  })
  eventIds: string[];

  @Field(() => Boolean, {
    description:
      'Whether the same idempotencyKey had brought this answer before, so that nothing was written now.',
  })
  repeated: boolean;

  @Field(() => Rejection, { nullable: true, description: 'Why nothing was written; null on success.' })
  rejection: Rejection | null;
}

@ObjectType({ implements: CommandPayload, description: 'What a command about a contact did.' })
export class ContactPayload extends CommandPayload {
  @Field(() => Contact, {
    nullable: true,
    description:
      'The contact that was addressed, as it is believed now, this change included. Null after a rejection.',
  })
  async contact(@Ctx() context: Context): Promise<Contact | null> {
    if (this.entityId === null) return null;
    const point = currentPoint(context);
    const belief = await readContact(context, this.entityId, point);
    return belief && contactAt(belief, point);
  }
}

@ObjectType({ implements: CommandPayload, description: 'What a command about an account did.' })
export class AccountPayload extends CommandPayload {
  @Field(() => Account, {
    nullable: true,
    description:
      'The account that was addressed, as it is believed now, this change included. Null after a rejection.',
  })
  async account(@Ctx() context: Context): Promise<Account | null> {
    if (this.entityId === null) return null;
    const point = currentPoint(context);
    const belief = await readAccount(context, this.entityId, point);
    return belief && accountAt(belief, point);
  }
}

@ObjectType({ implements: CommandPayload, description: 'What a command about a turnover did.' })
export class TurnoverPayload extends CommandPayload {
  @Field(() => Turnover, {
    nullable: true,
    description:
      'The turnover that was addressed, as it is believed now, this change included. Null after a rejection.',
  })
  async turnover(@Ctx() context: Context): Promise<Turnover | null> {
    if (this.entityId === null) return null;
    const point = currentPoint(context);
    const belief = await readTurnover(context, this.entityId, point);
    return belief && turnoverAt(belief, point);
  }
}

/** What a command of this type is answered with. */
export function payloadTypeOf(
  type: PublicCommandType,
): new () => AccountPayload | ContactPayload | TurnoverPayload {
  if (Object.hasOwn(turnoverCommands, type)) return TurnoverPayload;
  return Object.hasOwn(accountCommands, type) ? AccountPayload : ContactPayload;
}

/** The answer to a command's result, for any kind of payload. `path` is where the command's input stood. */
export function payloadOf<P extends CommandPayload>(
  Payload: new () => P,
  result: CommandResult,
  path: string,
): P {
  const answer = result.ok
    ? {
        entityId: result.id,
        position: result.position,
        version: result.version,
        eventIds: result.eventIds,
        repeated: result.repeated,
        rejection: null,
      }
    : {
        entityId: null,
        position: null,
        version: null,
        eventIds: [],
        repeated: false,
        rejection: { code: result.rejected, path: inputPath(path, result.path), message: result.message },
      };
  return Object.assign(new Payload(), answer);
}

/** A command's fields stand directly in the input, what every command carries in `change`. */
function inputPath(input: string, path: string): string {
  if (path === '') return input;
  const changeField = changeFieldOf[path];
  return changeField === undefined ? `${input}.${path}` : `${input}.change.${changeField}`;
}
