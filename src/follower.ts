// What follows the log goes on by itself after a fault that may pass: keys out of reach, a disk that was full for a while.
import { setTimeout as sleep } from 'node:timers/promises';

export interface FollowerOptions {
  /** Told once of the fault that stopped a follower, or that kept one from going on for good. */
  onFault: (fault: unknown, follower?: string) => void;
  /** Told once that a follower goes on. */
  onBack?: ((follower: string) => void) | undefined;
  /** Waits before the next attempt; ends early when the signal aborts. By default for that time. */
  pause?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

export interface Follower {
  /** False from a fault on until it is over. */
  readonly isFollowing: boolean;
  /** To be called by what follows once it has got further: the fault, if there was one, is over. */
  goesOn(): void;
  /**
   * Follows, and after each fault that may pass again, until the signal aborts, `follow` ends or a fault lasts. `follow` goes on
   * from its checkpoint, so that nothing is skipped. `onStopped` is told of each fault before the next attempt. Never rejects.
   */
  run(
    follow: () => Promise<unknown>,
    signal: AbortSignal,
    onStopped?: (fault: unknown) => void,
  ): Promise<void>;
}

const backOffMs = 1_000;
const backOffMaxMs = 30_000;

/** `name`: what it is called in the log of the server. */
export function createFollower(name: string, options: FollowerOptions): Follower {
  const { onFault, onBack, pause = pauseFor } = options;
  let isFollowing = true;
  let waitMs = backOffMs;

  function stopped(fault: unknown): void {
    // An outage that goes on is no news, that it will not pass is.
    if (isFollowing || !mayPass(fault)) onFault(fault, name);
    isFollowing = false;
  }

  function goesOn(): void {
    waitMs = backOffMs;
    if (isFollowing) return;
    isFollowing = true;
    onBack?.(name);
  }

  return {
    get isFollowing() {
      return isFollowing;
    },
    goesOn,
    async run(follow, signal, onStopped) {
      while (!signal.aborted) {
        try {
          await follow();
          if (!signal.aborted) goesOn();
          return;
        } catch (fault) {
          if (!signal.aborted) stopped(fault);
          onStopped?.(fault);
          if (signal.aborted || !mayPass(fault)) return;
        }
        // Not all replicas at the same moment.
        await pause(waitMs * (0.5 + Math.random() / 2), signal);
        waitMs = Math.min(waitMs * 2, backOffMaxMs);
      }
    },
  };
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  // A process that has nothing else to do need not wait for it.
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

/** Of keys, log and files: each says that something is out of reach or full now, and none that something is wrong with it. */
const passingCodes: ReadonlySet<unknown> = new Set([
  'KEYS_UNAVAILABLE',
  'STORE_FULL',
  'STORE_UNAVAILABLE',
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EMFILE',
  'ENFILE',
]);
/** SQLITE_BUSY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN. */
const passingSqliteCodes: readonly number[] = [5, 10, 13, 14];

/**
 * Whether the same work may succeed later though nobody changes program or ledger. All else lasts until somebody has looked at
 * it: a projection that throws, a damaged file, a gap in the log.
 */
export function mayPass(fault: unknown): boolean {
  if (!(fault instanceof Error)) return false;
  const { code, errcode } = fault as { code?: unknown; errcode?: unknown };
  // It says of a change that it cannot be shown; whether that lasts says the fault behind it.
  if (code === 'READ_MODELS_STOPPED') return mayPass(fault.cause);
  if (code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number')
    return passingSqliteCodes.includes(errcode & 0xff);
  return passingCodes.has(code);
}
