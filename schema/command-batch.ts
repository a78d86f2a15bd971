// Many commands in one mutation: decided in their order, made durable together, each with an answer of its own.
import { Arg, Ctx, Field, InputType, Mutation, Resolver } from 'type-graphql';
import type { PublicCommandType } from '../src/command.ts';
import { CommandPayload, payloadOf, payloadTypeOf } from './command-payload.ts';
import type { Context } from './context.ts';
import { mutationName, mutationTable } from './mutation-table.ts';
import { badUserInput } from './parse-input.ts';
import { type CommandFields, submitCommand } from './run-command.ts';

export const batchCommandsMax = 100;

@InputType({
  description:
    'One command: exactly one field, named as its mutation, with the input of that mutation; else BAD_USER_INPUT.',
})
export class CommandInput {
  [mutation: string]: CommandFields | null | undefined;
}

const typeByMutation = new Map(
  (Object.keys(mutationTable) as PublicCommandType[]).map((type) => [mutationName(type), type]),
);
for (const [name, type] of typeByMutation)
  Field(() => mutationTable[type].input, { nullable: true, description: mutationTable[type].description })(
    CommandInput.prototype,
    name,
  );

@Resolver()
export class BatchMutations {
  @Mutation(() => [CommandPayload], {
    nullable: 'itemsAndList',
    description:
      'Carries out commands in their order, each decided on what those before it did, and answers each at its place. ' +
      'They do not stand or fall together: a refused one has its rejection, a mistake in one is an error with the path of ' +
      'its place and null there, and the others go on. Give each an idempotencyKey, so that the whole can be repeated.',
  })
  async executeCommands(
    @Arg('commands', () => [CommandInput], {
      description: `1 to ${batchCommandsMax} commands; else BAD_USER_INPUT and null, and none is carried out.`,
    })
    commands: CommandInput[],
    @Ctx() context: Context,
  ): Promise<(CommandPayload | Error)[]> {
    if (commands.length < 1 || commands.length > batchCommandsMax)
      throw badUserInput([{ path: 'commands', message: `are 1 to ${batchCommandsMax} commands` }]);
    const begun: Begun[] = [];
    for (const [index, command] of commands.entries()) begun.push(await begin(command, index, context));
    return Promise.all(begun.map(({ answer }) => answer));
  }
}

interface Begun {
  /** An Error in a list is for graphql the error of that place alone. */
  answer: Promise<CommandPayload | Error>;
}

/** Resolves when the command is decided, so that the next can be decided on it. */
async function begin(command: CommandInput, index: number, context: Context): Promise<Begun> {
  try {
    const given = Object.entries(command).filter(([, fields]) => fields != null);
    const [[name, fields] = ['', {}], ...others] = given;
    const type = typeByMutation.get(name);
    if (!type || others.length > 0)
      throw badUserInput([{ path: `commands.${index}`, message: 'has exactly one field: one command' }]);
    const path = `commands.${index}.${name}`;
    const { done } = await submitCommand(type, fields!, context, path);
    return { answer: done.then((result) => payloadOf(payloadTypeOf(type), result, path), errorOf) };
  } catch (mistake) {
    return { answer: Promise.resolve(errorOf(mistake)) };
  }
}

function errorOf(fault: unknown): Error {
  return fault instanceof Error ? fault : new Error('A command failed.', { cause: fault });
}
