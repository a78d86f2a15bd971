// contact-ledger report: the executive report of a week, in the terminal, as JSON or as a page to mail and print.
import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { differencesText } from '../reports/difference-text.ts';
import { executivePage, executiveText } from '../reports/executive-page.ts';
import { type ReportUnder, type WeeklyReport, weeklyReport, weeklyReportUnder } from '../risk-reports.ts';
import { dayInZone } from '../time/clock.ts';
import { type Day, isoFromDay } from '../time/day.ts';
import { formatInstant, parseInstant } from '../time/instant.ts';
import type { Versioned } from '../turnover/versions.ts';
import { configOf, createProgress, openConfigured, print, readDay, wholeNumber } from './terminal.ts';
import { reportDefinitionOf, turnoverRulesOf } from './turnover-rules.ts';

interface ReportOptions {
  weekEnding?: Day;
  knownAt?: number;
  atPosition?: number;
  withDefinition?: string;
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
    .option(
      '--with-definition <file|name>',
      'beside it, the difference that another definition makes, of key roles (JSON file, or name[:version]) or of the figures (executive_report:1); nothing is written',
    )
    .addOption(
      new Option('--format <format>', 'default: text, or JSON with --json').choices(['text', 'html', 'json']),
    )
    .option('--out <file>', 'file to write (default: standard output)')
    .action(async (options: ReportOptions, command: Command) => {
      const config = configOf(command);
      const rules = turnoverRulesOf(config.turnoverFile);
      const definition =
        options.withDefinition === undefined ? undefined : reportDefinitionOf(options.withDefinition, rules);
      const progress = createProgress();
      const app = await openConfigured(config, { create: false, progress });
      try {
        const weekEnding = options.weekEnding ?? dayInZone(app.clock.nowMs(), app.timeZone);
        const cut = {
          ...(options.knownAt !== undefined && { knownAtMs: options.knownAt }),
          ...(options.atPosition !== undefined && { atPosition: options.atPosition }),
        };
        const format = options.format ?? (config.json ? 'json' : 'text');
        const text =
          definition === undefined
            ? written(await weeklyReport(app, weekEnding, cut), format)
            : writtenUnder(await weeklyReportUnder(app, definition, weekEnding, cut), definition, format);
        progress.end();
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

type Format = 'text' | 'html' | 'json';

function written(made: WeeklyReport, format: Format): string {
  if (format === 'html') return executivePage(made.report, made.position).trimEnd();
  if (format === 'text') return executiveText(made.report, made.position);
  return JSON.stringify(shown(made));
}

function writtenUnder(
  { is, wouldBe, differences }: ReportUnder,
  { name, version }: Versioned,
  format: Format,
): string {
  const under = { definition: { name, version }, sentence: wouldBe.report.sentence, differences };
  if (format === 'html') return executivePage(is.report, is.position, under).trimEnd();
  if (format === 'text') return `${executiveText(is.report, is.position)}\n\n${differencesText(under)}`;
  return JSON.stringify({ ...shown(is), under: { ...under, report: shown(wouldBe) } });
}

function shown({ report, position, knownAtMs }: WeeklyReport): object {
  const { from, weekEnding, timeAtRisk, ...figures } = report;
  return {
    ...figures,
    from: isoFromDay(from),
    weekEnding: isoFromDay(weekEnding),
    position,
    knownAt: knownAtMs === null ? null : formatInstant(knownAtMs),
    timeAtRisk: { ...timeAtRisk, asOf: isoFromDay(timeAtRisk.asOf) },
  };
}

function readMoment(text: string): number {
  const ms = parseInstant(text);
  if (ms === undefined) throw new InvalidArgumentError('It is a moment such as 2026-03-15T18:00:00Z.');
  return ms;
}
