// The form in which a stored event is hashed and shown in a proof: everything that the port gives back, binary values in base64.
import { canonicalJson } from '../canonical-json.ts';
import type { StoredEvent } from '../event-store/port.ts';
import { hashLeaf, type SealedEvent } from './verify-proof.ts';

/** Named field by field: what an adapter may add of its own is not part of the event. */
export function sealedEventOf(event: StoredEvent): SealedEvent {
  const { stream, version, position, id, type, typeVersion, learnedAtMs, recordedAtMs, meta, data } = event;
  const boxes = event.boxes.map(({ keyId, nonce, ciphertext, tag }) => ({
    keyId,
    nonce: base64(nonce),
    ciphertext: base64(ciphertext),
    tag: base64(tag),
  }));
  return { stream, version, position, id, type, typeVersion, learnedAtMs, recordedAtMs, meta, data, boxes };
}

export function leafOf(event: StoredEvent): Buffer {
  return hashLeaf(canonicalJson(sealedEventOf(event)));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
