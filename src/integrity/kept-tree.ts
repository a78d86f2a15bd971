// Follows the log and keeps its tree: outside of the way of commands, a batch at a time, from where it was left.
import type { EventStore, StoredEvent } from '../event-store/port.ts';
import { createFollower, type FollowerOptions } from '../follower.ts';
import { IntegrityFailure } from './integrity-failure.ts';
import { openProofsFile, type ProofsFile } from './proofs-file.ts';
import { leafOf } from './sealed-event.ts';
import { createTreeWriter, type TreeWriter } from './tree-writer.ts';

/** Beside faults that may pass it is stopped by a log that is not the one that the tree was made of. */
export interface KeptTreeOptions extends FollowerOptions {
  /** The file of the hashes, or `:memory:`. */
  path: string;
  store: EventStore;
  ledgerId: string;
}

export interface KeptTree {
  /**
   * Does the work once tree and map hold all events up to the position; neither changes before the work is done. Rejects with
   * what stopped the tree, be it for now.
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
  const follower = createFollower('tree_of_hashes', options);
  const waiters: { position: number; resolve: () => void; reject: (fault: unknown) => void }[] = [];
  let wake = () => {};
  /** What is in its memory is not what is in the file once it has failed: undefined then, until another one is opened. */
  let writer: TreeWriter | undefined;
  /** What stopped it; it may go on. */
  let stopped: unknown;

  async function follow(): Promise<void> {
    stopped = undefined;
    // After whatever still goes on with the writer before: its counts come in, and the new one must begin behind them.
    const opened = await exclusive(() => openWriter(file, store));
    writer = opened;
    wakeWaiters(opened);
    // Otherwise the first page tells.
    if (!follower.isFollowing && opened.readTo >= (await store.head())) follower.goesOn();
    for await (const page of store.subscribe(file.state.countedTo, { signal: stopping.signal })) {
      await exclusive(() => take(opened, page));
      follower.goesOn();
      wakeWaiters(opened);
      const isNeeded = waiters.length > 0 || page.length >= gatherMax || stopping.signal.aborted;
      if (!isNeeded) await gather();
    }
    await exclusive(() => opened.settle());
  }

  async function take(taking: TreeWriter, page: readonly StoredEvent[]): Promise<void> {
    try {
      await taking.take(page);
    } catch (fault) {
      writer = undefined;
      throw fault;
    }
  }

  function stop(fault: unknown): void {
    writer = undefined;
    stopped = fault;
    for (const { reject } of waiters.splice(0)) reject(fault);
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
    if (stopped !== undefined) throw stopped;
    if (writer && writer.readTo >= position) return;
    await new Promise<void>((resolve, reject) => {
      waiters.push({ position, resolve, reject });
      wake();
    });
  }

  const following = follower.run(follow, stopping.signal, stop).then(() => {
    stop(stopped ?? new IntegrityFailure('PROOFS_STOPPED', 'The ledger was closed meanwhile.'));
  });
  return {
    async at(position, work) {
      for (;;) {
        await holds(position);
        const done = await exclusive(async () => {
          const kept = writer;
          // It failed in the turn before this one.
          if (!kept) return undefined;
          await kept.settle();
          return { result: await work({ tree: kept.tree, head: kept.head, counts: file.counts }) };
        });
        if (done) return done.result;
      }
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
