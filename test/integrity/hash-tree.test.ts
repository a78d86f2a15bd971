// The log's tree: the published vectors of certificate transparency, and what must hold for any size, leaf and pair of sizes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openHashTree } from '../../src/integrity/hash-tree.ts';
import {
  emptyRoot,
  extendsTree,
  hashChildren,
  hashLeaf,
  includes,
} from '../../src/integrity/verify-proof.ts';
import { hashTilesInMemory, treeOf } from './tiles-in-memory.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

// Leaves, roots and proofs of the reference implementations of RFC 6962 and RFC 9162.
const published = {
  leaves: [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ],
  roots: [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
  empty: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  inclusion: [
    { leaf: 0, size: 1, proof: [] },
    {
      leaf: 0,
      size: 8,
      proof: [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    },
    {
      leaf: 5,
      size: 8,
      proof: [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    },
    { leaf: 2, size: 3, proof: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
    {
      leaf: 1,
      size: 5,
      proof: [
        '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    },
  ],
  consistency: [
    { first: 1, second: 1, proof: [] },
    {
      first: 1,
      second: 8,
      proof: [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    },
    {
      first: 6,
      second: 8,
      proof: [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    },
    {
      first: 2,
      second: 5,
      proof: [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    },
    {
      first: 6,
      second: 7,
      proof: [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    },
  ],
};

describe('the published vectors', () => {
  const leaves = published.leaves.map((bytes) => hashLeaf(hex(bytes).toString('latin1')));
  const tree = openHashTree(hashTilesInMemory(), 0);
  for (const leaf of leaves) tree.append(leaf);
  tree.flush();
  const root = (size: number) => hex(published.roots[size - 1]!);

  it('have these roots at every size', () => {
    expect(tree.root(0).toString('hex')).toBe(published.empty);
    expect(published.roots.map((_, index) => tree.root(index + 1).toString('hex'))).toEqual(published.roots);
  });

  it.each(published.inclusion)('have this inclusion proof: $leaf of $size', ({ leaf, size, proof }) => {
    expect(tree.inclusion(leaf, size).map((node) => node.toString('hex'))).toEqual(proof);
    expect(includes(root(size), size, leaf, leaves[leaf]!, proof.map(hex))).toBe(true);
  });

  it.each(published.consistency)(
    'have this consistency proof: $first to $second',
    ({ first, second, proof }) => {
      expect(tree.consistency(first, second).map((node) => node.toString('hex'))).toEqual(proof);
      const heads = [first, second].map((size) => ({ size, root: root(size) }));
      expect(extendsTree(heads[0]!, heads[1]!, proof.map(hex))).toBe(true);
    },
  );
});

const sizeMax = 1_200;
const tree = treeOf(sizeMax);
const size = fc.integer({ min: 1, max: sizeMax });
const leafOfSize = size.chain((of) => fc.tuple(fc.constant(of), fc.integer({ min: 0, max: of - 1 })));
const spoilt = (proof: readonly Buffer[], seed: number): Buffer[][] => {
  const at = proof.length === 0 ? 0 : seed % proof.length;
  const flipped = proof.map((node, index) => {
    const copy = Buffer.from(node);
    if (index === at) copy[seed % 32]! ^= 1 << (seed % 8);
    return copy;
  });
  return [
    [...proof, emptyRoot],
    [emptyRoot, ...proof],
    ...(proof.length > 0 ? [flipped, proof.slice(1), proof.slice(0, -1)] : []),
  ];
};

describe('a tree of any size', () => {
  it('has the root that the definition gives', () => {
    const plain = (start: number, count: number): Buffer => {
      if (count === 1) return hashLeaf(String(start));
      let left = 1;
      while (left * 2 < count) left *= 2;
      return hashChildren(plain(start, left), plain(start + left, count - left));
    };
    fc.assert(
      fc.property(size, (of) => tree.root(of).equals(plain(0, of))),
      { numRuns: 60 },
    );
  });

  it('is the same, however it was cut into batches and reopened', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 5 }), (batches) => {
        const tiles = hashTilesInMemory();
        let count = 0;
        for (const batch of batches) {
          const reopened = openHashTree(tiles, count);
          for (let index = 0; index < batch; index++) reopened.append(hashLeaf(String(count + index)));
          reopened.flush();
          count += batch;
        }
        expect(openHashTree(tiles, count).root(count)).toEqual(
          count > sizeMax ? treeOf(count).root(count) : tree.root(count),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('proves each leaf, and nothing else by the same proof', () => {
    fc.assert(
      fc.property(leafOfSize, fc.nat(), ([of, index], seed) => {
        const [root, leaf, proof] = [tree.root(of), tree.leaf(index), tree.inclusion(index, of)];
        expect(proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(of)));
        expect(includes(root, of, index, leaf, proof)).toBe(true);
        expect(includes(root, of, index, hashLeaf('other'), proof)).toBe(false);
        expect(includes(tree.root(of === 1 ? 2 : of - 1), of, index, leaf, proof)).toBe(false);
        for (const other of [index - 1, index + 1, index ^ 2])
          expect(includes(root, of, other, leaf, proof)).toBe(false);
        for (const wrong of spoilt(proof, seed)) expect(includes(root, of, index, leaf, wrong)).toBe(false);
      }),
    );
  });

  it('proves that it goes on from each earlier one, and nothing else by the same proof', () => {
    fc.assert(
      fc.property(size, size, fc.nat(), (a, b, seed) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const heads = [first, second].map((of) => ({ size: of, root: tree.root(of) })) as [
          { size: number; root: Buffer },
          { size: number; root: Buffer },
        ];
        const proof = tree.consistency(first, second);
        expect(extendsTree(...heads, proof)).toBe(true);
        if (first === second) return;
        const other = { size: first, root: hashLeaf('other') };
        expect(extendsTree(other, heads[1], proof)).toBe(false);
        expect(extendsTree(heads[0], { size: second, root: other.root }, proof)).toBe(false);
        expect(extendsTree(heads[1], heads[0], proof)).toBe(false);
        for (const wrong of spoilt(proof, seed)) expect(extendsTree(...heads, wrong)).toBe(false);
      }),
    );
  });

  it('goes on from the empty one without a proof', () => {
    expect(extendsTree({ size: 0, root: emptyRoot }, { size: 5, root: tree.root(5) }, [])).toBe(true);
    expect(extendsTree({ size: 0, root: tree.root(1) }, { size: 5, root: tree.root(5) }, [])).toBe(false);
  });

  it('says so where a tile is missing', () => {
    expect(() => openHashTree(hashTilesInMemory(), 300)).toThrow(RangeError);
  });
});
