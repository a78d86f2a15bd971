// Takes events of the log into the kept tree and the map of counts, in slices that let other work have its turn.
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { StoredEvent } from '../event-store/port.ts';
import { type CountEntry, countsRoot, setCounts } from './count-map.ts';
import { type HashTree, openHashTree } from './hash-tree.ts';
import { IntegrityFailure } from './integrity-failure.ts';
import type { ProofsFile } from './proofs-file.ts';
import { leafOf } from './sealed-event.ts';
import { streamKey } from './verify-proof.ts';

const eventsPerTurn = 256;
const streamsPerTurn = 64;
/** Streams whose counts wait in memory: taken together they touch few tiles each. */
const waitingMax = 20_000;
/** Positions that a start after a crash may have to read again. */
const uncountedMax = 200_000;

export interface TreeHead {
  size: number;
  root: Buffer;
  countsRoot: Buffer;
}

export interface TreeWriter {
  readonly tree: HashTree;
  /** Position up to which tree and counts have taken all events. */
  readonly readTo: number;
  /** Takes the next events; those that the tree has already only count. Throws TREE_DIFFERS where a position is missing. */
  take(events: readonly StoredEvent[]): Promise<void>;
  /** Brings the map of counts up to the tree. */
  settle(): Promise<void>;
  /** Size and roots; only after `settle`. */
  head(): TreeHead;
}

export function createTreeWriter(file: ProofsFile): TreeWriter {
  const tree = openHashTree(file.tree, file.state.size);
  let waiting = new Map<string, number>();
  let readTo = file.state.countedTo;

  async function settle(): Promise<void> {
    const entries: CountEntry[] = [];
    for (const [stream, count] of waiting) {
      entries.push({ key: streamKey(stream), count });
      if (entries.length % eventsPerTurn === 0) await turnOfTheLoop();
    }
    // Neighbours share tiles. Until all are taken the map says of some streams what it should and of others what it did.
    entries.sort((a, b) => Buffer.compare(a.key, b.key));
    for (let start = 0; start < entries.length; start += streamsPerTurn) {
      const slice = entries.slice(start, start + streamsPerTurn);
      file.write(file.state, () => setCounts(file.counts, slice));
      await turnOfTheLoop();
    }
    if (readTo > file.state.countedTo) file.write({ size: tree.size, countedTo: readTo }, () => undefined);
    waiting = new Map();
  }

  return {
    tree,
    get readTo() {
      return readTo;
    },
    async take(events) {
      const leaves: Buffer[] = [];
      for (const [index, event] of events.entries()) {
        if (event.position !== readTo + 1) throw missing(readTo + 1, event.position);
        readTo = event.position;
        waiting.set(event.stream, event.version);
        if (event.position > tree.size) leaves.push(leafOf(event));
        if ((index + 1) % eventsPerTurn === 0) await turnOfTheLoop();
      }
      const { size, countedTo } = file.state;
      if (leaves.length > 0)
        file.write({ size: size + leaves.length, countedTo }, () => {
          for (const leaf of leaves) tree.append(leaf);
          tree.flush();
        });
      if (waiting.size >= waitingMax || readTo - countedTo >= uncountedMax) await settle();
    },
    settle,
    head: () => ({ size: tree.size, root: tree.root(tree.size), countsRoot: countsRoot(file.counts) }),
  };
}

function missing(expected: number, position: number): IntegrityFailure {
  return new IntegrityFailure(
    'TREE_DIFFERS',
    `The log goes on at position ${position} where ${expected} was expected: what lay between was taken out.`,
  );
}
