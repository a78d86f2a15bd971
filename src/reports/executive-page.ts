// The executive report as one self-contained HTML page: nothing is loaded, nothing runs, it can be mailed and printed.
import { minorUnitsPerUnit } from '../event-contract.ts';
import { isoFromDay } from '../time/day.ts';
import { type Bar, barChart, curveChart, escapeHtml } from './charts.ts';
import {
  type CustomerFigure,
  type ExecutiveReport,
  formatMoney,
  revenue,
  weekOf,
} from './executive-report.ts';
import { figureNames, replayNote, type WhatWouldBe } from './report-difference.ts';

const style = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #dfe4ea; --page: #f6f7f9; --card: #fff; --accent: #2c5fd1; --good: #2f8f5b; --bad: #c2483d; --open: #b9a14a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #9aa6b6; --line: #313a47; --page: #12161c; --card: #1a2029; --accent: #7fa5ff; --good: #5cc48c; --bad: #ef8378; --open: #d8c26e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.3rem; margin: 0; } h2 { font-size: 1.05rem; margin: 0 0 .6rem; } h3 { font-size: .9rem; margin: 0 0 .3rem; color: var(--soft); }
.week { color: var(--soft); margin: 0 0 1rem; }
.sentence { font-size: 1.25rem; line-height: 1.45; margin: 0 0 1.5rem; max-width: 46rem; }
.tiles { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); margin-bottom: 1.5rem; }
.tile, section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem; }
.tile b { display: block; font-size: 1.6rem; line-height: 1.2; } .tile span { color: var(--soft); font-size: .85rem; }
.good b { color: var(--good); } .bad b { color: var(--bad); }
section { margin-bottom: 1rem; } svg { width: 100%; height: auto; display: block; }
.grid { stroke: var(--line); } .axis { fill: var(--soft); font-size: 13px; }
@media (max-width: 40rem) { .axis { font-size: 20px; } }
.curve { fill: none; stroke: var(--accent); stroke-width: 2.5; } .band { fill: var(--accent); opacity: .15; }
.bars { display: grid; grid-template-columns: fit-content(14rem) 1fr; gap: .35rem .8rem; margin: 0 0 .8rem; font-size: .9rem; }
.bars dt { overflow: hidden; text-overflow: ellipsis; } .bars dd { display: grid; grid-template-columns: 1fr minmax(6rem, auto); gap: .6rem; align-items: center; margin: 0; }
@media (max-width: 40rem) { .bars { grid-template-columns: 1fr; gap: 0; } .bars dd { margin-bottom: .5rem; } }
.track { display: flex; height: 1.1rem; } .track i { min-width: 2px; } .one { background: var(--accent); } i.good { background: var(--good); } i.bad { background: var(--bad); } i.open { background: var(--open); }
.legend { color: var(--soft); font-size: .85rem; margin: .4rem 0 0; } .legend i { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin: 0 .3em 0 .9em; } .legend i:first-child { margin-left: 0; }
details { border-top: 1px solid var(--line); padding: .5rem 0; } summary { cursor: pointer; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; } td.number, th.number { text-align: right; }
footer { color: var(--soft); font-size: .85rem; margin-top: 1.5rem; }
`;

const forecasts = { savable: 'savable', high_risk: 'high risk', undecided: 'undecided' } as const;

/**
 * `position` is what the ledger held when the report was made: with the definitions it makes the report repeatable. `under` adds
 * what another definition would make of the week.
 */
export function executivePage(report: ExecutiveReport, position: number, under?: WhatWouldBe): string {
  const { saved, lost, atRisk, savable, highRisk, undecided, timeAtRisk } = report;
  const curve = timeAtRisk.all.sinceLearned.curve;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Customers at risk, ${weekOf(report)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Customers at risk after a main contact left</h1>
<p class="week">${weekOf(report)}</p>
<p class="sentence">${escapeHtml(report.sentence)}</p>
<div class="tiles">
${tile('saved last week', String(saved.customers), `${revenue(saved)}${effortOf(saved)}`, 'good')}
${tile('at risk', String(atRisk.customers), revenue(atRisk))}
${tile('days at risk on average', ageText(report), 'since the contact left')}
${tile('complete', report.percentComplete === null ? '–' : `${Math.round(report.percentComplete)} %`, 'mean of the customers at risk')}
${tile('expected to save', String(savable.customers), revenue(savable), 'good')}
${tile('high risk', String(highRisk.customers), revenue(highRisk), 'bad')}
${tile('undecided', String(undecided.customers), revenue(undecided))}
${tile('lost last week', String(lost.customers), revenue(lost), 'bad')}
</div>
${section('Money at risk by owner', report.owners.length > 0, moneyCharts(report))}
${section('How long customers stay at risk', curve.steps.length > 0, curveChart(curve, 'Share of turnovers still open by days since they were learned of'), curveNote(report))}
${section('Open turnovers by stage', report.stages.length > 0, barChart(stageBars(report), 'Open turnovers by stage'))}
${under ? differencesSection(under) : ''}
<section><h2>The customers behind each figure</h2>
${list('Saved', saved)}${list('At risk', atRisk)}${list('Lost', lost)}
</section>
<footer>Definitions: ${definitionsOf(report).join(', ')}. Ledger position ${position}. Each customer counts once, whatever the number of its contacts who left. Ages and shares are means over the customers at risk. Amounts are annual recurring revenue at the end of the week and never added across currencies. Effort is the weight of the steps that were done.</footer>
</main>
</body>
</html>
`;
}

function tile(what: string, figure: string, detail: string, kind = ''): string {
  return `<div class="tile ${kind}"><b>${escapeHtml(figure)}</b><span>${escapeHtml(what)}<br>${escapeHtml(detail)}</span></div>`;
}

function section(title: string, hasContent: boolean, chart: string, note = ''): string {
  return hasContent ? `<section><h2>${escapeHtml(title)}</h2>${chart}${note}</section>` : '';
}

/** What the revenue was saved with. */
const effortOf = ({ effort }: CustomerFigure): string => (effort > 0 ? `, with an effort of ${effort}` : '');

function ageText({ averageAgeDays }: ExecutiveReport): string {
  if (!averageAgeDays) return '–';
  const [min, max] = [Math.round(averageAgeDays.min), Math.round(averageAgeDays.max)];
  return min === max ? String(min) : `${min}–${max}`;
}

const ownersMax = 12;

/** One chart for each currency, so that no bar compares two of them. */
function moneyCharts({ owners, atRisk }: ExecutiveReport): string {
  const charts = atRisk.arr.map(({ currency }) => {
    const bars = owners.slice(0, ownersMax).map(({ owner, figure }): Bar => {
      const sum = (forecast: keyof typeof forecasts) =>
        figure.lines
          .filter((line) => line.forecast === forecast && line.arr?.currency === currency)
          .reduce((total, line) => total + line.arr!.minorUnits, 0) / minorUnitsPerUnit(currency);
      const parts = [
        { kind: 'good', amount: sum('savable') },
        { kind: 'bad', amount: sum('high_risk') },
        { kind: 'open', amount: sum('undecided') },
      ] as const;
      const total = parts.reduce((all, part) => all + part.amount, 0) * minorUnitsPerUnit(currency);
      const text = formatMoney({ minorUnits: Math.round(total), currency });
      return { label: owner ?? 'without owner', parts: [...parts], text };
    });
    const chart = barChart(
      bars.filter((bar) => bar.parts.some((part) => part.amount > 0)),
      `Revenue at risk by owner in ${currency}`,
    );
    return atRisk.arr.length === 1 ? chart : `<h3>${currency}</h3>${chart}`;
  });
  const rest = owners.length > ownersMax ? ` The first ${ownersMax} of ${owners.length} owners.` : '';
  return `${charts.join('')}<p class="legend"><i class="good"></i>savable<i class="bad"></i>high risk<i class="open"></i>undecided.${rest}</p>`;
}

function curveNote({ timeAtRisk }: ExecutiveReport): string {
  const { curve } = timeAtRisk.all.sinceLearned;
  const { value, lower, upper } = curve.median;
  const interval = `95 % interval ${lower ?? '–'} to ${upper ?? '–'}`;
  const median =
    value === null ? 'More than half are still open.' : `Half are over after ${value} days (${interval}).`;
  return `<p class="legend">${median} ${curve.episodes} turnovers, ${curve.ended} of them ended; Kaplan–Meier, the open ones counted as long as they have lasted.</p>`;
}

function stageBars({ stages }: ExecutiveReport): Bar[] {
  return stages.map(({ stage, turnovers }) => ({
    label: stage.replaceAll('_', ' '),
    parts: [{ kind: 'one', amount: turnovers }],
    text: String(turnovers),
  }));
}

function list(title: string, figure: CustomerFigure): string {
  if (figure.customers === 0) return '';
  const rows = figure.lines.map((line) => {
    const age =
      line.minAgeDays === line.maxAgeDays ? `${line.minAgeDays}` : `${line.minAgeDays}–${line.maxAgeDays}`;
    const cells = [line.name ?? line.accountId, line.owner ?? '–'].map(
      (text) => `<td>${escapeHtml(text)}</td>`,
    );
    const numbers = [
      line.arr ? formatMoney(line.arr) : '–',
      line.arrAtOpening ? formatMoney(line.arrAtOpening) : '–',
      age,
      `${Math.round(line.percentComplete)} %`,
    ].map((text) => `<td class="number">${escapeHtml(text)}</td>`);
    return `<tr>${cells.join('')}${numbers.join('')}<td>${forecasts[line.forecast]}</td></tr>`;
  });
  return `<details><summary>${title}: ${figure.customers} (${escapeHtml(revenue(figure))})</summary><div class="scroll"><table><thead><tr><th>customer</th><th>owner</th><th class="number">ARR now</th><th class="number">when it opened</th><th class="number">days</th><th class="number">complete</th><th>forecast</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

function differencesSection(under: WhatWouldBe): string {
  const { definition, sentence, differences } = under;
  const rows = differences.map(({ figure, is, wouldBe, onlyIs, onlyWouldBe }) => {
    // Sums of several currencies are wide: on a phone they are what one scrolls to.
    const counts = [
      String(is.customers),
      String(wouldBe.customers),
      `${onlyIs.length} / ${onlyWouldBe.length}`,
    ];
    const cells = [...counts, revenue(is), revenue(wouldBe)];
    return `<tr><td>${figureNames[figure]}</td>${cells.map((text) => `<td class="number">${escapeHtml(text)}</td>`).join('')}</tr>`;
  });
  const heads = ['is', 'would be', 'only here / there', 'revenue that is', 'that would be'];
  return `<section><h2>Under the definition ${escapeHtml(definition.name)} ${definition.version}</h2><p>${escapeHtml(sentence)}</p><div class="scroll"><table><thead><tr><th>customers</th>${heads.map((head) => `<th class="number">${head}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div><p class="legend">${replayNote(under)}</p></section>`;
}

/** The report for a terminal: the sentence, the figures, and the customers at risk. */
export function executiveText(report: ExecutiveReport, position: number): string {
  const figures: [string, CustomerFigure][] = [
    ['saved', report.saved],
    ['lost', report.lost],
    ['at risk', report.atRisk],
    ['  savable', report.savable],
    ['  high risk', report.highRisk],
    ['  undecided', report.undecided],
  ];
  const lines = figures.map(
    ([what, figure]) =>
      `${what.padEnd(12)} ${String(figure.customers).padStart(6)}  ${revenue(figure)}${figure === report.saved ? effortOf(figure) : ''}`,
  );
  const customers = report.atRisk.lines.map((line) => {
    const arr = line.arr ? formatMoney(line.arr) : '–';
    const [days, done] = [
      String(line.maxAgeDays).padStart(5),
      String(Math.round(line.percentComplete)).padStart(3),
    ];
    return `${arr.padStart(14)}  ${days} days  ${done} %  ${forecasts[line.forecast].padEnd(10)} ${line.name ?? line.accountId}`;
  });
  return [
    `Customers at risk, ${isoFromDay(report.from)} to ${isoFromDay(report.weekEnding)}`,
    '',
    report.sentence,
    '',
    ...lines,
    ...(customers.length > 0 ? ['', 'at risk:', ...customers] : []),
    '',
    `definitions ${definitionsOf(report).join(', ')}, ledger position ${position}`,
  ].join('\n');
}

/** All that the figures rest on beside the ledger. */
function definitionsOf({ definition, keyRoles, savedBy, timeAtRisk }: ExecutiveReport): string[] {
  return [definition, timeAtRisk.definition, ...keyRoles, ...savedBy].map(
    ({ name, version }) => `${name} ${version}`,
  );
}
