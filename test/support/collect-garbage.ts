// For tests of what is let go of: without it, how much is in use says when the engine last collected.
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a WeakRef was asked or made for stays alive until the turn is over; so it waits for the next. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  await setImmediate();
  runInNewContext('gc')();
}
