// After an erasure no file holds a readable value of the person: 200 people, every file searched byte by byte.
import { beforeEach, describe, expect, it } from 'vitest';
import { contactListing } from '../../projections/contacts.ts';
import { countRows, listKeys } from '../../projections/listing.ts';
import type { Application } from '../../src/application.ts';
import { claimPersonal } from '../../src/belief.ts';
import { exportLines } from '../../src/export.ts';
import type { LedgerEvent } from '../../src/ledger-events.ts';
import { subjectOf } from '../../src/ledger-events.ts';
import { verify } from '../../src/verify.ts';
import { testActor } from '../support/app-in-memory.ts';
import { ledgerFolder } from '../support/app-on-disk.ts';
import { filesIn, findInFiles } from '../support/byte-search.ts';
import { tellDemo } from '../support/demo-ledger.ts';
import { importLines } from '../support/feed-in-memory.ts';

const folder = ledgerFolder();
const statuses = ['active', 'removed', 'merged', 'deceased'] as const;

async function allEvents(app: Application): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  for await (const page of app.store.readAll(0)) events.push(...(await app.sealing.open(page)));
  return events;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Texts that the log holds of these people and of nobody else. */
async function ownTexts(app: Application, people: ReadonlySet<string>): Promise<Set<string>> {
  const [own, shared] = [new Set<string>(), new Set<string>()];
  const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  for (const event of await allEvents(app)) {
    const isOwn = /^(contact|signals)-/.test(event.stream) && people.has(subjectOf(event.stream));
    for (const text of textsIn(claimPersonal(event.personal))) (isOwn ? own : shared).add(text);
    for (const text of textsIn(event.data)) shared.add(text);
  }
  const others = [...shared].map(folded).join('\n');
  return new Set([...own].filter((text) => text.length > 4 && !others.includes(folded(text))));
}

async function erase(app: Application, ids: readonly string[]) {
  const requests = ids.map((contactId) => ({
    contactId,
    legalBasis: 'objection' as const,
    requester: 'data_subject' as const,
    ticket: 'PRIV-1',
  }));
  return app.erasures.erase(requests, testActor);
}

const erasedFiles = (texts: Set<string>) => findInFiles(filesIn(folder.path), texts);

describe('erasing 200 people of a believable customer base', () => {
  let app: Application;
  let people: Set<string>;
  let texts: Set<string>;
  let lines: string[];
  beforeEach(async () => {
    app = await folder.open();
    await tellDemo(app, { accounts: 20 });
    const all = listKeys(app.readModels.database, contactListing({ statuses }, 'name', false), 10_000).map(
      (key) => String(key[1]),
    );
    people = new Set(all.slice(0, 200));
    // Who was merged with one of them is the same person.
    for (const id of people) {
      const outcome = await app.erasures.plan(id);
      if ('plan' in outcome) for (const other of outcome.plan.contactIds) people.add(other);
    }
    texts = await ownTexts(app, people);
    lines = [];
    for await (const page of exportLines(app, 'all')) lines.push(...page);
  });

  it('leaves no text of theirs in any file, and every count as it was', async () => {
    expect(people.size).toBeGreaterThanOrEqual(200);
    expect(texts.size).toBeGreaterThan(800);
    expect(erasedFiles(texts).length).toBeGreaterThan(texts.size / 2);
    const counted = () =>
      countRows(app.readModels.database, contactListing({ statuses }, 'name', false), 100_000);
    const before = counted();

    const outcomes = await erase(app, [...people]);
    expect(outcomes.every((outcome) => 'receipt' in outcome && outcome.receipt.completedAtMs !== null)).toBe(
      true,
    );
    expect(erasedFiles(texts)).toEqual([]);
    const receipts = JSON.stringify(outcomes);
    expect([...texts].filter((text) => receipts.includes(text))).toEqual([]);
    expect(counted()).toBe(before);
    expect((await verify(app)).findings).toEqual([]);

    const exported: string[] = [];
    for await (const page of exportLines(app, 'all')) exported.push(...page);
    const text = exported.join('\n');
    expect([...texts].filter((own) => text.includes(JSON.stringify(own)))).toEqual([]);

    await app.readModels.rebuild();
    await app.close();
    expect(erasedFiles(texts)).toEqual([]);
    app = await folder.open();
    const { accepted, refusals } = await importLines(app, lines).then(({ summary, refusals }) => ({
      accepted: summary.accepted,
      refusals,
    }));
    expect(accepted).toBe(0);
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['CONTACT_ERASED']));
    expect(erasedFiles(texts)).toEqual([]);
    expect((await verify(app)).findings).toEqual([]);
  });
});
