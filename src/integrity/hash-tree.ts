// The log's Merkle tree after RFC 9162, kept in tiles of 256 hashes: appended to in batches, proven from at any size.
import { emptyRoot, hashChildren } from './verify-proof.ts';

export const hashBytes = 32;
/** Hashes of a tile; the first level holds the leaves, each further one the roots of the full tiles below it. */
const tileWidth = 256;
const tileHeight = 8;
const nodesKeptMax = 4_096;

export interface HashTiles {
  /** The hashes of a tile that are there, one after the other. */
  read(level: number, index: number): Uint8Array | undefined;
  write(level: number, index: number, hashes: Uint8Array): void;
}

export interface HashTree {
  /** Leaves that `flush` has written. */
  readonly size: number;
  /** Adds a leaf behind the last one; in the tiles after `flush`. */
  append(leaf: Uint8Array): void;
  /** Writes the tiles that are not full; what holds them has to be durable together with the size. */
  flush(): void;
  leaf(index: number): Buffer;
  /** Root of the first `size` leaves. */
  root(size: number): Buffer;
  /** RFC 9162, 2.1.3.1: hashes beside the way from a leaf to the root of the first `size` leaves, the lowest first. */
  inclusion(index: number, size: number): Buffer[];
  /** RFC 9162, 2.1.4.1: that the first `second` leaves begin with the first `first` ones. */
  consistency(first: number, second: number): Buffer[];
}

interface OpenTile {
  index: number;
  count: number;
  hashes: Buffer;
}

/** The tree of the first `size` leaves of the tiles; in memory are only the tiles at its right edge. */
export function openHashTree(tiles: HashTiles, size: number): HashTree {
  const edge: OpenTile[] = [];
  const node = nodeReader(tiles);
  let [written, appended] = [size, size];
  for (let level = 0, width = size; width > 0; level++, width = Math.floor(width / tileWidth)) {
    const tile = newTile(Math.floor(width / tileWidth));
    tile.count = width % tileWidth;
    if (tile.count > 0) tile.hashes.set(readTile(tiles, level, tile.index, tile.count));
    edge.push(tile);
  }

  function push(level: number, hash: Uint8Array): void {
    edge[level] ??= newTile(0);
    const tile = edge[level];
    tile.hashes.set(hash, tile.count * hashBytes);
    tile.count += 1;
    if (tile.count < tileWidth) return;
    tiles.write(level, tile.index, tile.hashes);
    push(level + 1, foldHashes(tile.hashes));
    edge[level] = newTile(tile.index + 1);
  }

  return {
    get size() {
      return written;
    },
    append(leaf) {
      push(0, leaf);
      appended += 1;
    },
    flush() {
      for (const [level, { index, count, hashes }] of edge.entries())
        if (count > 0) tiles.write(level, index, hashes.subarray(0, count * hashBytes));
      written = appended;
    },
    leaf: (index) => node(0, index),
    root: (upTo) => (upTo === 0 ? emptyRoot : subtree(node, 0, upTo)),
    inclusion: (index, upTo) => inclusionPath(node, 0, upTo, index),
    consistency: (first, second) =>
      first === 0 || first === second ? [] : consistencyPath(node, first, 0, second, true),
  };
}

function newTile(index: number): OpenTile {
  return { index, count: 0, hashes: Buffer.alloc(tileWidth * hashBytes) };
}

/** The first `count` hashes of a tile. */
function readTile(tiles: HashTiles, level: number, index: number, count: number): Uint8Array {
  const hashes = tiles.read(level, index);
  if (hashes && hashes.length >= count * hashBytes) return hashes.subarray(0, count * hashBytes);
  throw new RangeError(`The tile ${index} of level ${level} holds fewer than ${count} hashes.`);
}

/** Root over as many hashes as a power of two. */
function foldHashes(hashes: Uint8Array): Buffer {
  let level = Array.from({ length: hashes.length / hashBytes }, (_, index) =>
    hashes.subarray(index * hashBytes, (index + 1) * hashBytes),
  );
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, index) =>
      hashChildren(level[2 * index]!, level[2 * index + 1]!),
    );
  return Buffer.from(level[0]!);
}

/** The node at a height above the leaves, with 2 ** height leaves below it. */
type ReadNode = (height: number, index: number) => Buffer;

/** A full subtree never changes, so what was folded once is kept for a while. */
function nodeReader(tiles: HashTiles): ReadNode {
  const folded = new Map<string, Buffer>();
  return (height, index) => {
    const name = `${height} ${index}`;
    const known = folded.get(name);
    if (known) return known;
    const level = Math.floor(height / tileHeight);
    const width = 2 ** (height % tileHeight);
    const tile = Math.floor((index * width) / tileWidth);
    const first = (index * width) % tileWidth;
    const hashes = readTile(tiles, level, tile, first + width);
    const node = foldHashes(hashes.subarray(first * hashBytes));
    if (folded.size >= nodesKeptMax) folded.clear();
    folded.set(name, node);
    return node;
  };
}

const largestPowerBelow = (count: number) => 2 ** (Math.ceil(Math.log2(count)) - 1);

/** Root of `count` leaves from `start` on, where `start` is a multiple of the power of two not below `count`. */
function subtree(node: ReadNode, start: number, count: number): Buffer {
  const height = Math.log2(count);
  if (Number.isInteger(height)) return node(height, start / count);
  const left = largestPowerBelow(count);
  return hashChildren(subtree(node, start, left), subtree(node, start + left, count - left));
}

function inclusionPath(node: ReadNode, start: number, count: number, index: number): Buffer[] {
  if (count === 1) return [];
  const left = largestPowerBelow(count);
  return index < left
    ? [...inclusionPath(node, start, left, index), subtree(node, start + left, count - left)]
    : [...inclusionPath(node, start + left, count - left, index - left), subtree(node, start, left)];
}

/** SUBPROOF(first, leaves, isOldRoot) of RFC 9162, 2.1.4.1: the root of the old tree itself is left out. */
function consistencyPath(
  node: ReadNode,
  first: number,
  start: number,
  count: number,
  isOldRoot: boolean,
): Buffer[] {
  if (first === count) return isOldRoot ? [] : [subtree(node, start, count)];
  const left = largestPowerBelow(count);
  return first <= left
    ? [...consistencyPath(node, first, start, left, isOldRoot), subtree(node, start + left, count - left)]
    : [...consistencyPath(node, first - left, start + left, count - left, false), subtree(node, start, left)];
}
