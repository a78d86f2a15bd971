// Which ledger an event store holds: one event in a stream of its own, written when the ledger is made and never again.
import { jsonEvent, NO_STREAM, StreamDeletedError, WrongExpectedVersionError } from '@eventstore/db-client';
import type { Connection } from './event-store-db-connection.ts';
import { gap } from './event-store-db-mirror.ts';
import { EventStoreFailure } from './port.ts';

/** Not of the form <category>-<id>: it is not counted. */
const identityStream = 'contact_ledger';
/** The newest way of writing events to an event store that this program knows. */
const formatVersion = 1;

type LedgerCreated = { ledgerId: string; format: number };

/** The ledger's id; makes a ledger of the given id where there is none. Throws LEDGER_MISSING, LEDGER_GAP, LEDGER_TOO_NEW. */
export async function identify(connection: Connection, newLedgerId: string | undefined): Promise<string> {
  const known = await readIdentity(connection);
  if (known) return known;
  if (newLedgerId === undefined)
    throw new EventStoreFailure(
      'LEDGER_MISSING',
      'The event store holds no ledger. Give the connection string of one that does; contact-ledger import makes a new one.',
    );
  await createIdentity(connection, { ledgerId: newLedgerId, format: formatVersion });
  const made = await readIdentity(connection);
  if (made) return made;
  throw gap(`the stream ${identityStream} hides what it holds`);
}

async function createIdentity({ call, callOptions }: Connection, data: LedgerCreated): Promise<void> {
  try {
    await call((client) =>
      client.appendToStream(identityStream, [jsonEvent({ type: 'LedgerCreated', data })], {
        ...callOptions,
        expectedRevision: NO_STREAM,
      }),
    );
  } catch (error) {
    // Another replica was faster, and its ledger is the one.
    if (!(error instanceof WrongExpectedVersionError)) throw error;
  }
}

async function readIdentity(connection: Connection): Promise<string | undefined> {
  const [created] = await connection
    .readShort((client) => client.readStream(identityStream, { ...connection.callOptions, maxCount: 1 }))
    .catch((fault) => {
      throw fault instanceof StreamDeletedError ? gap(`the stream ${identityStream} was deleted`) : fault;
    });
  if (!created?.event) return undefined;
  // A stream that was deleted goes on with its numbers: this one was made in place of another ledger's.
  if (created.event.revision > 0n) throw gap(`the stream ${identityStream} lacks its first event`);
  const { ledgerId, format } = created.event.data as Partial<LedgerCreated>;
  if (typeof ledgerId !== 'string' || typeof format !== 'number')
    throw new EventStoreFailure(
      'LEDGER_DAMAGED',
      `The stream ${identityStream} was not written by contact-ledger.`,
    );
  if (format > formatVersion)
    throw new EventStoreFailure(
      'LEDGER_TOO_NEW',
      `The ledger in the event store has the format ${format}; this program knows formats up to ${formatVersion}. Use the program that made it, or a newer one.`,
    );
  return ledgerId;
}
