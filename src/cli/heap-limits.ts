// Keeps the heap small: on a machine with much memory V8 would let garbage pile up to hundreds of megabytes.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Old objects are collected when they have grown by this share, rather than when they have multiplied. */
const growthPercent = 25;
/** Both halves of the space of young objects; large enough that what is in flight dies young. */
const youngBytesMax = 16 * 1_048_576;
const lookEveryMs = 50;

/** Sets V8's own dials, which it reads at every collection; nothing fails where a version has none of them. */
export function limitHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  const looking = setInterval(() => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
    if (!young || young.space_size < youngBytesMax) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(looking);
  }, lookEveryMs);
  looking.unref();
}
