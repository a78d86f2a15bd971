// contact-ledger audit: the audit trail as lines, filtered by who, what, why and when. It holds no personal content.

import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AuditAxis, type AuditKey, auditAxes } from '../../projections/audit.ts';
import type { Application } from '../application.ts';
import { eventTypes, readTrail, type TrailFilter, type TrailPage } from '../audit-trail.ts';
import { categoryOf, subjectOf } from '../ledger-events.ts';
import { dayMs } from '../time/day.ts';
import { parseEdtf } from '../time/edtf.ts';
import { formatInstant, parseInstant } from '../time/instant.ts';
import { resolveSubject } from './resolve-id.ts';
import { configOf, count, createProgress, openConfigured, print } from './terminal.ts';

interface AuditOptions {
  actor?: string;
  source?: string;
  policy?: string;
  type?: string;
  reason?: string;
  subject?: string;
  axis: AuditAxis;
  from?: Bound;
  before?: Bound;
  out?: string;
}

/** A bound in the units of either kind of axis: which one it is the option `--axis` says, wherever it stands. */
interface Bound {
  ms: number;
  day: number;
}

export function defineAudit(program: Command): void {
  program
    .command('audit')
    .description(
      'write who did what, why, by which rule and when, one event a line, without personal content',
    )
    .option('--actor <subject>', 'only what this actor did')
    .option('--source <name>', 'only what came from this system')
    .option('--policy <name>', 'only what this policy did')
    .option('--type <type>', 'only this type of event, such as PlacementRemoved', readType)
    .option('--reason <code>', 'only what has this reason')
    .option('--subject <id>', "only what is about this contact or account (the ledger's id or SOURCE:ID)")
    .addOption(
      new Option('--axis <axis>', 'the time that --from and --before mean and that lines are ordered by')
        .choices([...auditAxes])
        .default('recorded'),
    )
    .option('--from <time>', 'at this day or moment (RFC 3339) or later', readBound)
    .option('--before <time>', 'before this day or moment', readBound)
    .option('--out <file>', 'file to write (default: standard output)')
    .action(async (options: AuditOptions, command: Command) => {
      const config = configOf(command);
      const progress = createProgress();
      const app = await openConfigured(config, { create: false, progress });
      try {
        const { subject } = options;
        const subjectId = subject === undefined ? undefined : await resolveSubject(app, subject);
        const filter = filterOf(options, subjectId);
        const output =
          options.out === undefined ? process.stdout : createWriteStream(options.out, { mode: 0o600 });
        let entries = 0;
        async function* text(): AsyncGenerator<string> {
          for await (const events of trailOf(app, filter)) {
            entries += events.length;
            yield events.map((event) => `${JSON.stringify(lineOf(event))}\n`).join('');
            progress.show(`${count(entries)} entries`);
          }
        }
        await pipeline(text, output, { end: options.out !== undefined });
        progress.end();
        if (options.out !== undefined)
          print(
            config.json
              ? JSON.stringify({ file: options.out, entries })
              : `${count(entries)} entries written to ${options.out}`,
          );
      } finally {
        progress.end();
        await app.close();
      }
    });
}

function readType(text: string): string {
  if (!eventTypes.includes(text))
    throw new InvalidArgumentError(`There is no such type; the types are ${eventTypes.join(', ')}.`);
  return text;
}

function readBound(text: string): Bound {
  const date = parseEdtf(text);
  if (date) return { ms: date.earliest * dayMs, day: date.earliest };
  const ms = parseInstant(text);
  if (ms === undefined)
    throw new InvalidArgumentError(
      'It is a day such as 2026-03-14, or a moment such as 2026-03-14T09:30:00Z.',
    );
  return { ms, day: Math.floor(ms / dayMs) };
}

function filterOf(
  { actor, source, policy, type, reason, axis, from, before }: AuditOptions,
  subjectId: string | undefined,
): TrailFilter {
  const unit = axis === 'effective' ? 'day' : 'ms';
  return {
    ...(actor !== undefined && { actor }),
    ...(source !== undefined && { source }),
    ...(policy !== undefined && { policy }),
    ...(type !== undefined && { type }),
    ...(reason !== undefined && { reasonCode: reason }),
    ...(subjectId !== undefined && { subjectId }),
    [axis]: { ...(from && { from: from[unit] }), ...(before && { before: before[unit] }) },
  };
}

const pageSize = 1_000;

async function* trailOf(app: Application, filter: TrailFilter): AsyncGenerator<TrailPage['events']> {
  let after: AuditKey | undefined;
  do {
    const { events, next } = await readTrail(app, filter, { limit: pageSize, after, newestFirst: false });
    yield events;
    after = next;
  } while (after);
}

/** The clear part of an event's envelope; what it says stays sealed. */
function lineOf(event: TrailPage['events'][number]): object {
  const { commandId, requestDigest: _, ...meta } = event.meta;
  return {
    position: event.position,
    id: event.id,
    type: event.type,
    category: categoryOf(event.stream),
    subject: subjectOf(event.stream),
    version: event.version,
    recordedAt: formatInstant(event.recordedAtMs),
    learnedAt: formatInstant(event.learnedAtMs),
    ...meta,
    commandId,
  };
}
