// Events to append in the store's tests, of the shape that the ledger writes.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { NewEvent, StoredEvent } from '../../src/event-store/port.ts';
import type { SealedBox } from '../../src/personal-data/sealed-box.ts';

export function newEvent(change: Partial<NewEvent> = {}): NewEvent {
  return {
    id: randomUUID(),
    type: 'PlacementStarted',
    typeVersion: 1,
    learnedAtMs: Date.UTC(2026, 2, 14),
    meta: {
      actor: { id: 'u-17', kind: 'person' },
      source: 'crm',
      commandId: randomUUID(),
      requestDigest: createHash('sha256').update(randomBytes(8)).digest('hex'),
    },
    data: { placementId: randomUUID(), function: 'it' },
    boxes: [newBox()],
    ...change,
  };
}

export function newEvents(count: number, change: Partial<NewEvent> = {}): NewEvent[] {
  return Array.from({ length: count }, () => newEvent(change));
}

export function newBox(ciphertext: Uint8Array = bytes(48)): SealedBox {
  return { keyId: randomUUID(), nonce: bytes(12), ciphertext, tag: bytes(16) };
}

export function bytes(count: number): Uint8Array {
  return new Uint8Array(randomBytes(count));
}

/** What a stored event has of the event that was handed over. */
export function handedOver(stored: StoredEvent): NewEvent {
  const {
    stream: _stream,
    version: _version,
    position: _position,
    recordedAtMs: _recorded,
    ...event
  } = stored;
  return { ...event, boxes: event.boxes.map(plainBox) };
}

function plainBox(box: SealedBox): SealedBox {
  const { keyId, nonce, ciphertext, tag } = box;
  return {
    keyId,
    nonce: Uint8Array.from(nonce),
    ciphertext: Uint8Array.from(ciphertext),
    tag: Uint8Array.from(tag),
  };
}

export function ids(events: readonly NewEvent[]): string[] {
  return events.map((event) => event.id);
}
