// Turns the arguments asOf, knownAt and atPosition into the point that a read is about.
import { ArgsType, Field, InputType } from 'type-graphql';
import { type Cut, isCut } from '../src/belief.ts';
import { dayInZone } from '../src/time/clock.ts';
import type { Day } from '../src/time/day.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import type { Context, ReadPoint } from './context.ts';
import { badUserInput } from './parse-input.ts';
import { EdtfDate, Instant, Position } from './scalars.ts';

@ArgsType()
export class KnowledgeArguments {
  @Field(() => Instant, {
    nullable: true,
    description:
      'Answer with what the organisation had learned by this moment (included). Absent: with all of it.',
  })
  knownAt?: number | null;

  @Field(() => Position, {
    nullable: true,
    description:
      'Answer with what the ledger held at this position (included), whatever was learned when. Absent: with all of it. ' +
      'A position ahead of the ledger is BAD_USER_INPUT: the answer could still change.',
  })
  atPosition?: number | null;
}

@ArgsType()
export class PointArguments extends KnowledgeArguments {
  @Field(() => EdtfDate, {
    nullable: true,
    description:
      'The day in the world that is asked about; one day, so 2026-03 is BAD_USER_INPUT. ' +
      "Absent: the day of knownAt in the ledger's time zone, or today.",
  })
  asOf?: string | null;
}

@InputType({
  description:
    'A point to compare with another: what was so on a day, as far as it was known. Absent parts mean now.',
})
export class PointInput {
  @Field(() => EdtfDate, {
    nullable: true,
    description:
      "The day in the world; one day, so 2026-03 is BAD_USER_INPUT. Absent: the day of knownAt in the ledger's time zone, or today.",
  })
  asOf?: string | null;

  @Field(() => Instant, {
    nullable: true,
    description: 'What the organisation had learned by this moment (included). Absent: all of it.',
  })
  knownAt?: number | null;

  @Field(() => Position, {
    nullable: true,
    description:
      'What the ledger held at this position (included). Absent: all of it. A position ahead of the ledger is BAD_USER_INPUT.',
  })
  atPosition?: number | null;
}

/** Throws BAD_USER_INPUT for an asOf that may be several days, and for a position that the ledger has not reached. */
export function readPoint(
  context: Context,
  { asOf, knownAt, atPosition }: PointArguments,
  path = '',
): ReadPoint {
  const { clock, timeZone, readModels } = context.app;
  const { checkpoint } = readModels.database;
  if (typeof atPosition === 'number' && atPosition > checkpoint)
    throw badUserInput([
      { path: `${path}atPosition`, message: `lies ahead of the ledger, which is at position ${checkpoint}` },
    ]);
  const cut: Cut = {
    ...(typeof knownAt === 'number' && { knownAtMs: knownAt }),
    ...(typeof atPosition === 'number' && { atPosition }),
  };
  const on = asOf ? dayOf(asOf, `${path}asOf`) : dayInZone(knownAt ?? clock.nowMs(), timeZone);
  return { on, cut };
}

/** Today, with all that is believed. */
export function currentPoint(context: Context): ReadPoint {
  return readPoint(context, {});
}

/** Whether the point asks for less than all that is known: then the read models cannot answer. */
export function hasCut({ cut }: ReadPoint): boolean {
  return isCut(cut);
}

/** Throws BAD_USER_INPUT for a date that may be several days. */
export function readOneDay(
  text: string,
  path: string,
  message = 'may be several days; write one, such as 2026-03-15',
): Day {
  const date = parseEdtf(text);
  if (date && date.earliest === date.latest) return date.latest;
  throw badUserInput([{ path, message }]);
}

function dayOf(asOf: string, path: string): Day {
  return readOneDay(
    asOf,
    path,
    'may stand for several days; give one, such as 2026-03-14, or ask placements for heldOn(date)',
  );
}
