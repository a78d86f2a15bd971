// The one reader of the log behind all subscribers: hands each new change to those who want it, once the read models have it.
import type { EventSealing } from '../event-sealing.ts';
import { categoryOf } from '../ledger-events.ts';
import type { ReadModels } from '../projector/read-models.ts';
import { asksForConcerns, type Change, type ChangesFilter, changeCategories, isWanted } from './change.ts';
import { type ConcernsSource, createConcerns } from './concerns.ts';

export interface ChangeTailOptions {
  store: ConcernsSource['store'];
  sealing: EventSealing;
  readModels: Pick<ReadModels, 'applied' | 'beliefs' | 'database'>;
}

export interface Follower {
  filter: ChangesFilter;
  /** Called with the changes after the tail's position that are wanted, in order; must not wait. */
  receive(changes: readonly Change[]): void;
  /** Nothing more comes: the ledger is closed, or with a fault. */
  end(fault?: unknown): void;
}

export interface ChangeTail {
  /** What lies after it is still to be handed out; what lies up to it is in the read models. */
  readonly position: number;
  /** From the tail's position on. Answers what ends it. */
  follow(follower: Follower): () => void;
  /** The changes at these positions, oldest first, with what they concern where that is asked for. */
  read(positions: readonly number[], withConcerns: boolean): Promise<Change[]>;
  close(): Promise<void>;
}

/** Reads only while somebody follows. */
export function createChangeTail({ store, sealing, readModels }: ChangeTailOptions): ChangeTail {
  const followers = new Set<Follower>();
  let running: { stopping: AbortController; position: number; ended: Promise<void> } | undefined;
  let isClosed = false;

  async function addConcerns(changes: readonly Change[]): Promise<void> {
    const { database, beliefs } = readModels;
    const concerns = createConcerns({ store, beliefs, database });
    for (const change of changes) change.concerns ??= await concerns.of(change.event);
  }

  function start(): void {
    const stopping = new AbortController();
    const run = { stopping, position: readModels.database.checkpoint, ended: Promise.resolve() };
    running = run;
    run.ended = handOut(run).then(
      () => settle(run),
      (fault: unknown) => settle(run, fault),
    );
  }

  async function handOut(run: { stopping: AbortController; position: number }): Promise<void> {
    const { signal } = run.stopping;
    for await (const stored of store.subscribe(run.position, { signal })) {
      const { position } = stored.at(-1)!;
      await readModels.applied(position);
      const batch = await sealing.open(
        stored.filter(({ stream }) => changeCategories.includes(categoryOf(stream))),
      );
      const changes: Change[] = batch.map((event) => ({ event, batch }));
      // Nothing waits between this look and the handing out, so that nobody comes in between who would need them too.
      if ([...followers].some(({ filter }) => asksForConcerns(filter))) await addConcerns(changes);
      if (signal.aborted) return;
      run.position = position;
      for (const follower of followers) {
        const wanted = changes.filter((change) => isWanted(change, follower.filter));
        if (wanted.length > 0) follower.receive(wanted);
      }
    }
  }

  function settle(run: typeof running, fault?: unknown): void {
    if (running !== run) return;
    running = undefined;
    for (const follower of followers) follower.end(fault);
    followers.clear();
  }

  return {
    get position() {
      return running?.position ?? readModels.database.checkpoint;
    },
    follow(follower) {
      if (isClosed) {
        follower.end();
        return () => undefined;
      }
      followers.add(follower);
      if (!running) start();
      return () => {
        followers.delete(follower);
        if (followers.size > 0 || !running) return;
        running.stopping.abort();
        running = undefined;
      };
    },
    async read(positions, withConcerns) {
      const batch = await sealing.open(await store.readPositions(positions));
      const changes: Change[] = batch.map((event) => ({ event, batch }));
      if (withConcerns) await addConcerns(changes);
      return changes;
    },
    async close() {
      isClosed = true;
      const run = running;
      run?.stopping.abort();
      await run?.ended;
    },
  };
}
