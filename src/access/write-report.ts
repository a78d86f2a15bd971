// Writes an access report in the form that is asked for.
import { type AccessReport, reportJson } from './access-report.ts';
import { accessReportPage } from './access-report-page.ts';
import { jscontact } from './jscontact.ts';

export const reportFormats = ['json', 'jscontact', 'html'] as const;
export type ReportFormat = (typeof reportFormats)[number];

const writers: { [F in ReportFormat]: (report: AccessReport) => string } = {
  json: (report) => asText(reportJson(report)),
  jscontact: ({ card, generatedAtMs }) => asText(card && jscontact(card, generatedAtMs)),
  html: accessReportPage,
};

export function writeReport(report: AccessReport, format: ReportFormat): string {
  return writers[format](report);
}

function asText(content: object | null): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
