// What a policy is: a rule that is told the events of the log in order and says which commands follow from them.
import type { Beliefs, ReadStream } from '../beliefs.ts';
import type { Command, CommandContext } from '../command.ts';
import type { StoredEvent } from '../event-store/port.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import type { ReadDatabase } from '../projector/read-database.ts';
import type { TurnoverRules } from '../turnover/rules.ts';

/** A command that follows from an event, and the circumstances that go with it. */
export interface Effect
  extends Pick<
    CommandContext,
    'effectiveOn' | 'learnedAtMs' | 'reasonCode' | 'reasonText' | 'evidence' | 'asProposal'
  > {
  /**
   * Tells it from the other effects of the same event. The ids of what it writes derive from it, the event and the policy's
   * name: named, not counted, so that after a crash between two effects the second does not take the first one's place.
   */
  key: string;
  command: Command;
}

/**
 * What a policy may ask. What it reads must rest on no more than the event, except what it did itself, and what leads to the
 * same in the end when the policy is told of it by and by.
 */
export interface PolicyWorld {
  beliefs: Beliefs;
  /** Read models that rest at least on the event, and on all that this policy did before. */
  database: ReadDatabase;
  /** The stored events of a stream, unopened: enough to see from their clear part that nothing concerns the policy. */
  read(stream: string): Promise<StoredEvent[]>;
  /** The same opened, for what the clear part does not tell. */
  readOpened: ReadStream;
  /** An id that belongs to these parts alone, the same on every replica of the ledger. */
  slotId(...parts: string[]): string;
  /** What the company has set for turnovers. */
  rules: TurnoverRules;
  /** IANA name of the zone in which a moment is a day. */
  timeZone: string;
}

export interface Policy<W = PolicyWorld> {
  /** Lower snake case. It names what the policy did for ever. */
  name: string;
  /** Stored with what it does. Another version goes on where the one before stopped. */
  version: number;
  /** The types of events that it is told. */
  types: readonly string[];
  /** Types of the events whose sealed part it looks at. All others come unopened, which is much cheaper. */
  opens: readonly string[];
  /** What follows from an event. The same event told again must give effects with the same keys, or fewer. */
  react(event: LedgerEvent, world: W): Promise<readonly Effect[]>;
}

/** Something that a policy wanted and the ledger refused: kept for people to look at, never a reason to stop. */
export interface RefusedEffect {
  policy: string;
  version: number;
  position: number;
  eventId: string;
  key: string;
  command: string;
  code: string;
  path: string;
}
