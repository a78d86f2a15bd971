// The Merkle map from a stream to the number of its events: a trie over hashed names whose root a checkpoint commits to.
import { bitOf, type CountProof, hashBranches, hashCount, nothing, streamKey } from './verify-proof.ts';

/** The count of a stream under its hashed name; 0 takes it out of the map. */
export interface CountEntry {
  key: Buffer;
  count: number;
}
/** What lies under one of the 16 branches of a tile: nothing, one stream, or another tile with the root of its streams. */
export type Slot = null | CountEntry | { hash: Buffer };

/** The tiles, each under the first hex digits of the keys below it; the top one under ''. */
export interface CountTiles {
  read(path: string): Slot[] | undefined;
  /** Null takes the tile away. */
  write(path: string, slots: Slot[] | null): void;
}

const fanOut = 16;
const bitsOfTile = 4;

/** The root of a subtree: null where it is empty; a lone stream is its own root, however deep it would lie. */
type Root = null | { hash: Buffer; lone?: CountEntry };

export function countsRoot(tiles: CountTiles): Buffer {
  return foldSlots(tiles.read('') ?? [])[0]![0]?.hash ?? nothing;
}

/** Takes the counts of these streams into the map, in whatever order. */
export function setCounts(tiles: CountTiles, entries: readonly CountEntry[]): void {
  if (entries.length === 0) return;
  const top = updateTile(tiles, '', entries);
  // The top tile stays a tile also for a single stream.
  if (top && 'key' in top) tiles.write('', withSlot(top));
}

function withSlot(entry: CountEntry): Slot[] {
  const slots: Slot[] = new Array(fanOut).fill(null);
  slots[digitOf(entry.key, 0)] = entry;
  return slots;
}

const digitOf = (key: Buffer, depth: number) =>
  depth % 2 === 0 ? key[depth >> 1]! >> 4 : key[depth >> 1]! & 15;

/** Takes entries into the tile at the path and says what is to stand in its place in the tile above. */
function updateTile(tiles: CountTiles, path: string, entries: readonly CountEntry[]): Slot {
  const slots = tiles.read(path) ?? new Array<Slot>(fanOut).fill(null);
  const byDigit = Map.groupBy(entries, ({ key }) => digitOf(key, path.length));
  for (const [digit, changed] of byDigit)
    slots[digit] = updateSlot(tiles, path + digit.toString(16), slots[digit] ?? null, changed);
  const filled = slots.filter((slot) => slot !== null);
  const [only] = filled;
  if (filled.length === 0 || (filled.length === 1 && 'key' in only!)) {
    tiles.write(path, null);
    return only ?? null;
  }
  tiles.write(path, slots);
  return { hash: foldSlots(slots)[0]![0]!.hash };
}

function updateSlot(tiles: CountTiles, path: string, slot: Slot, changed: readonly CountEntry[]): Slot {
  if (slot && 'hash' in slot) return updateTile(tiles, path, changed);
  const isKept = slot && !changed.some(({ key }) => key.equals(slot.key));
  const entries = [...changed.filter(({ count }) => count > 0), ...(isKept ? [slot] : [])];
  return entries.length > 1 ? updateTile(tiles, path, entries) : (entries[0] ?? null);
}

/** The tile as a binary tree: its root first, its 16 slots last. */
function foldSlots(slots: readonly Slot[]): Root[][] {
  let row: Root[] = Array.from({ length: fanOut }, (_, index) => rootOfSlot(slots[index] ?? null));
  const rows = [row];
  while (row.length > 1) {
    const below = row;
    row = Array.from({ length: below.length / 2 }, (_, index) =>
      join(below[2 * index]!, below[2 * index + 1]!),
    );
    rows.unshift(row);
  }
  return rows;
}

function rootOfSlot(slot: Slot): Root {
  if (!slot || 'hash' in slot) return slot;
  return { hash: hashCount(slot.key, slot.count), lone: slot };
}

function join(left: Root, right: Root): Root {
  if (!left && !right) return null;
  if (!right && left!.lone) return left;
  if (!left && right!.lone) return right;
  return { hash: hashBranches(left?.hash ?? nothing, right?.hash ?? nothing) };
}

/** The count of a stream, 0 where it is not in the map, with what proves it. */
export function proveCount(tiles: CountTiles, stream: string): CountProof {
  const key = streamKey(stream);
  const siblings: string[] = [];
  for (let path = ''; ; path += digitOf(key, path.length).toString(16)) {
    const rows = foldSlots(tiles.read(path) ?? []);
    let at = 0;
    for (const [depth, row] of rows.entries()) {
      const here = row[at] ?? null;
      if (!here || here.lone) return { ...foundThere(here?.lone, key), siblings: siblings.reverse() };
      // Below is the next tile, whose top this slot is.
      if (depth === bitsOfTile) break;
      at = 2 * at + bitOf(key, bitsOfTile * path.length + depth);
      siblings.push((rows[depth + 1]![at ^ 1]?.hash ?? nothing).toString('base64'));
    }
  }
}

function foundThere(entry: CountEntry | undefined, key: Buffer): Omit<CountProof, 'siblings'> {
  if (!entry) return { count: 0 };
  if (entry.key.equals(key)) return { count: entry.count };
  return { count: 0, neighbour: { key: entry.key.toString('base64'), count: entry.count } };
}

/** The same map with changes that stay in memory, to look at an earlier state of it. */
export function overlaid(tiles: CountTiles): CountTiles {
  const changed = new Map<string, Slot[] | null>();
  return {
    read(path) {
      const slots = changed.get(path);
      return slots === undefined ? tiles.read(path) : (slots?.slice() ?? undefined);
    },
    write: (path, slots) => void changed.set(path, slots),
  };
}
