// Between the stored and the opened form of events: seals what is personal on the way in, opens it on the way out.
import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { JsonObject, NewEvent, StoredEvent } from './event-store/port.ts';
import { contractOf, type LedgerEvent } from './ledger-events.ts';
import type { KeyStore } from './personal-data/key-store.ts';
import { createSealer } from './personal-data/sealer.ts';

export interface SealingKey {
  keyId: string;
  key: KeyObject;
}
/** A stored event that this version of the program cannot read. */
export class EventUnreadable extends Error {
  readonly code = 'EVENT_UNREADABLE';
}

export interface EventSealing {
  /** A fresh key for a person or account. */
  takeKey(): Promise<SealingKey>;
  /** A key that seals once more and never opens: what was erased elsewhere stays erased here. */
  takeDestroyedKey(): Promise<SealingKey>;
  /** The key of an id, or null once it is destroyed. */
  keyOf(keyId: string): Promise<SealingKey | null>;
  /** Seals the personal part; remembers what it sealed for a moment, so that who reads it back need not open it. */
  seal(event: LedgerEvent, key: SealingKey | null): NewEvent;
  /**
   * Opens events, waiting for keys that are not in memory. An erased event has `personal: null`, and so has one of another
   * type than `types`, where these are given: who needs the clear part alone is spared the rest.
   */
  open(events: readonly StoredEvent[], types?: ReadonlySet<string>): Promise<LedgerEvent[]>;
  /**
   * All events of a stream that has so many, opened; `read` reads them. Those of streams that were asked for lately stay in
   * memory while each of their keys is there, and are shared by all who ask: nobody may change them.
   */
  openStream(
    stream: string,
    version: number,
    read: () => Promise<readonly StoredEvent[]>,
  ): Promise<readonly LedgerEvent[]>;
  /** Forgets what it remembers of these streams: their keys are destroyed. */
  forget(streams: ReadonlySet<string>): void;
}

/** Events as they were before they were sealed: whoever follows the log closely opens none of them. */
const rememberedMax = 512;
/** So many bytes of opened streams are kept: sealed bytes, and for each event what its envelope takes. */
const streamBytesMax = 8_000_000;
const envelopeBytes = 600;

interface OpenedStream {
  events: readonly LedgerEvent[];
  keyIds: ReadonlySet<string>;
}

/** An event as it was before it was sealed, and after. */
interface Remembered {
  event: LedgerEvent;
  sealed: NewEvent;
}

/**
 * Whether what was sealed here is what is in the log: another replica, or an attempt whose answer was lost, may have written the
 * same command at another time, under the same ids. No two boxes have the same tag.
 */
function isSame(sealed: NewEvent, stored: StoredEvent): boolean {
  const [box, storedBox] = [sealed.boxes[0], stored.boxes[0]];
  if (box && storedBox) return Buffer.compare(box.tag, storedBox.tag) === 0;
  return (
    box === storedBox &&
    sealed.learnedAtMs === stored.learnedAtMs &&
    isDeepStrictEqual(sealed.meta, stored.meta) &&
    isDeepStrictEqual(sealed.data, stored.data)
  );
}

export function createEventSealing(
  keyStore: Pick<KeyStore, 'take' | 'getMany' | 'cached' | 'destroy'>,
): EventSealing {
  const sealer = createSealer(keyStore);
  // Two generations: the older is forgotten when the younger is full.
  let remembered = new Map<string, Remembered>();
  let rememberedBefore = new Map<string, Remembered>();

  const streams = new LRUCache<string, OpenedStream>({ maxSize: streamBytesMax });

  /** A key that is destroyed, or that was dropped because it may be, takes along what was opened with it. */
  function holdsKeys(keyIds: ReadonlySet<string>): boolean {
    for (const keyId of keyIds) if (keyStore.cached(keyId)?.state !== 'available') return false;
    return true;
  }

  function keep(stream: string, stored: readonly StoredEvent[], events: readonly LedgerEvent[]): void {
    const keyIds = new Set<string>();
    let bytes = 1;
    for (const { boxes } of stored) {
      bytes += envelopeBytes;
      for (const { keyId, ciphertext } of boxes) {
        keyIds.add(keyId);
        bytes += ciphertext.length;
      }
    }
    if (holdsKeys(keyIds)) streams.set(stream, { events, keyIds }, { size: bytes });
  }

  async function open(events: readonly StoredEvent[], types?: ReadonlySet<string>): Promise<LedgerEvent[]> {
    const isOpened = ({ type }: StoredEvent) => !types || types.has(type);
    const boxes = events.flatMap((event) => (isOpened(event) ? event.boxes : []));
    // Again where one was dropped while others came.
    for (let coming = sealer.prepare(boxes); coming; coming = sealer.prepare(boxes)) await coming;
    return events.map((event) => (isOpened(event) ? openOne(event) : typed(event, null)));
  }

  function remember(event: LedgerEvent, sealed: NewEvent): void {
    if (remembered.size >= rememberedMax) {
      rememberedBefore = remembered;
      remembered = new Map();
    }
    remembered.set(event.id, { event, sealed });
  }

  function openOne(stored: StoredEvent): LedgerEvent {
    const { event: known, sealed } = remembered.get(stored.id) ?? rememberedBefore.get(stored.id) ?? {};
    if (known && known.stream === stored.stream && isSame(sealed!, stored)) {
      known.position = stored.position;
      known.version = stored.version;
      known.recordedAtMs = stored.recordedAtMs;
      return known;
    }
    const box = stored.boxes[0];
    const opened = box ? sealer.open(box, stored.id) : undefined;
    if (!opened) return typed(stored, {});
    return typed(stored, opened.state === 'erased' ? null : (JSON.parse(opened.text) as JsonObject));
  }

  function typed(stored: StoredEvent, personal: JsonObject | null): LedgerEvent {
    const contract = contractOf(stored.stream, stored.type);
    if (!contract || stored.typeVersion > contract.version)
      throw new EventUnreadable(
        `Event ${stored.id} at position ${stored.position} is of type ${stored.type} version ${stored.typeVersion}, which this version of the program does not know; use the newer program that wrote it.`,
      );
    const { id, stream, version, position, type, typeVersion, learnedAtMs, recordedAtMs, meta, data } =
      stored;
    // The one place where a stored event becomes a typed one: `verify` checks every one of them against its contract.
    return {
      id,
      stream,
      version,
      position,
      type,
      typeVersion,
      learnedAtMs,
      recordedAtMs,
      ...meta,
      data,
      personal,
    } as unknown as LedgerEvent;
  }

  return {
    takeKey: () => keyStore.take(),
    async takeDestroyedKey() {
      const key = await keyStore.take();
      await keyStore.destroy([key.keyId]);
      return key;
    },
    async keyOf(keyId) {
      const state = keyStore.cached(keyId) ?? (await keyStore.getMany([keyId])).get(keyId);
      return state?.state === 'available' ? { keyId, key: state.key } : null;
    },
    seal(event, key) {
      const { id, type, typeVersion, learnedAtMs, effectiveOn, actor, source, commandId, requestDigest } =
        event;
      const { causationId, correlationId, policy, reasonCode, evidence } = event;
      const plaintext = JSON.stringify(event.personal ?? {});
      const isSealed = event.personal === null || plaintext !== '{}';
      if (!key && isSealed) throw new Error('An event with personal data needs a key.');
      const sealed: NewEvent = {
        id,
        type,
        typeVersion,
        learnedAtMs,
        meta: {
          actor,
          source,
          commandId,
          requestDigest,
          ...(effectiveOn !== undefined && { effectiveOn }),
          ...(causationId !== undefined && { causationId }),
          ...(correlationId !== undefined && { correlationId }),
          ...(policy !== undefined && { policy }),
          ...(reasonCode !== undefined && { reasonCode }),
          ...(evidence?.length && { evidence }),
        },
        data: event.data as JsonObject,
        boxes: key && isSealed ? [sealer.seal(key.keyId, key.key, id, plaintext)] : [],
      };
      remember(event, sealed);
      return sealed;
    },
    open,
    async openStream(stream, version, read) {
      const known = streams.get(stream);
      if (known?.events.length === version && holdsKeys(known.keyIds)) return known.events;
      const stored = await read();
      const events = await open(stored);
      keep(stream, stored, events);
      return events;
    },
    forget(forgotten) {
      for (const generation of [remembered, rememberedBefore])
        for (const { event } of generation.values())
          if (forgotten.has(event.stream)) generation.delete(event.id);
      for (const stream of forgotten) streams.delete(stream);
    },
  };
}
