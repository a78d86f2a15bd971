// The access report as a page for people: one file that loads nothing, readable on paper too.
import { displayed } from '../changes.ts';
import { formatInstant } from '../time/instant.ts';
import type { AccessReport, ReportedEvent } from './access-report.ts';

const style = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1b1f;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}table{border-collapse:collapse;width:100%}caption{text-align:left;color:#555;padding-bottom:.4rem}
th,td{border-bottom:1px solid #ddd;padding:.35rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{font-weight:600;background:#f5f5f7}
.quiet{color:#555}@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}`;

export function accessReportPage(report: AccessReport): string {
  const { contactIds, generatedAtMs, position, values, events, exports, looks, erasure } = report;
  const title = 'What is held of this person';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${style}</style></head><body>
<h1>${title}</h1>
<p>Made on ${escaped(formatInstant(generatedAtMs))}, from the ledger up to position ${position}. Contact ${contactIds.map((id) => `<code>${escaped(id)}</code>`).join(', ')}${contactIds.length > 1 ? ' (records that were merged)' : ''}.</p>
${erasure ? `<p><strong>The personal data were erased</strong> on ${escaped(formatInstant(erasure.orderedAtMs))} (receipt ${escaped(erasure.erasureId)}). What follows is what was kept.</p>` : ''}
${table(
  'Values',
  'Every value that is or was believed, with where it comes from; what was undone is among the events below.',
  ['what', 'value', 'true since', 'learned', 'source', 'recorded by'],
  values.map(({ field, label, value, since, learnedAtMs, source, actor }) => [
    label === null ? field : `${field} (${label})`,
    displayed(value) ?? '',
    since ?? 'not known',
    formatInstant(learnedAtMs),
    source ?? '',
    actor ?? '',
  ]),
)}
${table(
  'Everything that was recorded',
  'In the order in which it was stored.',
  ['recorded', 'what', 'true on', 'learned', 'content', 'source', 'by'],
  events.map((event) => [
    formatInstant(event.recordedAtMs),
    event.type,
    event.effectiveOn ?? '',
    formatInstant(event.learnedAtMs),
    contentOf(event),
    event.source,
    event.actor.id,
  ]),
)}
${table(
  'Who received it',
  'Exports that may have contained these records.',
  ['when', 'what', 'by', 'why'],
  exports.map(({ atMs, scope, actor, purpose }) => [
    formatInstant(atMs),
    scope === 'all' ? 'the whole ledger' : `one ${scope}`,
    actor,
    purpose ?? '',
  ]),
)}
${table(
  'Who looked',
  'Reads of these records, as far as they are recorded.',
  ['when', 'what', 'times', 'by', 'why'],
  looks.map(({ atMs, kind, times, actor, purpose }) => [
    formatInstant(atMs),
    kind,
    String(times),
    actor,
    purpose ?? '',
  ]),
)}
</body></html>
`;
}

function table(title: string, caption: string, heads: readonly string[], rows: readonly string[][]): string {
  const body = rows
    .map((cells) => `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`)
    .join('\n');
  if (rows.length === 0) return `<h2>${title}</h2><p class="quiet">None.</p>`;
  return `<h2>${title}</h2><table><caption>${caption}</caption><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>
${body}
</tbody></table>`;
}

function contentOf({ data, content }: ReportedEvent): string {
  const said = Object.entries({ ...data, ...content }).map(
    ([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  );
  return [...said, ...(content === null ? ['(erased)'] : [])].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
