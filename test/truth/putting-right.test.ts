// Merges and removals of real people, taken back on the command line and made again: what is believed is what it was.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { merge } from '../../src/cli/merge.ts';
import { resolveId } from '../../src/cli/resolve-id.ts';
import { undo } from '../../src/cli/undo.ts';
import { unmerge } from '../../src/cli/unmerge.ts';
import { openTestApplication, type TestApplication } from '../support/app-in-memory.ts';
import { importLines, type Line } from '../support/feed-in-memory.ts';
import { describeWithData, feedFile } from '../support/test-data.ts';

const mergesMax = 40;
const feed = feedFile('statehouse');

describeWithData(`the first ${mergesMax} merges of the statehouse feed`, [feed], () => {
  let app: TestApplication;
  let pairs: { loserId: string; survivorId: string }[] = [];
  const auditor = 'auditor-1';
  const why = { reason: 'checked' };
  const idOf = (contact: unknown) => resolveId(app, 'contact', `statehouse:${contact}`);
  const believed = (...ids: string[]) => Promise.all(ids.map((id) => app.readModels.beliefs.contact(id)));
  const takeBack = (id: string, eventId: string) =>
    undo(app, auditor, { kind: 'contact', id, eventId }, { ...why, acceptConflicts: true });

  beforeAll(async () => {
    app = await openTestApplication({ nowMs: Date.now() });
    const lines = gunzipSync(readFileSync(feed)).toString().trimEnd().split('\n');
    const merges = lines.filter((line) => line.includes('"ContactMerged"')).slice(0, mergesMax);
    const merged = merges.map((line) => JSON.parse(line) as Line);
    const people = new Set(merged.flatMap((line) => [line['contact'], line['into']]));
    const isTheirs = (line: string) =>
      line.includes('"AccountRegistered"') || people.has(/"contact": "([^"]*)"/.exec(line)?.[1]);
    await importLines(app, lines.filter(isTheirs));
    pairs = [];
    for (const { contact, into } of merged)
      pairs.push({ loserId: await idOf(contact), survivorId: await idOf(into) });
  });
  afterAll(() => app?.close());

  it('are parted, and joined again by undoing that', async () => {
    for (const { loserId, survivorId } of pairs) {
      const before = await believed(loserId, survivorId);
      const { data } = await unmerge(app, auditor, { kind: 'contact', id: loserId }, why);
      expect((await believed(loserId))[0]!.mergedInto).toBeNull();
      await takeBack(loserId, (data as { eventId: string }).eventId);
      expect(await believed(loserId, survivorId)).toEqual(before);
    }
  });

  it('could have been made with what the merged contact had: the preview says of each fact why, and parting gives it back', async () => {
    for (const { loserId, survivorId } of pairs) {
      await unmerge(app, auditor, { kind: 'contact', id: loserId }, why);
      const before = await believed(loserId, survivorId);
      const asked = { kind: 'contact', loserId, survivorId } as const;
      const { text } = await merge(app, auditor, asked, { dryRun: true });
      expect(text).not.toContain('undefined');
      expect(await believed(loserId, survivorId)).toEqual(before);
      await merge(app, auditor, asked, why);
      const { facts } = (await merge(app, auditor, asked, { dryRun: true })).data as { facts: object[] };
      expect(facts.filter((fact) => 'why' in fact && fact.why === 'new_to_survivor')).toEqual([]);
      await unmerge(app, auditor, { kind: 'contact', id: loserId }, why);
      expect(await believed(loserId, survivorId)).toEqual(before);
    }
  });

  it('whose removals are taken back are seen again, and gone again once that is undone', async () => {
    let removals = 0;
    for (const { survivorId } of pairs) {
      const [before] = await believed(survivorId);
      if (!before?.removed) continue;
      removals += 1;
      const { data } = await takeBack(survivorId, before.removed.eventId);
      expect((await believed(survivorId))[0]!.removed).toBeNull();
      await takeBack(survivorId, (data as { undoneBy: string }).undoneBy);
      expect((await believed(survivorId))[0]).toEqual(before);
    }
    expect(removals).toBeGreaterThan(5);
  });
});
