// Follows the log and keeps its tree: outside of the way of commands, a batch at a time, from where it was left.
import type { EventStore } from '../event-store/port.ts';
import { IntegrityFailure } from './integrity-failure.ts';
import { openProofsFile, type ProofsFile } from './proofs-file.ts';
import { leafOf } from './sealed-event.ts';
import { createTreeWriter, type TreeWriter } from './tree-writer.ts';

export interface KeptTreeOptions {
  /** The file of the hashes, or `:memory:`. */
  path: string;
  store: EventStore;
  ledgerId: string;
  /** Told once of what stopped it: a log that is not the one the tree was made of, or a file that cannot be written. */
  onFault: (fault: unknown) => void;
}

export interface KeptTree {
  /**
   * Does the work once tree and map hold all events up to the position; neither changes before the work is done. Rejects with
   * what stopped the tree.
   */
  at<Result>(position: number, work: (kept: KeptHashes) => Result | Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}
export type KeptHashes = Pick<TreeWriter, 'tree' | 'head'> & { counts: ProofsFile['counts'] };

/** How long events gather while nobody waits for them, and how many make waiting needless. */
const gatherMs = 200;
const gatherMax = 100;

export function openKeptTree(options: KeptTreeOptions): KeptTree {
  const { store } = options;
  const file = openProofsFile(options.path, options.ledgerId);
  const stopping = new AbortController();
  const exclusive = createQueue();
  const reached = Promise.withResolvers<never>();
  reached.promise.catch(() => undefined);
  const waiters: { position: number; resolve: () => void }[] = [];
  let wake = () => {};
  let writer: TreeWriter | undefined;

  async function follow(): Promise<void> {
    try {
      writer = await openWriter(file, store);
      wakeWaiters(writer);
      for await (const page of store.subscribe(file.state.countedTo, { signal: stopping.signal })) {
        await exclusive(() => writer!.take(page));
        wakeWaiters(writer);
        const isNeeded = waiters.length > 0 || page.length >= gatherMax || stopping.signal.aborted;
        if (!isNeeded) await gather();
      }
      await exclusive(() => writer!.settle());
      reached.reject(new IntegrityFailure('PROOFS_STOPPED', 'The ledger was closed meanwhile.'));
    } catch (fault) {
      reached.reject(fault);
      if (!stopping.signal.aborted) options.onFault(fault);
    }
  }

  function wakeWaiters({ readTo }: TreeWriter): void {
    for (const waiter of waiters.splice(0)) {
      if (waiter.position <= readTo) waiter.resolve();
      else waiters.push(waiter);
    }
  }

  function gather(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function holds(position: number): Promise<void> {
    if (writer && writer.readTo >= position) return;
    const waiting = new Promise<void>((resolve) => waiters.push({ position, resolve }));
    wake();
    await Promise.race([waiting, reached.promise]);
  }

  const following = follow();
  return {
    async at(position, work) {
      await holds(position);
      return exclusive(async () => {
        await writer!.settle();
        return work({ tree: writer!.tree, head: writer!.head, counts: file.counts });
      });
    },
    async close() {
      stopping.abort();
      wake();
      await following;
      await exclusive(() => file.close());
    },
  };
}

/** The writer of the file, once its newest leaf is seen to be what the log holds there. A file that lacks tiles is made anew. */
async function openWriter(file: ProofsFile, store: EventStore): Promise<TreeWriter> {
  let writer: TreeWriter;
  try {
    writer = createTreeWriter(file);
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault;
    file.clear();
    writer = createTreeWriter(file);
  }
  const { size } = writer.tree;
  const [newest] = size > 0 ? await store.readPositions([size]) : [];
  if (size === 0 || (newest && leafOf(newest).equals(writer.tree.leaf(size - 1)))) return writer;
  throw new IntegrityFailure(
    'TREE_DIFFERS',
    newest
      ? `The event at position ${size} is not the one that the tree of hashes was made of: the log was changed.`
      : `The tree of hashes holds ${size} events, the log ends before: its end was cut off, or an older backup was restored.`,
  );
}

/** Runs one piece of work after the other. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    const running = last.then(work);
    last = running.catch(() => undefined);
    return running;
  };
}
