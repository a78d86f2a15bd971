// What another definition of key roles makes of a report, for a terminal.
import { money } from './executive-page.ts';
import { figureNames, type WhatWouldBe } from './report-difference.ts';

export function differencesText({ definition, sentence, differences }: WhatWouldBe): string {
  const rows = differences.map(({ figure, is, wouldBe, onlyIs, onlyWouldBe }) => {
    const counts = `${String(is.customers).padStart(6)} ${String(wouldBe.customers).padStart(9)}`;
    const apart = `${onlyIs.length} only here, ${onlyWouldBe.length} only there`;
    return `${figureNames[figure].padEnd(12)} ${counts}  ${money(is)} → ${money(wouldBe)}; ${apart}`;
  });
  return [
    `Under the definition ${definition.name} ${definition.version}, nothing written:`,
    sentence,
    '',
    `${''.padEnd(12)} ${'is'.padStart(6)} ${'would be'.padStart(9)}`,
    ...rows,
    'Of turnovers that only this definition opens, what people would have done is not known.',
  ].join('\n');
}
