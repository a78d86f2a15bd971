// What another definition makes of a report, for a terminal.
import { revenue } from './executive-report.ts';
import { figureNames, replayNote, type WhatWouldBe } from './report-difference.ts';

export function differencesText(under: WhatWouldBe): string {
  const { definition, sentence, differences } = under;
  const rows = differences.map(({ figure, is, wouldBe, onlyIs, onlyWouldBe }) => {
    const counts = `${String(is.customers).padStart(6)} ${String(wouldBe.customers).padStart(9)}`;
    const apart = `${onlyIs.length} only here, ${onlyWouldBe.length} only there`;
    return `${figureNames[figure].padEnd(12)} ${counts}  ${revenue(is)} → ${revenue(wouldBe)}; ${apart}`;
  });
  return [
    `Under the definition ${definition.name} ${definition.version}, nothing written:`,
    sentence,
    '',
    `${''.padEnd(12)} ${'is'.padStart(6)} ${'would be'.padStart(9)}`,
    ...rows,
    replayNote(under),
  ].join('\n');
}
