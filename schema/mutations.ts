// Every mutation of the API: one per command, defined from a table, so that none can be forgotten or differ from the others.
import { Arg, type ClassType, Ctx, Mutation, Resolver } from 'type-graphql';
import type { PublicCommandType } from '../src/command.ts';
import { BatchMutations } from './command-batch.ts';
import { payloadOf, payloadTypeOf } from './command-payload.ts';
import type { Context } from './context.ts';
import { mutationName, mutationTable } from './mutation-table.ts';
import { type CommandFields, runCommand } from './run-command.ts';

@Resolver()
class CommandMutations {}

/** Does what decorators on a written-out method would do. */
function defineMutation(type: PublicCommandType): void {
  const { input: Input, description, refusals } = mutationTable[type];
  const Payload = payloadTypeOf(type);
  const name = mutationName(type);
  const method: PropertyDescriptor = {
    value: async (input: CommandFields, context: Context) =>
      payloadOf(Payload, await runCommand(type, input, context), 'input'),
  };
  const { prototype } = CommandMutations;
  Object.defineProperty(prototype, name, method);
  Ctx()(prototype, name, 1);
  Arg('input', () => Input, { description: 'What to change, and the circumstances of the change.' })(
    prototype,
    name,
    0,
  );
  Mutation(() => Payload, {
    // Those before it in the operation were carried out: an error of one must not take their answers along.
    nullable: true,
    description: `${description} Null where it has an error. Refused with ${refusals.join(', ')}.`,
  })(prototype, name, method);
}

for (const type of Object.keys(mutationTable) as PublicCommandType[]) defineMutation(type);

/** Classes with resolvers, for the schema to be built with. */
export const mutationResolvers: readonly ClassType[] = [CommandMutations, BatchMutations];
