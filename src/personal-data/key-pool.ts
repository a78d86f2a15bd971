// The pool of fresh keys: durable already, used by nobody, minted in blocks ahead of use.
import type { FreshKey, KeyRows } from './key-rows.ts';

const blockSizeMax = 1024;
/** Two blocks within this time: demand is high, and the next block is twice as large. */
const highDemandMs = 1000;

export interface KeyPool {
  /** A fresh key; waits for the disk only where the pool has run dry. */
  take(): FreshKey;
  /** Never hands out this key. */
  drop(keyId: string): void;
  close(): void;
}

export function createKeyPool(rows: KeyRows, blockSizeFirst: number): KeyPool {
  let fresh: FreshKey[] = [];
  let blockSize = 0;
  let mintedAtMs = Number.NEGATIVE_INFINITY;
  let ahead: NodeJS.Immediate | undefined;

  const mint = (): void => {
    const nowMs = performance.now();
    const highDemand = nowMs - mintedAtMs < highDemandMs;
    const size = highDemand
      ? Math.min(blockSize * 2, Math.max(blockSizeMax, blockSizeFirst))
      : blockSizeFirst;
    // Handed out from the end, so the older ones are put there.
    fresh = [...rows.mint(size).reverse(), ...fresh];
    blockSize = size;
    mintedAtMs = nowMs;
  };
  const mintAhead = (): void => {
    ahead = undefined;
    try {
      mint();
    } catch {
      // Nobody waits for this block. A lasting fault reaches the command that finds the pool empty.
    }
  };

  return {
    take() {
      if (fresh.length === 0) mint();
      const key = fresh.pop()!;
      if (fresh.length <= blockSize / 2) ahead ??= setImmediate(mintAhead);
      return key;
    },
    drop(keyId) {
      fresh = fresh.filter((key) => key.keyId !== keyId);
    },
    close() {
      if (ahead) clearImmediate(ahead);
      ahead = undefined;
      fresh = [];
    },
  };
}
