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

/** The hash of the RFC 8785 text of `sealedEventOf`, whose members are written here in their order: it is done for every event. */
export function leafOf(event: StoredEvent): Buffer {
  const boxes = event.boxes.map(
    ({ keyId, nonce, ciphertext, tag }) =>
      `{"ciphertext":"${base64(ciphertext)}","keyId":${canonicalJson(keyId)},"nonce":"${base64(nonce)}","tag":"${base64(tag)}"}`,
  );
  const { data, id, learnedAtMs, meta, position, recordedAtMs, stream, type, typeVersion, version } = event;
  return hashLeaf(
    `{"boxes":[${boxes.join(',')}],"data":${canonicalJson(data)},"id":${canonicalJson(id)},"learnedAtMs":${learnedAtMs},` +
      `"meta":${canonicalJson(meta)},"position":${position},"recordedAtMs":${recordedAtMs},` +
      `"stream":${canonicalJson(stream)},"type":${canonicalJson(type)},"typeVersion":${typeVersion},"version":${version}}`,
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
