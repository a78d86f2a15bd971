// Keeps the heap small: on a machine with much memory V8 would let garbage pile up to hundreds of megabytes.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Old objects are collected when they have grown by this share, rather than when they have multiplied. */
const growthPercent = 25;
/** Of an import: much is made in a short time, and on few cores each collection takes from the work. */
const growthPercentOfImport = 60;
/** One half of the space of young objects of a thread that is started later, in MiB: V8 would begin with a quarter of it. */
const youngMibOfThreads = 4;
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

/** Gives an import and its thread more room; call it before the thread is started. */
export function growForImport(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercentOfImport}`);
  setFlagsFromString(`--min-semi-space-size=${youngMibOfThreads}`);
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
