// An event on EventStoreDB's wire and back: envelope as JSON in the metadata, clear part and boxes as bytes in the data.

import type { EventMeta } from '../envelope.ts';
import { packMeta, uuidToBytes } from './event-codec.ts';
import { EventStoreFailure, type NewEvent } from './port.ts';
import type { EncodedEvent } from './sqlite-log.ts';

/** What the client is handed; text and ids are checked before. */
export interface WireEvent {
  id: string;
  type: string;
  contentType: 'application/octet-stream';
  data: Uint8Array;
  metadata: Uint8Array;
}

/** What the cluster gives back. */
export interface WireRecord {
  stream: string;
  id: string;
  revision: number;
  type: string;
  data: Uint8Array;
  metadata: Uint8Array;
}

/** Made by one call of append: tells its own events from those that another replica wrote under the same ids. */
export interface BatchStamp {
  batch: string;
  recordedAtMs: number;
}

/** An event of the cluster, ready for the mirror. */
export interface CountedEvent extends BatchStamp {
  stream: string;
  version: number;
  encoded: EncodedEvent;
}

/** `v` the type's version, `times` learnedAt and recordedAt: short, because every event of the cluster carries them. */
interface WireMeta extends EventMeta {
  v: number;
  times: [learnedAtMs: number, recordedAtMs: number];
  batch: string;
}

const lengthBytes = 4;

/** Everything is serialised here: the client never settles on what it cannot serialise itself. */
export function toWire(event: NewEvent, encoded: EncodedEvent, stamp: BatchStamp): WireEvent {
  const meta: WireMeta = {
    v: event.typeVersion,
    times: [event.learnedAtMs, stamp.recordedAtMs],
    batch: stamp.batch,
    ...event.meta,
  };
  return {
    id: event.id,
    type: event.type,
    contentType: 'application/octet-stream',
    data: frame(encoded),
    // Not a Buffer: the client takes exactly Uint8Array for bytes, and anything else for an object to serialise.
    metadata: new TextEncoder().encode(JSON.stringify(meta)),
  };
}

/** Length of the clear part, the clear part as JSON, the boxes. Bytes, because base64 would pass the store's limit of 1 MiB. */
function frame({ data, boxes }: EncodedEvent): Uint8Array {
  const text = new TextEncoder().encode(data);
  const out = new Uint8Array(lengthBytes + text.length + (boxes?.length ?? 0));
  new DataView(out.buffer).setUint32(0, text.length);
  out.set(text, lengthBytes);
  if (boxes) out.set(boxes, lengthBytes + text.length);
  return out;
}

/** Throws LEDGER_DAMAGED for an event that no contact-ledger wrote. */
export function fromWire(record: WireRecord): CountedEvent {
  const { data } = record;
  const metadata = jsonIn(record.metadata);
  if (data.length < lengthBytes || !isWireMeta(metadata)) throw foreign(record);
  const { v, times, batch, ...meta } = metadata;
  const textEnd = lengthBytes + new DataView(data.buffer, data.byteOffset).getUint32(0);
  if (textEnd > data.length) throw foreign(record);
  return {
    stream: record.stream,
    version: record.revision + 1,
    batch,
    recordedAtMs: times[1],
    encoded: {
      given: { id: record.id, type: record.type, typeVersion: v, learnedAtMs: times[0], meta },
      id: uuidToBytes(record.id),
      meta: packMeta(meta),
      data: textIn(data.subarray(lengthBytes, textEnd)),
      boxes: textEnd === data.length ? null : data.subarray(textEnd),
    },
  };
}

export const textIn = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textIn(bytes));
  } catch {
    return undefined;
  }
}

function isWireMeta(value: unknown): value is WireMeta {
  if (typeof value !== 'object' || value === null) return false;
  const { v, times, batch, actor } = value as Partial<WireMeta>;
  const numbers = Array.isArray(times) && times.length === 2 && times.every(Number.isSafeInteger);
  return Number.isSafeInteger(v) && numbers && typeof batch === 'string' && typeof actor === 'object';
}

function foreign({ stream, revision }: WireRecord): EventStoreFailure {
  return new EventStoreFailure(
    'LEDGER_DAMAGED',
    `The event ${revision} of the stream ${stream} was not written by contact-ledger: the event store must hold one ledger and nothing else ` +
      'under names of the form <category>-<id>. Give the ledger an event store of its own.',
  );
}
