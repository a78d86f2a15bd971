// Keeps the heap small: on a machine with much memory V8 would let garbage pile up to hundreds of megabytes.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Old objects are collected when they have grown by this share, rather than when they have multiplied. */
const growthPercent = 25;
/** Of an import: much is made in a short time, and on few cores each collection takes from the work. */
const growthPercentOfImport = 50;
/** One half of the space of young objects of a thread that is started later, in MiB: V8 would begin with a quarter of it. */
const youngMibOfThreads = 4;
/** Both halves of the space of young objects; large enough that what is in flight dies young. */
const youngBytesMax = 16 * 1_048_576;
/** Of a server: what a query with a history makes lives longer than that of a line of a feed. */
export const youngBytesMaxOfServer = 2 * youngBytesMax;
/** Between two collections, so that the space is not doubled twice before anybody looks. */
const lookEveryMs = 5;

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

/**
 * Call it before the program is loaded. That is one long turn in which the space of young objects would take four times what it
 * may, and nobody could look; left as small as it begins, it would be collected at every step. So it grows halfway here.
 */
export function limitHeapOfLoading(): void {
  growYoungBy(2);
  const kept: object[] = [];
  // It grows by what outlives a collection.
  while (youngBytes() < youngBytesMax / 2) for (let count = 0; count < 5_000; count++) kept.push({ count });
  growYoungBy(1);
}

/** Lets the space of young objects grow until it is so large. */
export function growYoungTo(bytes: number): void {
  growYoungBy(1);
  const looking = setInterval(() => {
    const isLarge = youngBytes() >= bytes;
    growYoungBy(isLarge ? 1 : 2);
    if (isLarge) clearInterval(looking);
  }, lookEveryMs);
  looking.unref();
}

/** Endless where V8 does not tell. */
function youngBytes(): number {
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  return young?.space_size ?? Number.POSITIVE_INFINITY;
}

function growYoungBy(factor: 1 | 2): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}
