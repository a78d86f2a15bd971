// contact-ledger access-report: writes all that is held of a person, as JSON, as a card or as a page.
import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { accessReport } from '../access/access-report.ts';
import { type ReportFormat, reportFormats, writeReport } from '../access/write-report.ts';
import { checkPurpose, resolveId } from './resolve-id.ts';
import { configOf, openConfigured, print } from './terminal.ts';

interface AccessReportOptions {
  format: ReportFormat;
  out?: string;
  purpose?: string;
}

export function defineAccessReport(program: Command): void {
  program
    .command('access-report')
    .description('write all that is held of a person, with source and dates of every value')
    .argument('<contact>', "the ledger's id or SOURCE:ID")
    .addOption(
      new Option('--format <format>', 'json, jscontact (a card, RFC 9553) or html (a page)')
        .choices(reportFormats)
        .default('json'),
    )
    .option('--out <file>', 'file to write (default: standard output)')
    .option('--purpose <reference>', 'why, as a code or the reference of a ticket: it is recorded')
    .addHelpText('after', '\nThe report holds personal data in the clear: treat it as such.')
    .action(async (contact: string, { format, out, purpose }: AccessReportOptions, command: Command) => {
      const config = configOf(command);
      checkPurpose(purpose);
      const app = await openConfigured(config, { create: false });
      try {
        const report = (await accessReport(app, await resolveId(app, 'contact', contact)))!;
        const actor = { id: config.actor, kind: 'person' } as const;
        app.accessLog.note({ actor, kind: 'access_report', subjectIds: report.contactIds, purpose });
        await app.accessLog.flush();
        const text = writeReport(report, format);
        if (out === undefined) return void process.stdout.write(text);
        writeFileSync(out, text, { mode: 0o600 });
        print(
          config.json ? JSON.stringify({ file: out, values: report.values.length }) : `Written to ${out}`,
        );
      } finally {
        await app.close();
      }
    });
}
