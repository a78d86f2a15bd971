// Writing the events of another log: what goes on from where, and what can be written at once without changing the order.
import { EventStoreFailure, type StoredEvent } from './port.ts';

/** What both adapters refuse: an event that another one, or none, stands before. */
export function doesNotGoOn({
  position,
  stream,
}: Pick<StoredEvent, 'position' | 'stream'>): EventStoreFailure {
  return new EventStoreFailure(
    'LEDGER_MISMATCH',
    `The event at position ${position} (${stream}) does not go on from where this ledger ends: it is another ledger, or somebody else writes to it.`,
  );
}

/** Below a server's limit of 1 MiB for what is appended at once. */
const runBytesMax = 500_000;

/** Neighbours of one stream, together as large as can be appended at once. */
export function* runsOf<Event extends { stream: string; bytes: number }>(
  events: Iterable<Event>,
): Generator<Event[]> {
  let run: Event[] = [];
  let bytes = 0;
  for (const event of events) {
    if (run.length > 0 && (run[0]!.stream !== event.stream || bytes + event.bytes > runBytesMax)) {
      yield run;
      run = [];
      bytes = 0;
    }
    run.push(event);
    bytes += event.bytes;
  }
  if (run.length > 0) yield run;
}
