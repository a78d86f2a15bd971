// A sealed box: the personal part of one event, encrypted for one person (or account).

export interface SealedBox {
  /** 16 bytes, as a UUID. */
  keyId: string;
  /** 12 random bytes. */
  nonce: Uint8Array;
  ciphertext: Uint8Array;
  /** 16 bytes. */
  tag: Uint8Array;
}
