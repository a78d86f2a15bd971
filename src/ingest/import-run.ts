// The instant of an import run: fixed in a record of its own, so that a resumed run says the same as an uninterrupted one.

import type { Actor } from '../envelope.ts';
import { clearEvent } from '../enveloping.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { EventStore } from '../event-store/port.ts';
import { deriveId, newId } from '../personal-data/derive-id.ts';
import type { Clock } from '../time/clock.ts';
import type { ImportEvent } from './events.ts';

export interface ImportCounts {
  accepted: number;
  repeated: number;
  refused: number;
}

export interface ImportRun {
  /** What lines without a learnedAt are taken to be learned at: the beginning of the run that is being resumed, else now. */
  readonly nowMs: number;
  /** Hands the run's beginning to the store, before and together with its first line. Nothing where it has begun already. */
  begin(): void;
  /** Closes the run, if it was begun: lines that come later are learned later. */
  complete(counts: ImportCounts): Promise<void>;
}

export interface ImportRunOptions {
  store: EventStore;
  sealing: EventSealing;
  clock: Clock;
  salt: Buffer;
  actor: Actor;
  /** Source and id of the feed's first line: what makes it the same feed when it is resumed. */
  firstLine: string;
}

export async function openImportRun(options: ImportRunOptions): Promise<ImportRun> {
  const { store, sealing, clock, salt, actor } = options;
  const stream = `import-${deriveId(salt, 'import', options.firstLine)}`;
  const events = await store.read(stream);
  const last = events.at(-1);
  const isResumed = last?.type === 'ImportStarted';
  const nowMs = isResumed ? last.learnedAtMs : clock.nowMs();
  let begun: Promise<void> | undefined = isResumed ? Promise.resolve() : undefined;
  let version = events.length;

  async function append(type: ImportEvent['type'], data: object, learnedAtMs: number): Promise<void> {
    const event = clearEvent(newId(), stream, type, data, { actor, source: 'import', learnedAtMs });
    const result = await store.append(stream, version, [sealing.seal(event, null)]);
    if (!result.ok) throw new Error('Two imports of the same feed run at the same time; let one end first.');
    version = result.version;
  }

  return {
    nowMs,
    begin() {
      begun ??= append('ImportStarted', {}, nowMs);
      // Who completes the run hears of it.
      begun.catch(() => undefined);
    },
    async complete(counts) {
      if (!begun) return;
      await begun;
      await append('ImportCompleted', { ...counts }, clock.nowMs());
    },
  };
}
