// The executive report as a page and as text: complete, self-contained, and safe whatever the names are.
import { describe, expect, it } from 'vitest';
import { escapeHtml } from '../../src/reports/charts.ts';
import { differencesText } from '../../src/reports/difference-text.ts';
import { executivePage, executiveText } from '../../src/reports/executive-page.ts';
import { type Customer, executiveReport, revenue } from '../../src/reports/executive-report.ts';
import { differencesOf, replayNote } from '../../src/reports/report-difference.ts';
import { day, episode } from './episodes.ts';

const weekEnding = day('2026-03-08');

function report(changed: Parameters<typeof episode>[0] = {}) {
  const customers = new Map<string, Customer>();
  const episodes = Array.from({ length: 40 }, (_, index) => {
    const accountId = `account-${index}`;
    const currency = index % 5 === 0 ? 'EUR' : 'USD';
    const name = index === 0 ? '<script>alert("1")</script> & Söhne' : `Customer ${index}`;
    const arr = { minorUnits: (index + 1) * 1_234_500, currency };
    customers.set(accountId, { accountId, name, owner: `csm-${index % 4}`, arr });
    const learnedOn = weekEnding - 3 * index;
    const endedOn = index % 3 === 0 ? Math.min(weekEnding, learnedOn + index) : null;
    return episode({
      accountId,
      learnedOn,
      departed: { earliest: learnedOn - 20, latest: learnedOn - 10 },
      state: endedOn === null ? 'open' : index % 2 === 0 ? 'saved' : 'lost',
      stage: (['detected', 'coverage_assessed', 'onboarding'] as const)[index % 3]!,
      endedOn,
      replacedOn: endedOn,
      percentComplete: (index * 7) % 100,
      forecast: (['savable', 'high_risk', 'undecided'] as const)[index % 3]!,
      arrAtOpening: arr,
      ...changed,
    });
  });
  return executiveReport({ weekEnding, episodes, customers });
}

describe('the page of the executive report', () => {
  it('loads nothing, runs nothing, and shows names as they are', () => {
    const page = executivePage(report(), 4711);
    expect(page).not.toMatch(/<script|<link|<img|src=|url\(|@import|https?:/);
    expect(page).toContain('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; Söhne');
    expect(page).toContain('Ledger position 4711');
    expect(page).toContain('<svg');
    expect(page.match(/<dl class="bars"/g)).toHaveLength(3);
    expect(page).not.toContain('with an effort of');
    expect(executivePage(report({ doneWeight: 7 }), 4711)).toContain(
      'saved last week<br>€12,345, with an effort of 7<',
    );
  });

  it('has no empty charts where nobody is at risk', () => {
    const page = executivePage(executiveReport({ weekEnding, episodes: [], customers: new Map() }), 0);
    expect(page).toContain('Last week we saved no customer. No customer is at risk.');
    expect(page).not.toMatch(/<svg|<dl/);
    expect(page).not.toContain('NaN');
  });
});

describe('what another definition would make of it', () => {
  const is = report();
  const wouldBe = report({ forecast: 'savable' });
  const under = {
    definition: { name: '<own>', version: 3 },
    sentence: wouldBe.sentence,
    differences: differencesOf(is, wouldBe),
  };
  const columns = (html: string) => html.split(/<\/t[dh]>/).map((cell) => cell.replace(/<[^>]*>/g, ''));

  it('is a section of the page, figure by figure', () => {
    const page = executivePage(is, 4711, under);
    const section = /<section><h2>Under the definition .*?<\/section>/s.exec(page)![0];
    expect(section).toContain('<h2>Under the definition &#60;own&#62; 3</h2>');
    expect(section).toContain(escapeHtml(wouldBe.sentence));
    expect(section).toContain(replayNote(under));
    const rows = [...section.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) => columns(row!).slice(0, 6));
    const [savable, risky] = [is.savable, is.highRisk].map(revenue);
    const { customers } = is.atRisk;
    const others = is.highRisk.customers + is.undecided.customers;
    expect(rows).toEqual([
      ['customers', 'is', 'would be', 'only here / there', 'revenue that is', 'that would be'],
      expect.arrayContaining(['saved', '0 / 0']),
      expect.arrayContaining(['lost', '0 / 0']),
      expect.arrayContaining(['at risk', `${customers}`, '0 / 0']),
      ['savable', `${is.savable.customers}`, `${customers}`, `0 / ${others}`, savable, revenue(is.atRisk)],
      ['high risk', `${is.highRisk.customers}`, '0', `${is.highRisk.customers} / 0`, risky, 'no revenue'],
      expect.arrayContaining(['undecided', '0', 'no revenue']),
    ]);
    expect(executivePage(is, 4711)).not.toContain('Under the definition');
  });

  it('is said in a terminal too', () => {
    const lines = differencesText(under).split('\n');
    expect(lines[0]).toBe('Under the definition <own> 3, nothing written:');
    expect(lines).toContainEqual(
      expect.stringMatching(/^high risk +\d+ +0 .* → no revenue; \d+ only here, 0 only there$/),
    );
    expect(lines.at(-1)).toBe(replayNote(under));
    const counted = differencesText({ ...under, definition: { name: 'executive_report', version: 1 } });
    expect(counted).toMatch(/The turnovers are the same; only what is counted of them differs\.$/);
  });
});

it('says the same figures in a terminal', () => {
  const made = report();
  const text = executiveText(made, 4711);
  expect(text).toContain(made.sentence);
  expect(executiveText(report({ doneWeight: 7 }), 4711)).toMatch(/^saved +1 {2}.*, with an effort of 7$/m);
  expect(text).toMatch(new RegExp(`^at risk +${made.atRisk.customers} `, 'm'));
  expect(text.split('\n').filter((line) => line.includes(' days  '))).toHaveLength(made.atRisk.customers);
});
