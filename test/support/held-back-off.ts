// The back-off of what follows the log in the hands of a test: it ends when the test says so, not with the clock.
import type { FollowerOptions } from '../../src/follower.ts';

export interface HeldBackOff extends Required<FollowerOptions> {
  /** What was told, in order: codes of faults, or their messages, and `back`, each with the follower's name. */
  readonly told: string[];
  /** How long each attempt was to be put off. */
  readonly pausesMs: number[];
  /** Resolves once somebody waits before the next attempt. */
  waits(): Promise<void>;
  /** Has who waits now try again. */
  letTry(): void;
  /** Resolves once somebody who had stopped goes on. */
  isBack(): Promise<void>;
}

export function heldBackOff(): HeldBackOff {
  const told: string[] = [];
  const pausesMs: number[] = [];
  let pausing = Promise.withResolvers<void>();
  let back = Promise.withResolvers<void>();
  let held: (() => void)[] = [];
  return {
    told,
    pausesMs,
    onFault(fault, follower) {
      back = Promise.withResolvers();
      const { code, message } = fault as { code?: string; message: string };
      told.push(`${follower}: ${code ?? message}`);
    },
    onBack(follower) {
      told.push(`${follower}: back`);
      back.resolve();
    },
    pause(ms, signal) {
      pausesMs.push(ms);
      pausing.resolve();
      return new Promise((resolve) => {
        held.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    waits: () => pausing.promise,
    letTry() {
      pausing = Promise.withResolvers();
      for (const go of held) go();
      held = [];
    },
    isBack: () => back.promise,
  };
}
