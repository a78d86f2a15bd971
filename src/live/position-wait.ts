// Waits until reads see a position: one that another process wrote, or that this one has not applied yet.
import type { EventStore } from '../event-store/port.ts';
import type { ReadModels } from '../projector/read-models.ts';

/** False where the signal came first. Throws where the read models stopped, or the store was closed. */
export async function reachPosition(
  { store, readModels }: { store: EventStore; readModels: Pick<ReadModels, 'applied' | 'database'> },
  position: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (position <= readModels.database.checkpoint) return true;
  // The projector keeps whoever waits until the position is there: only a position that the log has may be waited for.
  if (position > (await store.head())) for await (const _ of store.subscribe(position - 1, { signal })) break;
  if (signal.aborted) return false;
  const stopped = Promise.withResolvers<false>();
  const stop = () => stopped.resolve(false);
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([readModels.applied(position).then(() => true), stopped.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
