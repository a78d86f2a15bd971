// Charts for a page without script: a step curve with its band as SVG, and horizontal bars. Colours are the page's.
import type { SurvivalCurve } from '../statistics/survival.ts';

/** Makes a text safe to stand in HTML and SVG, between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const width = 640;
const curveHeight = 260;
const left = 72;
const bottom = 34;
const top = 10;
const right = 12;

/** The share of customers still at risk after so many days, with its 95 % band. Empty where there is nothing to draw. */
export function curveChart({ steps }: SurvivalCurve, label: string): string {
  const last = steps.at(-1)?.time ?? 0;
  if (last <= 0) return '';
  const x = (days: number) => left + (days / last) * (width - left - right);
  const y = (share: number) => top + (1 - share) * (curveHeight - top - bottom);
  const levels = { line: [1], upper: [1], lower: [1] };
  const at = [0];
  for (const step of steps) {
    at.push(step.time);
    levels.line.push(step.survival);
    levels.upper.push(step.upper);
    levels.lower.push(step.lower);
  }
  const points = (shares: number[]) =>
    shares.flatMap((share, index) => {
      const before = index === 0 ? [] : [`${round(x(at[index]!))},${round(y(shares[index - 1]!))}`];
      return [...before, `${round(x(at[index]!))},${round(y(share))}`];
    });
  const band = [...points(levels.upper), ...points(levels.lower).reverse()].join(' ');
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${round(y(share))}" y2="${round(y(share))}"/>` +
      `<text class="axis" x="${left - 6}" y="${round(y(share) + 4)}" text-anchor="end">${share * 100} %</text>`,
  );
  const ticks = tickDays(last).map(
    (days) =>
      `<text class="axis" x="${round(x(days))}" y="${curveHeight - bottom + 18}" text-anchor="middle">${days}</text>`,
  );
  return (
    `<svg viewBox="0 0 ${width} ${curveHeight}" role="img" aria-label="${escapeHtml(label)}">${grid.join('')}${ticks.join('')}` +
    `<polygon class="band" points="${band}"/><polyline class="curve" points="${points(levels.line).join(' ')}"/>` +
    `<text class="axis" x="${width - right}" y="${curveHeight - 2}" text-anchor="end">days</text></svg>`
  );
}

/** Up to eight round numbers of days. */
function tickDays(last: number): number[] {
  const wanted = [1, 2, 5, 7, 14, 30, 60, 90, 180, 365, 730, 1_825, 3_650];
  const step = wanted.find((one) => last / one <= 8) ?? Math.ceil(last / 8);
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step);
}

export interface Bar {
  label: string;
  /** Parts of the bar, drawn one after the other; `kind` names their colour. */
  parts: { kind: 'one' | 'good' | 'bad' | 'open'; amount: number }[];
  /** What stands at the end of the bar. */
  text: string;
}

/** Bars of one scale, longest = whole width; of HTML, so that they fit a phone. Empty where there is none. */
export function barChart(bars: readonly Bar[], label: string): string {
  if (bars.length === 0) return '';
  const total = ({ parts }: Bar) => parts.reduce((sum, part) => sum + part.amount, 0);
  const longest = Math.max(...bars.map(total), Number.MIN_VALUE);
  const rows = bars.map((bar) => {
    const parts = bar.parts
      .filter(({ amount }) => amount > 0)
      .map(({ kind, amount }) => `<i class="${kind}" style="width:${round((100 * amount) / longest)}%"></i>`);
    return `<dt>${escapeHtml(bar.label)}</dt><dd><span class="track">${parts.join('')}</span><span>${escapeHtml(bar.text)}</span></dd>`;
  });
  return `<dl class="bars" aria-label="${escapeHtml(label)}">${rows.join('')}</dl>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
