// contact-ledger report: the executive report of a week, in the terminal, as JSON or as a page to mail and print.
import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { executivePage, executiveText } from '../reports/executive-page.ts';
import { weeklyReport } from '../risk-reports.ts';
import { dayInZone } from '../time/clock.ts';
import { type Day, dayFromIso, isoFromDay } from '../time/day.ts';
import { formatInstant, parseInstant } from '../time/instant.ts';
import { configOf, createProgress, openConfigured, print, wholeNumber } from './terminal.ts';

interface ReportOptions {
  weekEnding?: Day;
  knownAt?: number;
  atPosition?: number;
  format?: 'text' | 'html' | 'json';
  out?: string;
}

export function defineReport(program: Command): void {
  program
    .command('report')
    .description(
      'the executive report of a week: customers saved, at risk, and what is expected of them; a past week as it was known then',
    )
    .option('--week-ending <day>', 'last day of the week (default: today)', readDay)
    .option('--known-at <moment>', 'what was known at this moment (RFC 3339)', readMoment)
    .option(
      '--at-position <number>',
      'what the ledger held at this position',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .addOption(
      new Option('--format <format>', 'default: text, or JSON with --json').choices(['text', 'html', 'json']),
    )
    .option('--out <file>', 'file to write (default: standard output)')
    .action(async (options: ReportOptions, command: Command) => {
      const config = configOf(command);
      const progress = createProgress();
      const app = await openConfigured(config, { create: false, progress });
      try {
        const weekEnding = options.weekEnding ?? dayInZone(app.clock.nowMs(), app.timeZone);
        const made = await weeklyReport(app, weekEnding, {
          ...(options.knownAt !== undefined && { knownAtMs: options.knownAt }),
          ...(options.atPosition !== undefined && { atPosition: options.atPosition }),
        });
        progress.end();
        const text = written(made, options.format ?? (config.json ? 'json' : 'text'));
        if (options.out === undefined) print(text);
        else {
          // It names customers and what they pay.
          writeFileSync(options.out, `${text}\n`, { mode: 0o600 });
          print(config.json ? JSON.stringify({ file: options.out }) : `Written to ${options.out}`);
        }
      } finally {
        progress.end();
        await app.close();
      }
    });
}

type Made = Awaited<ReturnType<typeof weeklyReport>>;

function written({ report, position, knownAtMs }: Made, format: 'text' | 'html' | 'json'): string {
  if (format === 'html') return executivePage(report, position).trimEnd();
  if (format === 'text') return executiveText(report, position);
  const { from, weekEnding, timeAtRisk, ...figures } = report;
  return JSON.stringify({
    ...figures,
    from: isoFromDay(from),
    weekEnding: isoFromDay(weekEnding),
    position,
    knownAt: knownAtMs === null ? null : formatInstant(knownAtMs),
    timeAtRisk: { ...timeAtRisk, asOf: isoFromDay(timeAtRisk.asOf) },
  });
}

function readDay(text: string): Day {
  const day = dayFromIso(text);
  if (day === undefined) throw new InvalidArgumentError('It is a day such as 2026-03-15.');
  return day;
}

function readMoment(text: string): number {
  const ms = parseInstant(text);
  if (ms === undefined) throw new InvalidArgumentError('It is a moment such as 2026-03-15T18:00:00Z.');
  return ms;
}
