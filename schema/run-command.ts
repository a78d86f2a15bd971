// From the input of a mutation to the ledger: checks it, adds the ids that the server makes, and has the command carried out.
import { GraphQLError } from 'graphql';
import {
  type Command,
  type CommandContext,
  type CommandResult,
  type CommandType,
  commandShapes,
} from '../src/command.ts';
import { createSourceIds } from '../src/ingest/import-feed.ts';
import type { Submitted } from '../src/ledger.ts';
import { deriveId, newId } from '../src/personal-data/derive-id.ts';
import { type ChangeInput, commandContext } from './change-input.ts';
import type { Context } from './context.ts';
import { parseInput } from './parse-input.ts';

export interface CommandFields {
  change?: ChangeInput;
}

/** Ids that a client may leave to the server, and what they are ids of. */
export const idsMadeByServer: {
  readonly [K in CommandType]?: { field: string; of: 'contact' | 'account' | 'placement' };
} = {
  RegisterContact: { field: 'contactId', of: 'contact' },
  RegisterAccount: { field: 'accountId', of: 'account' },
  StartPlacement: { field: 'placementId', of: 'placement' },
  MovePlacement: { field: 'newPlacementId', of: 'placement' },
};

/** Throws BAD_USER_INPUT for a mistake in the input, and what the ledger cannot do at all with a code of its own. */
export async function runCommand(
  type: CommandType,
  input: CommandFields,
  context: Context,
): Promise<CommandResult> {
  return (await submitCommand(type, input, context, 'input')).done;
}

/** The same in two steps, as Ledger.submit. `path` is where the input stands, for what is said of a mistake in it. */
export async function submitCommand(
  type: CommandType,
  input: CommandFields,
  context: Context,
  path: string,
): Promise<Submitted> {
  const { change, ...fields } = input;
  const commanding = commandContext(change, context, `${path}.change`);
  const complete = withServerIds(type, fields, commanding, context);
  // The one place where a parsed input becomes a command: the shape that parsed it is the one of this type.
  const command = { type, ...parseInput(commandShapes[type], complete, path) } as Command;
  try {
    const { done } = await context.app.ledger.submit(command, commanding);
    return { done: done.catch(tell) };
  } catch (fault) {
    return tell(fault);
  }
}

/** The same request must get the same id again, so what can be derived is: from the source's id, else from the key. */
function withServerIds(
  type: CommandType,
  fields: Record<string, unknown>,
  { actor, idempotencyKey }: CommandContext,
  { app }: Context,
): Record<string, unknown> {
  const made = idsMadeByServer[type];
  if (!made) return fields;
  const { field, of } = made;
  if (fields[field] !== undefined && fields[field] !== null) return fields;
  const { salt } = app.keyStore;
  const external = fields['externalId'] as { source: string; id: string } | null | undefined;
  if (external && of !== 'placement')
    return { ...fields, [field]: createSourceIds(app)[of](external.source, external.id) };
  const id = idempotencyKey === undefined ? newId() : deriveId(salt, 'new', actor.id, idempotencyKey, field);
  return { ...fields, [field]: id };
}

/** Faults that a client can do something about; each says what was (not) written. */
const tellableFaults: Readonly<Record<string, string>> = {
  STORE_FULL:
    'The disk of the ledger is full. Nothing was written; reads still work. Repeat once there is room.',
  READ_MODELS_STOPPED:
    'The change is stored, but what reads answer from could not be written and stands still for now. ' +
    'Do not send it again, or only with the same idempotencyKey.',
  EVENT_TOO_LARGE: 'The change is too large for one event. Nothing was written; send less in one command.',
};

function tell(fault: unknown): never {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  const message = tellableFaults[code];
  throw message === undefined ? fault : new GraphQLError(message, { extensions: { code } });
}
