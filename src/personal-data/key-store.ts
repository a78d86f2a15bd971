// The key store port: random keys, one per person or account, which can be destroyed for ever.
import type { KeyObject } from 'node:crypto';

export type KeyState = { state: 'available'; key: KeyObject } | { state: 'destroyed' };

export interface KeyStore {
  /** Secret of the ledger that ids of sources are hashed with; kept with the keys. 32 bytes. */
  readonly salt: Buffer;
  /**
   * A fresh key that nobody has used. It was made durable before it is handed out: blocks are minted ahead of use,
   * so that a command does not wait for a key write and no event is without its key.
   */
  take(): Promise<{ keyId: string; key: KeyObject }>;
  /**
   * The keys asked for, each available or destroyed, and in memory from then on (see `cached`). Throws KeyStoreFailure
   * KEYS_UNAVAILABLE when the store cannot say (an outage must not look like an erasure) and KEY_UNKNOWN for an id that
   * was never minted.
   */
  getMany(keyIds: readonly string[]): Promise<Map<string, KeyState>>;
  /** The key if it is in memory now, without waiting. */
  cached(keyId: string): KeyState | undefined;
  /** Drops keys from memory: whoever asks next learns what became of them elsewhere. */
  forget(keyIds: readonly string[]): void;
  /** Destroys keys for ever: a durable tombstone replaces each before the promise resolves. Destroying twice is success. */
  destroy(keyIds: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export type KeyStoreFailureCode =
  | 'KEYS_UNAVAILABLE'
  | 'KEY_UNKNOWN'
  | 'MASTER_KEY_MISSING'
  | 'MASTER_KEY_INVALID'
  | 'MASTER_KEY_WRONG'
  | 'KEY_FILE_MISSING'
  | 'KEY_FILE_DAMAGED'
  | 'KEY_FILE_TOO_NEW'
  | 'KEY_FILE_MISMATCH';

export class KeyStoreFailure extends Error {
  readonly code: KeyStoreFailureCode;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  constructor(code: KeyStoreFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeyStoreFailure';
    this.code = code;
    this.retryable = code === 'KEYS_UNAVAILABLE';
  }
}
