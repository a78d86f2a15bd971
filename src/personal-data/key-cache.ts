// The keys in memory: a bounded map that forgets what was asked for longest ago.
import type { KeyState } from './key-store.ts';

export interface KeyCache {
  get(keyId: string): KeyState | undefined;
  set(keyId: string, state: KeyState): void;
  delete(keyId: string): void;
  clear(): void;
  readonly size: number;
}

export function createKeyCache(sizeMax: number): KeyCache {
  // A Map keeps the order of insertion: an entry that is used is put back at the end.
  const entries = new Map<string, KeyState>();
  return {
    get(keyId) {
      const state = entries.get(keyId);
      if (state) {
        entries.delete(keyId);
        entries.set(keyId, state);
      }
      return state;
    },
    set(keyId, state) {
      entries.delete(keyId);
      entries.set(keyId, state);
      if (entries.size <= sizeMax) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        break;
      }
    },
    delete: (keyId) => entries.delete(keyId),
    clear: () => entries.clear(),
    get size() {
      return entries.size;
    },
  };
}
