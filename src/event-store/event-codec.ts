// How one event becomes a compact row and back: ids as bytes, boxes in one blob, the size that the port limits.

import type { EventMeta } from '../envelope.ts';
import type { SealedBox } from '../personal-data/sealed-box.ts';
import { writeUuid } from '../personal-data/uuid-bytes.ts';
import { EventStoreFailure, eventBytesMax, type NewEvent } from './port.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const digestPattern = /^[0-9a-f]{64}$/;
const streamPattern = /^[a-z][a-z0-9]*-[A-Za-z0-9._:-]{1,200}$/;

export const uuidBytesCount = 16;
const nonceBytesCount = 12;
const tagBytesCount = 16;
/** What a box takes beside its ciphertext: key id, nonce and tag. */
const boxFrameBytes = uuidBytesCount + nonceBytesCount + tagBytesCount;
const boxLayout = 1;

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Text kept as bytes where it is a UUID or a SHA-256 in lower-case hex, which most ids and digests are. */
export type Packed = string | Uint8Array;

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/** The 16 bytes of what `isUuid` took. */
export function uuidToBytes(uuid: string): Uint8Array {
  const bytes = new Uint8Array(uuidBytesCount);
  writeUuid(bytes, 0, uuid);
  return bytes;
}

/** The UUID in the 16 bytes from `at` on. Written out because it is the hottest line of a rebuild. */
export function uuidFromBytes(b: Uint8Array, at = 0): string {
  const h = hexPairs;
  return (
    `${h[b[at]!]}${h[b[at + 1]!]}${h[b[at + 2]!]}${h[b[at + 3]!]}-${h[b[at + 4]!]}${h[b[at + 5]!]}-` +
    `${h[b[at + 6]!]}${h[b[at + 7]!]}-${h[b[at + 8]!]}${h[b[at + 9]!]}-${h[b[at + 10]!]}${h[b[at + 11]!]}` +
    `${h[b[at + 12]!]}${h[b[at + 13]!]}${h[b[at + 14]!]}${h[b[at + 15]!]}`
  );
}

export function pack(text: string): Packed {
  if (text.length === 36 && uuidPattern.test(text)) return uuidToBytes(text);
  if (text.length === 64 && digestPattern.test(text)) return Buffer.from(text, 'hex');
  return text;
}

export function unpack(packed: Packed): string {
  if (typeof packed === 'string') return packed;
  if (packed.length === uuidBytesCount) return uuidFromBytes(packed);
  return Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).toString('hex');
}

/** A stream's name as it is stored: `<category>-` and the 16 bytes of its UUID, or the text itself. */
export function packStreamName(stream: string): Packed {
  const dash = stream.indexOf('-');
  const rest = stream.slice(dash + 1);
  if (rest.length !== 36 || !uuidPattern.test(rest)) return stream;
  return Buffer.concat([Buffer.from(stream.slice(0, dash + 1), 'latin1'), uuidToBytes(rest)]);
}

export function unpackStreamName(packed: Packed): string {
  if (typeof packed === 'string') return packed;
  const at = packed.length - uuidBytesCount;
  return String.fromCharCode(...packed.subarray(0, at)) + uuidFromBytes(packed, at);
}

/** The part of a stream's name before its first dash. */
export function categoryOf(stream: string): string {
  return stream.slice(0, stream.indexOf('-'));
}

/** Throws STREAM_NAME_INVALID for what is no `<category>-<id>`, names of a store's own such as `$all` included. */
export function checkStreamName(stream: string): void {
  if (streamPattern.test(stream)) return;
  throw new EventStoreFailure(
    'STREAM_NAME_INVALID',
    `The stream name ${JSON.stringify(stream.slice(0, 80))} is not valid. Write <category>-<id>: the category in ` +
      'lower-case letters and digits, the id of 1 to 200 letters, digits, dots, colons, dashes or underscores.',
  );
}

/** Throws TypeError for a batch that a correct caller cannot make, before anything is written. */
export function checkBatch(expectedVersion: number, events: readonly NewEvent[]): void {
  if (!Number.isSafeInteger(expectedVersion) || expectedVersion < 0) {
    throw new TypeError(`expectedVersion must be a whole number from 0 on, not ${expectedVersion}.`);
  }
  if (events.length === 0) throw new TypeError('A batch must hold at least one event.');
  const ids = new Set<string>();
  for (const event of events) {
    if (!isUuid(event.id)) throw new TypeError('An event id must be a UUID in lower case with dashes.');
    if (ids.has(event.id)) throw new TypeError(`The event id ${event.id} is twice in one batch.`);
    ids.add(event.id);
    if (event.type === '') throw new TypeError(`The event ${event.id} has no type.`);
    if (!Number.isSafeInteger(event.typeVersion)) {
      throw new TypeError(`typeVersion of the event ${event.id} must be a whole number.`);
    }
    if (!Number.isSafeInteger(event.learnedAtMs)) {
      throw new TypeError(`learnedAtMs of the event ${event.id} must be whole milliseconds since 1970.`);
    }
    for (const box of event.boxes) checkBox(event.id, box);
  }
}

function checkBox(eventId: string, box: SealedBox): void {
  if (isUuid(box.keyId) && box.nonce.length === nonceBytesCount && box.tag.length === tagBytesCount) return;
  throw new TypeError(
    `A sealed box of the event ${eventId} must have a UUID as key id, ${nonceBytesCount} bytes of nonce and ` +
      `${tagBytesCount} bytes of tag.`,
  );
}

/**
 * Throws EVENT_TOO_LARGE beyond what the port takes: meta and data as JSON in UTF-8, each box as its ciphertext and 44 bytes.
 * Meta is written out only where an event is large.
 */
export function checkEventBytes(
  { id, meta, boxes }: Pick<NewEvent, 'id' | 'meta' | 'boxes'>,
  packed: PackedMeta,
  dataJson: string,
): void {
  let boxesBytes = 0;
  for (const box of boxes) boxesBytes += boxFrameBytes + box.ciphertext.length;
  // A character takes at most three bytes; the ids and digests that stand in columns of their own, a few hundred.
  const characters = packed.context.length + (packed.rest?.length ?? 0) + dataJson.length;
  if (3 * characters + boxesBytes + columnsBytesMax(packed) <= eventBytesMax) return;
  const bytes = Buffer.byteLength(JSON.stringify(meta)) + Buffer.byteLength(dataJson) + boxesBytes;
  if (bytes <= eventBytesMax) return;
  throw new EventStoreFailure(
    'EVENT_TOO_LARGE',
    `The event ${id} has ${bytes} bytes of meta, data and boxes; at most ${eventBytesMax} are taken.`,
  );
}

/** What the ids and the digest take in JSON at most, an escape for every character included. */
function columnsBytesMax({ commandId, requestDigest, causationId, correlationId }: PackedMeta): number {
  let bytes = 0;
  for (const packed of [commandId, requestDigest, causationId, correlationId])
    bytes += 100 + 6 * (packed?.length ?? 0);
  return bytes;
}

/** A layout byte, then for each box: key id, nonce, tag, length of the ciphertext (LEB128), ciphertext. */
export function packBoxes(boxes: readonly SealedBox[]): Uint8Array | null {
  if (boxes.length === 0) return null;
  let size = 1;
  for (const box of boxes) size += boxFrameBytes + 5 + box.ciphertext.length;
  const out = new Uint8Array(size);
  let at = 0;
  out[at++] = boxLayout;
  for (const box of boxes) {
    writeUuid(out, at, box.keyId);
    out.set(box.nonce, at + uuidBytesCount);
    out.set(box.tag, at + uuidBytesCount + nonceBytesCount);
    at += boxFrameBytes;
    let rest = box.ciphertext.length;
    for (; rest > 0x7f; rest >>>= 7) out[at++] = (rest & 0x7f) | 0x80;
    out[at++] = rest;
    out.set(box.ciphertext, at);
    at += box.ciphertext.length;
  }
  return out.subarray(0, at);
}

/** The boxes from a place in the blob on, as views into it; none at its end. Throws RangeError where they are not of the layout. */
export function unpackBoxes(blob: Uint8Array, from = 0): SealedBox[] {
  if (from === blob.length) return [];
  if (blob[from] !== boxLayout) throw new RangeError('The sealed boxes have a layout that is not known.');
  const boxes: SealedBox[] = [];
  let at = from + 1;
  while (at < blob.length) {
    const nonceAt = at + uuidBytesCount;
    const tagAt = nonceAt + nonceBytesCount;
    let lengthAt = tagAt + tagBytesCount;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = blob[lengthAt++] ?? 0;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const end = lengthAt + length;
    if (end > blob.length) throw new RangeError('A sealed box is cut short.');
    boxes.push({
      keyId: uuidFromBytes(blob, at),
      nonce: new Uint8Array(blob.buffer, blob.byteOffset + nonceAt, nonceBytesCount),
      ciphertext: new Uint8Array(blob.buffer, blob.byteOffset + lengthAt, length),
      tag: new Uint8Array(blob.buffer, blob.byteOffset + tagAt, tagBytesCount),
    });
    at = end;
  }
  return boxes;
}

/**
 * The columns of an event's meta: `context` repeats from event to event and is kept once, `rest` is what is left over, as JSON
 * or, where nothing but a date is, which is most often so, as that date itself.
 */
export interface PackedMeta {
  context: string;
  commandId: Packed;
  requestDigest: Packed;
  causationId: Packed | null;
  correlationId: Packed | null;
  rest: string | null;
}

export type MetaContext = Pick<EventMeta, 'actor' | 'source' | 'policy'>;

export function packMeta(meta: EventMeta): PackedMeta {
  const { actor, source, policy, commandId, requestDigest, causationId, correlationId, ...others } = meta;
  return {
    context: JSON.stringify({ actor, source, policy } satisfies Record<keyof MetaContext, unknown>),
    commandId: pack(commandId),
    requestDigest: pack(requestDigest),
    causationId: causationId === undefined ? null : pack(causationId),
    correlationId: correlationId === undefined ? null : pack(correlationId),
    rest: packRest(others),
  };
}

type MetaRest = Pick<EventMeta, 'effectiveOn' | 'reasonCode' | 'evidence'>;

function packRest(rest: MetaRest): string | null {
  const { effectiveOn } = rest;
  if (effectiveOn !== undefined && !effectiveOn.startsWith('{') && Object.keys(rest).length === 1)
    return effectiveOn;
  const json = JSON.stringify(rest);
  return json === '{}' ? null : json;
}

/** Puts into the meta what `packRest` made of its rest. */
export function unpackRest(rest: string, meta: EventMeta): void {
  if (rest.startsWith('{')) Object.assign(meta, JSON.parse(rest));
  else meta.effectiveOn = rest;
}

/** The shared parts of a context are frozen, since every event of that context holds the same objects. */
export function parseContext(json: string): MetaContext {
  const context = JSON.parse(json) as MetaContext;
  Object.freeze(context.actor);
  if (context.policy !== undefined) Object.freeze(context.policy);
  return Object.freeze(context);
}
