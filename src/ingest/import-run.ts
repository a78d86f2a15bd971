// The instant of an import run: fixed in a record of its own, so that a resumed run says the same as an uninterrupted one.

import type { Actor } from '../envelope.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { EventStore } from '../event-store/port.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import { deriveId, newId } from '../personal-data/derive-id.ts';
import type { Clock } from '../time/clock.ts';
import type { ImportEvent } from './events.ts';

export interface ImportCounts {
  accepted: number;
  repeated: number;
  refused: number;
}

export interface ImportRun {
  /** Makes sure the run has an instant; call it before a line needs `nowMs`. Writes nothing where the run is being resumed. */
  begin(): Promise<void>;
  readonly nowMs: number;
  /** Closes the run, if it was begun: lines that come later are learned later. */
  complete(counts: ImportCounts): Promise<void>;
}

export interface ImportRunOptions {
  store: EventStore;
  sealing: EventSealing;
  clock: Clock;
  salt: Buffer;
  actor: Actor;
  applied: (position: number) => Promise<void>;
  /** Source and id of the feed's first line: what makes it the same feed when it is resumed. */
  firstLine: string;
}

export function openImportRun(options: ImportRunOptions): ImportRun {
  const { store, sealing, clock, salt, actor } = options;
  const stream = `import-${deriveId(salt, 'import', options.firstLine)}`;
  let version = 0;
  let startedAtMs: number | undefined;

  async function append(type: ImportEvent['type'], data: object, learnedAtMs: number): Promise<void> {
    const id = newId();
    const event = {
      id,
      stream,
      version: 0,
      position: 0,
      type,
      typeVersion: 1,
      learnedAtMs,
      recordedAtMs: 0,
      actor,
      source: 'import',
      commandId: id,
      requestDigest: '',
      data,
      personal: {},
    } as unknown as LedgerEvent;
    const result = await store.append(stream, version, [sealing.seal(event, null)]);
    if (!result.ok) throw new Error('Two imports of the same feed run at the same time; let one end first.');
    version = result.version;
    await options.applied(result.position);
  }

  return {
    async begin() {
      if (startedAtMs !== undefined) return;
      const events = await store.read(stream);
      version = events.length;
      const last = events.at(-1);
      if (last?.type === 'ImportStarted') startedAtMs = last.learnedAtMs;
      else {
        startedAtMs = clock.nowMs();
        await append('ImportStarted', {}, startedAtMs);
      }
    },
    get nowMs() {
      if (startedAtMs === undefined) throw new Error('The import run has not begun.');
      return startedAtMs;
    },
    async complete(counts) {
      if (startedAtMs !== undefined) await append('ImportCompleted', { ...counts }, clock.nowMs());
    },
  };
}
