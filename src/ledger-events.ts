// All event types of the ledger, by the category of the stream they live in.

import { type AccessEvent, accessEvents } from './access/events.ts';
import { type AccountEvent, accountEvents } from './account/events.ts';
import { type ContactEvent, contactEvents } from './contact/events.ts';
import { type ErasureEvent, erasureEvents } from './erasure/events.ts';
import type { EventContract } from './event-contract.ts';
import { type ImportEvent, importEvents } from './ingest/events.ts';
import { type SignalEvent, signalEvents } from './signals/events.ts';
import { type TurnoverEvent, turnoverEvents } from './turnover/events.ts';

export type LedgerEvent =
  | ContactEvent
  | AccountEvent
  | SignalEvent
  | ImportEvent
  | ErasureEvent
  | AccessEvent
  | TurnoverEvent;

export const eventContracts = {
  contact: contactEvents,
  account: accountEvents,
  signals: signalEvents,
  import: importEvents,
  erasure: erasureEvents,
  access: accessEvents,
  turnover: turnoverEvents,
} satisfies Record<string, Record<string, EventContract>>;
export type StreamCategory = keyof typeof eventContracts;

/** The contract of a type in a stream, or undefined where the ledger has no such type. */
export function contractOf(stream: string, type: string): EventContract | undefined {
  const table: Record<string, EventContract> | undefined = Object.hasOwn(eventContracts, categoryOf(stream))
    ? eventContracts[categoryOf(stream) as StreamCategory]
    : undefined;
  return table && Object.hasOwn(table, type) ? table[type] : undefined;
}

/** Follow the destruction of the keys of whom they are about. */
export const erasureMarks: ReadonlySet<string> = new Set([
  'ContactErased',
  'SignalsErased',
  'TurnoverErased',
] satisfies LedgerEvent['type'][]);

export function categoryOf(stream: string): string {
  return stream.slice(0, stream.indexOf('-'));
}

/** The contact, account or run that a stream is about. */
export function subjectOf(stream: string): string {
  return stream.slice(stream.indexOf('-') + 1);
}
