// Tiles of hashes and counts in memory, and trees made of them.
import type { CountTiles, Slot } from '../../src/integrity/count-map.ts';
import { type HashTiles, type HashTree, openHashTree } from '../../src/integrity/hash-tree.ts';
import { hashLeaf } from '../../src/integrity/verify-proof.ts';

export function hashTilesInMemory(): HashTiles {
  const tiles = new Map<string, Uint8Array>();
  return {
    read: (level, index) => tiles.get(`${level} ${index}`),
    write: (level, index, hashes) => void tiles.set(`${level} ${index}`, Buffer.from(hashes)),
  };
}

export function countTilesInMemory(): CountTiles & { readonly paths: string[] } {
  const tiles = new Map<string, Slot[]>();
  return {
    get paths() {
      return [...tiles.keys()].sort();
    },
    read: (path) => tiles.get(path)?.slice(),
    write: (path, slots) => void (slots ? tiles.set(path, slots.slice()) : tiles.delete(path)),
  };
}

/** A tree of as many leaves, each the hash of its number. */
export function treeOf(leaves: number, tiles = hashTilesInMemory()): HashTree {
  const tree = openHashTree(tiles, 0);
  for (let index = 0; index < leaves; index++) tree.append(hashLeaf(String(index)));
  tree.flush();
  return tree;
}
