// What can happen to an import run: it starts at an instant of its own and completes.
import { z } from 'zod';
import { type EventsOf, eventContract } from '../event-contract.ts';

export const importEvents = {
  /** The run's "now" is this event's learnedAt: lines without a learnedAt get it, also when the run is resumed. */
  ImportStarted: eventContract({}, {}),
  ImportCompleted: eventContract(
    { accepted: z.int().min(0), repeated: z.int().min(0), refused: z.int().min(0) },
    {},
  ),
};

export type ImportEvent = EventsOf<typeof importEvents>;
