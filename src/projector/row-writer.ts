// From events to rows: takes batches of the log, believes what they touch, and writes rows and checkpoint together.
import type { AccountBelief } from '../account/belief.ts';
import type { Beliefs, ReadStream } from '../beliefs.ts';
import type { ContactBelief } from '../contact/belief.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { StoredEvent } from '../event-store/port.ts';
import { categoryOf, type LedgerEvent, subjectOf } from '../ledger-events.ts';
import { isMergedCategory, mayChangeMerge, survivorIn } from '../merge.ts';
import { type Belief, believeStreamNext } from '../stream-belief.ts';
import type { TurnoverBelief } from '../turnover/belief.ts';
import { noStates, type TurnoverStates, withState } from '../turnover/states.ts';
import {
  type AccountProjection,
  type BelievedCategory,
  type ContactProjection,
  type EventProjection,
  isBelieved,
  type Projection,
  type ProjectionSettings,
  type Row,
  type TurnoverProjection,
} from './projection.ts';
import type { Change, ReadDatabase } from './read-database.ts';
import type { MergeLinks } from './read-models.ts';

export interface RowsOptions {
  readStream: ReadStream;
  beliefs: Beliefs;
  projections: readonly Projection[];
  settings: ProjectionSettings;
  readDatabase: ReadDatabase;
  links: MergeLinks;
}

export interface RowWriter {
  /** Hands it the next events of the log. */
  take(events: readonly StoredEvent[]): void;
  /**
   * Writes the rows of all that was handed over, in its turn. Rejects on faults, and then always: an outage of the keys must not
   * look like an erasure, and nothing is written behind a hole. Another writer goes on from the checkpoint.
   */
  write(): Promise<void>;
  close(): Promise<void>;
}

/** Writes the rows of the next events of the log, which are opened, and the checkpoint. */
export type WriteRows = (events: readonly LedgerEvent[]) => Promise<void>;

interface Held {
  belief: Belief;
  /** Between two large batches only the card in the tables has the belief: there it takes no time to be collected. */
  isInCard?: boolean;
  newestLearnedAtMs: number;
  /** Of a turnover; none of what keeps no former states. */
  states: TurnoverStates;
}

const beliefsHeldMax = 8_000;
const readTogetherMax = 256;
/** Events of a batch that is large. */
const largeBatchMin = 500;

/** Opens events as they come, while they may still be remembered, and writes their rows, one batch after the other. */
export function createRowWriter(open: EventSealing['open'], options: RowsOptions): RowWriter {
  const writeRows = createRows(options);
  let taken: LedgerEvent[] = [];
  let underway = Promise.resolve();
  const settled = () => underway.catch(() => undefined);
  return {
    take(events) {
      underway = underway.then(async () => {
        taken.push(...(await open(events)));
      });
      // The next write tells of it.
      void settled();
    },
    write() {
      underway = underway.then(async () => {
        const batch = taken;
        taken = [];
        await writeRows(batch);
      });
      return underway;
    },
    close: settled,
  };
}

/** The rows of events that are opened already. */
export function createRows(options: RowsOptions): WriteRows {
  const { changeOf } = createChanges(options);
  return async (events) => options.readDatabase.write(await changeOf(events));
}

/** From a batch of events to one change of the read models, with a bounded memory of beliefs. */
function createChanges(options: RowsOptions): {
  changeOf(events: readonly LedgerEvent[]): Promise<Change>;
} {
  const { beliefs, projections, settings, readDatabase, links } = options;
  const byEvent = projections.filter(
    (projection): projection is EventProjection => projection.by === 'event',
  );
  const held = new Map<string, Held>();

  function heldOf(stream: string): Held | undefined {
    const known = held.get(stream);
    if (!known?.isInCard) return known;
    known.belief = readDatabase.readBelief<NonNullable<Belief>>(
      believedCategoryOf(stream),
      subjectOf(stream),
    );
    known.isInCard = false;
    return known;
  }

  function leaveToCard(stream: string): void {
    const known = held.get(stream);
    if (!known?.belief) return;
    known.isInCard = true;
    known.belief = null;
  }

  /** Folds on where the event is the newest; forgets what must be folded anew. */
  function advance(event: LedgerEvent): void {
    const known = heldOf(event.stream);
    if (event.version === 1 && links.losersOf(subjectOf(event.stream)).length === 0) {
      const belief = believeStreamNext(event.stream, null, event);
      const states = statesAfter(noStates, event, belief);
      held.set(event.stream, { belief, newestLearnedAtMs: event.learnedAtMs, states });
      return;
    }
    if (!known) return;
    if (event.learnedAtMs < known.newestLearnedAtMs || event.type === 'ChangesReverted') {
      held.delete(event.stream);
      return;
    }
    known.belief = believeStreamNext(event.stream, known.belief, event);
    known.newestLearnedAtMs = event.learnedAtMs;
    known.states = statesAfter(known.states, event, known.belief);
  }

  /** What is believed of each of these. Those that are not held are read together: a log on another thread answers slowly. */
  async function beliefsOf(
    streams: ReadonlySet<string>,
    atPosition: number,
  ): Promise<ReadonlyMap<string, Believed>> {
    const believed = new Map<string, Believed>();
    const missing: string[] = [];
    for (const stream of streams) {
      const known = heldOf(stream);
      if (!known) {
        missing.push(stream);
        continue;
      }
      held.delete(stream);
      held.set(stream, known);
      believed.set(stream, known);
    }
    for (let start = 0; start < missing.length; start += readTogetherMax) {
      const some = missing.slice(start, start + readTogetherMax);
      const read = await Promise.all(some.map((stream) => beliefOf(stream, atPosition)));
      for (const [index, stream] of some.entries()) believed.set(stream, read[index]!);
    }
    return believed;
  }

  async function beliefOf(stream: string, atPosition: number): Promise<Believed> {
    const id = subjectOf(stream);
    const by = believedCategoryOf(stream);
    let newestLearnedAtMs = Number.NEGATIVE_INFINITY;
    const witness = ({ learnedAtMs }: { learnedAtMs: number }) => {
      newestLearnedAtMs = Math.max(newestLearnedAtMs, learnedAtMs);
    };
    const believed = await believedOf(beliefs, by, id, atPosition, witness);
    // What others brought in when they were merged changes without this stream's doing: such a belief is not kept.
    const keeps =
      !isMergedCategory(by) || (await beliefs.mergesOf(by, id, { atPosition })).brought.length === 0;
    if (keeps) held.set(stream, { ...believed, newestLearnedAtMs });
    return believed;
  }

  /** What the events of an erased contact still put. */
  async function rowsOfErased(contactId: string, atPosition: number): Promise<Row[]> {
    const rows: Row[] = [];
    for (const stream of [`contact-${contactId}`, `signals-${contactId}`]) {
      for (const event of await options.readStream(stream)) {
        if (event.position > atPosition) continue;
        for (const projection of byEvent) rows.push(...projection.rows(event));
      }
    }
    return rows;
  }

  function forget(): void {
    for (const stream of held.keys()) {
      if (held.size <= beliefsHeldMax) return;
      held.delete(stream);
    }
  }

  return {
    async changeOf(events) {
      const rows: Row[] = [];
      const erased = new Set<string>();
      for (const { type, stream } of events)
        if (type === 'ContactErased' || type === 'SignalsErased') erased.add(subjectOf(stream));
      const touched = new Set<string>();
      const merged = new Set<string>();
      for (const event of events) {
        const category = categoryOf(event.stream);
        // It may have been opened before its key was destroyed: of the erased all is read again below.
        const isErased =
          (category === 'contact' || category === 'signals') && erased.has(subjectOf(event.stream));
        if (!isErased) for (const projection of byEvent) rows.push(...projection.rows(event));
        if (!isBelieved(category)) continue;
        if (isErased || event.type === 'TurnoverErased') held.delete(event.stream);
        else advance(event);
        touched.add(event.stream);
        const survivorId = survivorIn(event);
        if (survivorId !== null) links.note(subjectOf(event.stream), survivorId);
        if (!isMergedCategory(category)) continue;
        const streamOf = (id: string) => `${category}-${id}`;
        for (const id of links.survivorsOf(subjectOf(event.stream))) merged.add(streamOf(id));
        if (mayChangeMerge(event))
          for (const id of links.cycleOf(subjectOf(event.stream))) merged.add(streamOf(id));
      }
      for (const stream of merged)
        for (const reached of links.survivorsOf(subjectOf(stream)))
          merged.add(`${categoryOf(stream)}-${reached}`);
      for (const stream of merged) {
        touched.add(stream);
        held.delete(stream);
      }
      const checkpoint = events.at(-1)!.position;
      for (const id of erased) rows.push(...(await rowsOfErased(id, checkpoint)));
      const replace: Change['replace'][number][] = [];
      for (const [stream, believed] of await beliefsOf(touched, checkpoint)) {
        const by = believedCategoryOf(stream);
        replace.push({ by, id: subjectOf(stream), rows: beliefRows(projections, by, believed, settings) });
        if (events.length >= largeBatchMin) leaveToCard(stream);
      }
      forget();
      return { checkpoint, replace, rows, ...(erased.size > 0 && { erased: [...erased] }) };
    },
  };
}

const believedCategoryOf = (stream: string) => categoryOf(stream) as BelievedCategory;

/** What is believed of one contact, account or turnover, and of a turnover also what was. */
type Believed = Pick<Held, 'belief' | 'states'>;

const statesAfter = (states: TurnoverStates, event: LedgerEvent, belief: Belief): TurnoverStates =>
  // The category decides which belief it is.
  categoryOf(event.stream) === 'turnover'
    ? withState(states, event, belief as TurnoverBelief | null)
    : states;

export async function believedOf(
  beliefs: Beliefs,
  by: BelievedCategory,
  id: string,
  atPosition: number,
  witness?: (event: LedgerEvent) => void,
): Promise<Believed> {
  let states = noStates;
  const belief = await beliefs[by](
    id,
    { atPosition },
    (event: LedgerEvent, _before: Belief, after: Belief) => {
      witness?.(event);
      states = statesAfter(states, event, after);
    },
  );
  return { belief, states };
}

/** The rows of what is believed of one contact, account or turnover. */
export function beliefRows(
  projections: readonly Projection[],
  by: BelievedCategory,
  { belief, states }: Believed,
  settings: ProjectionSettings,
): Row[] {
  if (!belief) return [];
  const rows: Row[] = [];
  for (const projection of projections) {
    if (projection.by !== by) continue;
    rows.push(
      ...(projection.by === 'contact'
        ? (projection as ContactProjection).rows(belief as ContactBelief, settings)
        : projection.by === 'account'
          ? (projection as AccountProjection).rows(belief as AccountBelief, settings)
          : (projection as TurnoverProjection).rows(belief as TurnoverBelief, settings, states)),
    );
  }
  return rows;
}
