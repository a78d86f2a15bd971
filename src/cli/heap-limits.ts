// Keeps the heap small: on a machine with much memory V8 would let garbage pile up to hundreds of megabytes.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Old objects are collected when they have grown by this share, rather than when they have multiplied. */
const growthPercent = 25;
/** Both halves of the space of young objects; large enough that what is in flight dies young. */
const youngBytesMax = 16 * 1_048_576;
/** Of a server: what a query with a history makes lives longer than that of a line of a feed. */
export const youngBytesMaxOfServer = 2 * youngBytesMax;
const lookEveryMs = 50;

/**
 * Sets V8's own dials, which it reads at every collection; nothing fails where a version has none of them. Call it once the program
 * is loaded: opening a ledger lets nobody look for half a second, in which young objects would take four times what they may.
 */
export function limitHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  growYoungTo(youngBytesMax);
}

/** Lets the space of young objects grow until it is so large. */
export function growYoungTo(bytes: number): void {
  growYoungBy(1);
  const looking = setInterval(() => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
    const isLarge = !young || young.space_size >= bytes;
    growYoungBy(isLarge ? 1 : 2);
    if (isLarge) clearInterval(looking);
  }, lookEveryMs);
  looking.unref();
}

function growYoungBy(factor: 1 | 2): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}
