// The key database: two tables in PostgreSQL with the wrapped keys, made, checked and asked in bounded time.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { checkValueOf, saltName } from './key-file.ts';
import { KeyStoreFailure } from './key-store.ts';
import { createKeyWrap, type KeyWrap } from './key-wrap.ts';

export interface KeyDatabaseOptions {
  /** Connection string: `postgres://user:password@host:5432/database`. The database is for the keys of one ledger. */
  url: string;
  /** 32 bytes. */
  masterKey: Buffer;
  ledgerId: string;
  /** Make the tables where there are none. Leave it out as soon as the log has events: their keys would be missing. */
  create?: boolean;
  /** How long an answer is waited for, over lost connections and restarts of the server. Default 5,000. */
  answerWithinMs?: number;
  /** The wrapped salt of a ledger that goes on here; where it is left out a new ledger's salt is made. */
  saltWrapped?: Uint8Array;
}

export interface KeyDatabase {
  wrap: KeyWrap;
  salt: Buffer;
  saltWrapped: Uint8Array;
  /** Runs statements on a connection, again until the time is up. What is run twice must come to the same. Throws KEYS_UNAVAILABLE. */
  run<Answer>(what: string, work: (connection: pg.ClientBase) => Promise<Answer>): Promise<Answer>;
  /** The same in one transaction. */
  change<Answer>(what: string, work: (connection: pg.ClientBase) => Promise<Answer>): Promise<Answer>;
  close(): Promise<void>;
}

const formatVersion = 1;
const connectionsMax = 4;
const retryAfterMs = 100;
/** Any number of our own: replicas that start together make the tables once. */
const creationLock = 0x434c4b46;

const schema = `
  CREATE TABLE contact_ledger_key_meta (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    format integer NOT NULL,
    ledger_id text NOT NULL,
    salt_wrapped bytea NOT NULL,
    check_value bytea NOT NULL,
    clean_due bigint NOT NULL DEFAULT 0
  );
  COMMENT ON COLUMN contact_ledger_key_meta.clean_due IS 'destroyed keys whose former rows may still be in the table file';
  CREATE TABLE contact_ledger_keys (key_id uuid PRIMARY KEY, wrapped bytea);
  COMMENT ON COLUMN contact_ledger_keys.wrapped IS 'NULL: destroyed';`;

/** Throws KeyStoreFailure: KEYS_UNAVAILABLE, KEY_FILE_MISSING, KEY_FILE_MISMATCH, KEY_FILE_DAMAGED, KEY_FILE_TOO_NEW, MASTER_KEY_WRONG. */
export async function openKeyDatabase(options: KeyDatabaseOptions): Promise<KeyDatabase> {
  const { url, masterKey, ledgerId, create = false, answerWithinMs = 5_000 } = options;
  const wrap = createKeyWrap(masterKey, ledgerId);
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: answerWithinMs,
    query_timeout: answerWithinMs,
    application_name: 'contact-ledger keys',
  });
  // A connection that is lost while nobody uses it: the next request finds out for itself.
  pool.on('error', () => undefined);
  const { run, change } = createRuns(pool, answerWithinMs);
  try {
    const saltWrapped = await change('open the keys', async (connection) => {
      await connection.query('SELECT pg_advisory_xact_lock($1)', [creationLock]);
      const exists = await connection.query("SELECT to_regclass('contact_ledger_key_meta') AS found");
      if (exists.rows[0].found === null) {
        if (!create) throw missing();
        await make(connection, ledgerId, options.saltWrapped ?? wrap.wrap(randomBytes(32), saltName));
      }
      return check(connection, ledgerId);
    });
    const salt = wrap.unwrap(saltWrapped, saltName);
    if (!salt)
      throw new KeyStoreFailure(
        'MASTER_KEY_WRONG',
        'The master key does not fit the key database: configure the master key that it was made with.',
      );
    return { wrap, salt, saltWrapped, run, change, close: () => pool.end() };
  } catch (fault) {
    await pool.end();
    throw fault;
  }
}

async function make(connection: pg.ClientBase, ledgerId: string, saltWrapped: Uint8Array): Promise<void> {
  await connection.query(schema);
  const salt = Buffer.from(saltWrapped);
  await connection.query(
    'INSERT INTO contact_ledger_key_meta (format, ledger_id, salt_wrapped, check_value) VALUES ($1, $2, $3, $4)',
    [formatVersion, ledgerId, salt, checkValueOf(ledgerId, salt)],
  );
}

interface MetaRow {
  format: number;
  ledger_id: string;
  salt_wrapped: Buffer;
  check_value: Buffer;
}

async function check(connection: pg.ClientBase, ledgerId: string): Promise<Buffer> {
  const { rows } = await connection.query<MetaRow>('SELECT * FROM contact_ledger_key_meta');
  const meta = rows[0];
  if (!meta) throw damaged('what it says about itself is missing');
  if (meta.format > formatVersion)
    throw new KeyStoreFailure(
      'KEY_FILE_TOO_NEW',
      `The key database has format ${meta.format}, this program knows formats up to ${formatVersion}: use the newer program that wrote it.`,
    );
  if (!checkValueOf(meta.ledger_id, meta.salt_wrapped).equals(meta.check_value))
    throw damaged('what it says about itself was changed');
  if (meta.ledger_id !== ledgerId)
    throw new KeyStoreFailure(
      'KEY_FILE_MISMATCH',
      `The key database belongs to ledger ${meta.ledger_id}, not to ledger ${ledgerId}: name the key database of this ledger.`,
    );
  return meta.salt_wrapped;
}

function missing(): KeyStoreFailure {
  return new KeyStoreFailure(
    'KEY_FILE_MISSING',
    'The key database holds no keys, so nothing sealed can be read: restore it from the backup of the keys, or name the right database.',
  );
}

function damaged(how: string): KeyStoreFailure {
  return new KeyStoreFailure(
    'KEY_FILE_DAMAGED',
    `The key database is damaged (${how}): restore it from the backup of the keys; it was left as it is.`,
  );
}

/** The message names no host, user or password: the driver's own may. */
export function keysUnavailable(what: string, cause?: unknown): KeyStoreFailure {
  return new KeyStoreFailure(
    'KEYS_UNAVAILABLE',
    `The key database could not be used to ${what}. Nothing counts as erased because of it; see that PostgreSQL can be reached, and try again.`,
    { cause },
  );
}

function createRuns(pool: pg.Pool, answerWithinMs: number): Pick<KeyDatabase, 'run' | 'change'> {
  async function once<Answer>(work: (connection: pg.ClientBase) => Promise<Answer>): Promise<Answer> {
    const connection = await pool.connect();
    let fault: Error | undefined;
    // Lost while it is in use: the running statement rejects too.
    const noteLoss = () => undefined;
    connection.on('error', noteLoss);
    try {
      return await work(connection);
    } catch (error) {
      fault = error as Error;
      throw error;
    } finally {
      connection.off('error', noteLoss);
      // One that failed is not used again: what became of its transaction is not known.
      connection.release(fault);
    }
  }

  async function run<Answer>(
    what: string,
    work: (connection: pg.ClientBase) => Promise<Answer>,
  ): Promise<Answer> {
    const deadlineMs = performance.now() + answerWithinMs;
    for (;;) {
      try {
        return await once(work);
      } catch (error) {
        if (error instanceof KeyStoreFailure) throw error;
        if (pool.ending || performance.now() + retryAfterMs > deadlineMs) throw keysUnavailable(what, error);
      }
      await sleep(retryAfterMs);
    }
  }

  return {
    run,
    change: (what, work) =>
      run(what, async (connection) => {
        await connection.query('BEGIN');
        try {
          const answer = await work(connection);
          await connection.query('COMMIT');
          return answer;
        } catch (error) {
          await connection.query('ROLLBACK').catch(() => undefined);
          throw error;
        }
      }),
  };
}
