// Collects the commands of the demo with who gives them and when, and hands them out in the order of learning.
import type { Command, CommandContext } from '../command.ts';
import type { Day } from '../time/day.ts';
import { type Hours, momentOf } from './dates.ts';
import type { Random } from './random.ts';

export interface DemoCommand {
  command: Command;
  context: CommandContext & { learnedAtMs: number; idempotencyKey: string };
}

/** Who speaks: a colleague, a policy or another system. */
export type Voice = Pick<CommandContext, 'actor' | 'source' | 'by' | 'policy'> & { hours: Hours };

export interface Entry
  extends Pick<
    CommandContext,
    | 'effectiveOn'
    | 'reasonCode'
    | 'reasonText'
    | 'evidence'
    | 'correlationId'
    | 'sourceRecord'
    | 'sourceActor'
    | 'asProposal'
  > {
  command: Command;
  voice: Voice;
  /** The day it is learned. */
  day: Day;
  /** Learned after this instant, whatever the day says: what it refers to must be known by then. */
  afterMs?: number;
}

export interface Journal {
  /** Returns the instant at which it is learned. */
  write(entry: Entry): number;
  /** All commands learned before the instant; those of the same instant as they were written. */
  learnedBefore(ms: number): DemoCommand[];
}

export function createJournal(random: Random, name: string): Journal {
  const commands: DemoCommand[] = [];

  return {
    write({ command, voice, day, afterMs = Number.NEGATIVE_INFINITY, ...rest }) {
      const { hours, ...speaker } = voice;
      let learnedAtMs = momentOf(random, day, hours);
      if (learnedAtMs <= afterMs) learnedAtMs = afterMs + random.int(40_000, 1_500_000);
      commands.push({
        command: withoutUndefined(command),
        context: withoutUndefined({
          ...speaker,
          ...rest,
          learnedAtMs,
          idempotencyKey: `${name}:${commands.length + 1}`,
        }),
      });
      return learnedAtMs;
    },
    learnedBefore: (ms) =>
      commands
        .filter(({ context }) => context.learnedAtMs < ms)
        .sort((a, b) => a.context.learnedAtMs - b.context.learnedAtMs),
  };
}

/** A key without a value is left out: the digest of a request must not depend on how it was put together. */
function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
