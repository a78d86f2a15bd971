// What a subscriber makes of the changes that it gets: each as something else, or left out.
import type { Change } from './change.ts';

/** Ends a waiting `next` too, as the changes do, which a generator's `return` would not. */
export function selectChanges<T>(
  changes: AsyncIterableIterator<Change, void>,
  select: (change: Change) => T | undefined | Promise<T | undefined>,
): AsyncIterableIterator<T, void> {
  return {
    async next() {
      for (;;) {
        const { done, value } = await changes.next();
        if (done) return { done, value: undefined };
        const selected = await select(value);
        if (selected !== undefined) return { done: false, value: selected };
      }
    },
    async return() {
      await changes.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
