// The connection to EventStoreDB: one client, renewed when it hangs, whose every call ends in bounded time.
import {
  AccessDeniedError,
  type Credentials,
  DeadlineExceededError,
  EventStoreDBClient,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  StreamNotFoundError,
  UnsupportedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { EventStoreFailure } from './port.ts';

/** How long things may take. All have defaults that suit a cluster in one place. */
export interface ConnectionLimits {
  /** An append, with all its repetitions. Default 10,000. */
  answerWithinMs: number;
  /** One call to the cluster. Default 5,000. */
  callWithinMs: number;
  /** First wait before a new attempt to follow; each further one is twice as long. Default 100. */
  backOffMs: number;
  /** The longest such wait. Default 5,000. */
  backOffMaxMs: number;
}

export const connectionLimits: ConnectionLimits = {
  answerWithinMs: 10_000,
  callWithinMs: 5_000,
  backOffMs: 100,
  backOffMaxMs: 5_000,
};

export interface Connection {
  /** What every call is made with. */
  readonly callOptions: { credentials: Credentials; requiresLeader: true; deadline: number };
  readonly client: EventStoreDBClient;
  /** The answer of one call; throws CallTimedOut, and has a new client from then on, where none comes in time. */
  call<Answer>(work: (client: EventStoreDBClient) => Promise<Answer>): Promise<Answer>;
  /** The whole of a short read, which is cancelled however it ends. Nothing where the stream does not exist. */
  readShort<Item>(open: (client: EventStoreDBClient) => Cancellable<Item>): Promise<Item[]>;
  /** A new client instead of one whose connection answers nothing. */
  renew(): void;
  close(): void;
}

export interface Cancellable<Item> extends AsyncIterable<Item> {
  cancel(): Promise<void>;
}

/** Throws EVENT_STORE_URL_INVALID for a connection string that is not one. Nothing is sent yet. */
export function createConnection(url: string, limits: ConnectionLimits): Connection {
  const credentials = credentialsOf(url);
  const makeClient = () => EventStoreDBClient.connectionString(url);
  let client: EventStoreDBClient;
  try {
    client = makeClient();
  } catch {
    // The client's own message quotes the string, and with it the password.
    throw urlInvalid('it is not a connection string');
  }
  const { callWithinMs } = limits;

  function renew(): void {
    const former = client;
    client = makeClient();
    abandon(former);
  }

  async function call<Answer>(work: (client: EventStoreDBClient) => Promise<Answer>): Promise<Answer> {
    const used = client;
    try {
      return await withTimeout(work(used), callWithinMs);
    } catch (error) {
      const isSilent = error instanceof CallTimedOut || error instanceof DeadlineExceededError;
      if (isSilent && used === client) renew();
      throw error;
    }
  }

  return {
    callOptions: { credentials, requiresLeader: true, deadline: callWithinMs },
    get client() {
      return client;
    },
    call,
    readShort: (open) =>
      call(async (used) => {
        const read = open(used);
        const items = [];
        try {
          for await (const item of read) items.push(item);
        } catch (error) {
          if (!(error instanceof StreamNotFoundError)) throw error;
        } finally {
          read.cancel().catch(() => undefined);
        }
        // A client that is given up ends what is read from it without a word, as if there were no more.
        if (used !== client) throw new Error('The connection was given up before all was read.');
        return items;
      }),
    renew,
    close() {
      abandon(client);
    },
  };
}

/**
 * Ends the calls that still hang on a client, and its connection; nobody waits for that. Its own `dispose` leaves the connection
 * open, and the next client would get the same one: gRPC shares it among all who ask for the same address.
 */
function abandon(client: EventStoreDBClient): void {
  client.dispose().catch(() => undefined);
  const { getChannel } = client as unknown as { getChannel(): Promise<{ close(): void }> };
  getChannel().then(
    (channel) => channel.close(),
    () => undefined,
  );
}

/**
 * The user named in the connection string, given with each call: without it the client takes its own batched path, on which a
 * call may hang for ever and a lost connection rejects, unhandled, what other clients of the process wait for. That cannot be
 * cured from outside; a lane (event-store-db-lane.ts) is that path without its faults.
 */
function credentialsOf(url: string): Credentials {
  const [, user, password] = /^esdb(?:\+discover)?:\/\/([^:@/]+):([^@/]+)@/.exec(url) ?? [];
  if (user !== undefined && password !== undefined)
    return { username: decodeURIComponent(user), password: decodeURIComponent(password) };
  // A server without TLS takes no credentials and ignores them.
  if (/[?&]tls=false\b/i.test(url)) return { username: 'ledger', password: 'ledger' };
  throw urlInvalid('a server with TLS needs a user: esdb://user:password@host:2113');
}

function urlInvalid(why: string): EventStoreFailure {
  return new EventStoreFailure(
    'EVENT_STORE_URL_INVALID',
    `The connection string of the event store cannot be used: ${why}. Right would be esdb://host:2113?tls=false to try things out, ` +
      'or esdb://user:password@host1:2113,host2:2113,host3:2113 for a cluster with TLS.',
  );
}

/** A call that had no answer in time. It may have been carried out. */
export class CallTimedOut extends Error {
  readonly code = 'CALL_TIMED_OUT';
}

async function withTimeout<Answer>(answer: Promise<Answer>, limitMs: number): Promise<Answer> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  // The client's own deadline comes first where it works.
  const timer = setTimeout(() => reject(new CallTimedOut(`No answer within ${limitMs} ms.`)), limitMs + 250);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

const lasting = [
  AccessDeniedError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  UnsupportedError,
  WrongExpectedVersionError,
  EventStoreFailure,
  TypeError,
  RangeError,
];

/**
 * Whether another attempt may succeed: the server is down, not ready, not the leader, silent. The client has many forms of saying
 * so (also a raw Error for a connection that was never made, and "could not recognize" for a server that still starts): all that
 * is no answer is taken for passing.
 */
export function isPassing(error: unknown): boolean {
  return error instanceof Error && !lasting.some((kind) => error instanceof kind);
}

/** The store's fault in the port's terms. The cause is kept for the log; the message names no host, user or value. */
export function unavailable(what: string, cause?: unknown): EventStoreFailure {
  const why =
    cause instanceof AccessDeniedError
      ? 'it denies access; name a user who may write streams and read $all'
      : cause instanceof Error && /certificate/i.test(cause.message)
        ? 'its certificate is not trusted, or names another host; add &tlsCAFile=FILE with the certificate of the authority that signed it'
        : 'it does not answer, or has no leader';
  return new EventStoreFailure('STORE_UNAVAILABLE', `The event store cannot be used ${what}: ${why}.`, {
    cause,
  });
}
