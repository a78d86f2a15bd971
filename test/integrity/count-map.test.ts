// The map of counts: one root for one map, a proof for every stream that is in it and for every one that is not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsRoot, overlaid, proveCount, setCounts } from '../../src/integrity/count-map.ts';
import {
  bitOf,
  countHolds,
  hashBranches,
  hashCount,
  nothing,
  streamKey,
} from '../../src/integrity/verify-proof.ts';
import { countTilesInMemory } from './tiles-in-memory.ts';

const name = fc.integer({ min: 0, max: 400 }).map((number) => `contact-${number}`);
const counts = fc.dictionary(name, fc.integer({ min: 1, max: 1_000_000 }), { maxKeys: 200 });
const entriesOf = (map: Record<string, number>) =>
  Object.entries(map).map(([stream, count]) => ({ key: streamKey(stream), count }));

function mapOf(map: Record<string, number>) {
  const tiles = countTilesInMemory();
  setCounts(tiles, entriesOf(map));
  return tiles;
}

/** The root by its definition: nothing, one stream, or what is left and right of the next bit. */
function defined(entries: readonly { key: Buffer; count: number }[], bit = 0): Buffer {
  if (entries.length === 0) return nothing;
  if (entries.length === 1) return hashCount(entries[0]!.key, entries[0]!.count);
  const [left, right] = [0, 1].map((side) => entries.filter(({ key }) => bitOf(key, bit) === side));
  return hashBranches(defined(left!, bit + 1), defined(right!, bit + 1));
}

describe('the map of counts', () => {
  it('has the root that its definition gives', () => {
    fc.assert(fc.property(counts, (map) => countsRoot(mapOf(map)).equals(defined(entriesOf(map)))));
  });

  it('is the same, in whatever batches it came to be', () => {
    fc.assert(
      fc.property(counts, counts, (before, after) => {
        const tiles = mapOf(before);
        setCounts(tiles, entriesOf(after));
        const direct = mapOf({ ...before, ...after });
        expect(countsRoot(tiles)).toEqual(countsRoot(direct));
        expect(tiles.paths).toEqual(direct.paths);
      }),
    );
  });

  it('shows its former state, also where streams were not there yet, and stays as it is', () => {
    fc.assert(
      fc.property(counts, counts, (before, added) => {
        const tiles = mapOf({ ...before, ...added });
        const root = countsRoot(tiles);
        const former = overlaid(tiles);
        setCounts(
          former,
          entriesOf(Object.fromEntries(Object.keys(added).map((stream) => [stream, before[stream] ?? 0]))),
        );
        expect(countsRoot(former)).toEqual(countsRoot(mapOf(before)));
        for (const stream of [...Object.keys(before), ...Object.keys(added)])
          expect(countHolds(countsRoot(former), stream, proveCount(former, stream))).toBe(true);
        expect(countsRoot(tiles)).toEqual(root);
      }),
    );
  });

  it('proves the count of every stream and that it does not hold any other', () => {
    fc.assert(
      fc.property(counts, name, (map, stream) => {
        const tiles = mapOf(map);
        const root = countsRoot(tiles);
        const proof = proveCount(tiles, stream);
        expect(proof.count).toBe(map[stream] ?? 0);
        expect(countHolds(root, stream, proof)).toBe(true);
        expect(countHolds(root, stream, { ...proof, count: proof.count + 1 })).toBe(false);
        if (proof.count > 0)
          expect(countHolds(root, stream, { count: 0, siblings: proof.siblings })).toBe(false);
        expect(countHolds(root, `${stream}0`, { ...proof, count: 1 })).toBe(false);
      }),
    );
  });

  it('takes no stream as a proof that itself or one elsewhere is absent', () => {
    const map = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`contact-${index}`, index + 1]));
    const tiles = mapOf(map);
    for (const stream of Object.keys(map)) {
      const { count, siblings } = proveCount(tiles, stream);
      const neighbour = { key: streamKey(stream).toString('base64'), count };
      expect(countHolds(countsRoot(tiles), stream, { count: 0, siblings, neighbour })).toBe(false);
    }
    const { siblings, count } = proveCount(tiles, 'contact-1');
    const neighbour = { key: streamKey('contact-1').toString('base64'), count };
    const elsewhere = Object.keys(map).find(
      (stream) => bitOf(streamKey(stream), 0) !== bitOf(streamKey('contact-1'), 0),
    )!;
    expect(countHolds(countsRoot(tiles), elsewhere, { count: 0, siblings, neighbour })).toBe(false);
  });

  it('takes no stream that was put in a wrong place as a proof that others are absent', () => {
    const isLeft = (stream: string) => bitOf(streamKey(stream), 0) === 0;
    const streams = Array.from({ length: 20 }, (_, index) => `contact-${index}`);
    const [left, right] = [streams.find(isLeft)!, streams.find((stream) => !isLeft(stream))!];
    // A root that no map has: on the left lies a stream that belongs to the right.
    const root = hashBranches(hashCount(streamKey(right), 1), nothing);
    const neighbour = { key: streamKey(right).toString('base64'), count: 1 };
    const proof = { count: 0, siblings: [nothing.toString('base64')], neighbour };
    expect(countHolds(root, left, proof)).toBe(false);
  });
});
