// What an import makes of a feed: what it takes, what it refuses and why, and that it can be repeated and resumed.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findContact } from '../../projections/contacts.ts';
import { EventStoreFailure } from '../../src/event-store/port.ts';
import { createSourceIds } from '../../src/ingest/import-feed.ts';
import type { FeedLine } from '../../src/ingest/line-reader.ts';
import { latest } from '../../src/timeline.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import {
  asFeedLine,
  eventsOf,
  feedOf,
  importBatches,
  importLines,
  importText,
  type Line,
  typesOf,
} from '../support/feed-in-memory.ts';
import { at, hourMs } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
});
afterEach(() => app.close());

const acme = { type: 'AccountRegistered', account: 'acme', name: 'Acme' };
const globex = { type: 'AccountRegistered', account: 'globex', name: 'Globex' };
const ann = { type: 'ContactRegistered', contact: 'ann', name: 'Ann Archer', email: 'ann@acme.example' };
const bob = { type: 'ContactRegistered', contact: 'bob', name: 'Bob Baker' };
const cleo = { type: 'ContactRegistered', contact: 'cleo', name: 'Cleo Clark' };
const job = { contact: 'ann', placement: 'job' };
const annStarts = { type: 'PlacementStarted', ...job, account: 'acme', effectiveOn: '2025-03' };
const removed = { type: 'ContactRemoved', contact: 'ann', reason: 'deleted_in_source' };

const contactId = (id: string) => createSourceIds(app).contact('crm', id);
const contactOf = (id: string) => findContact(app.readModels.database, contactId(id))!;

/** Imports the lines and returns what was refused, each as "line code path". */
async function refusalsOf(...lines: (Line | string)[]): Promise<string[]> {
  const { refusals } = await importLines(app, lines.map(numbered));
  return refusals.map(({ line, code, path }) => `${line} ${code} ${path}`.trim());
}
const numbered = (line: Line | string, index: number) =>
  typeof line === 'string'
    ? line
    : { source: 'crm', id: String(index + 1), learnedAt: '2026-06-01T00:00:00Z', ...line };

describe('a line that names something unknown is refused:', () => {
  test('a contact', async () => {
    expect(await refusalsOf({ type: 'ContactNameChanged', contact: 'nobody', name: 'N' })).toEqual([
      '1 CONTACT_UNKNOWN contact',
    ]);
  });
  test('an account', async () => {
    expect(await refusalsOf(ann, { ...annStarts, account: 'nowhere' })).toEqual([
      '2 ACCOUNT_UNKNOWN account',
    ]);
  });
  test('a parent account', async () => {
    expect(await refusalsOf({ ...acme, parent: 'group' })).toEqual(['1 ACCOUNT_UNKNOWN parent']);
  });
  test('a placement', async () => {
    expect(await refusalsOf(ann, { type: 'PlacementEnded', ...job })).toEqual([
      '2 PLACEMENT_UNKNOWN placement',
    ]);
  });
  test('the survivor of a merge', async () => {
    expect(await refusalsOf(ann, { type: 'ContactMerged', contact: 'ann', into: 'bob' })).toEqual([
      '2 CONTACT_UNKNOWN into',
    ]);
  });
  test('a contact that only a later line registers', async () => {
    expect(await refusalsOf({ type: 'ContactDied', contact: 'ann' }, ann)).toEqual([
      '1 CONTACT_UNKNOWN contact',
    ]);
  });
  test('a contact that another source has under this id', async () => {
    expect(await refusalsOf(ann, { type: 'ContactDied', contact: 'ann', source: 'erp' })).toEqual([
      '2 CONTACT_UNKNOWN contact',
    ]);
  });
});

describe('a line that cannot be is refused:', () => {
  test('a merge into itself', async () => {
    expect(await refusalsOf(ann, { type: 'ContactMerged', contact: 'ann', into: 'ann' })).toEqual([
      '2 MERGE_INTO_ITSELF into',
    ]);
  });
  test('a merge that closes a circle', async () => {
    const merges = [
      { type: 'ContactMerged', contact: 'ann', into: 'bob' },
      { type: 'ContactMerged', contact: 'bob', into: 'cleo' },
      { type: 'ContactMerged', contact: 'cleo', into: 'ann' },
    ];
    expect(await refusalsOf(ann, bob, cleo, ...merges)).toEqual(['6 MERGE_CYCLE into']);
    expect(contactOf('cleo').mergedInto).toBeNull();
  });
  test('a parent that closes a circle', async () => {
    expect(
      await refusalsOf(
        acme,
        { ...globex, parent: 'acme' },
        { ...acme, parent: 'globex' },
        {
          ...acme,
          parent: 'acme',
        },
      ),
    ).toEqual(['3 PARENT_CYCLE parent', '4 PARENT_CYCLE parent']);
  });
  test('knowledge from the future', async () => {
    const nowMs = app.clock.nowMs();
    const learned = (aheadMs: number) => new Date(nowMs + aheadMs).toISOString();
    expect(
      await refusalsOf(
        { ...ann, learnedAt: learned(5 * 60_000) },
        { ...bob, learnedAt: learned(5 * 60_001) },
      ),
    ).toEqual(['2 LEARNED_IN_FUTURE learnedAt']);
  });
  test('an id that the source used for something else', async () => {
    expect(await refusalsOf(ann, { ...ann, id: '1', name: 'Ann Baker' })).toEqual(['2 CLAIM_ID_REUSED id']);
    expect(latest(contactOf('ann').name)).toBe('Ann Archer');
  });
  test('a contact or an account that is registered already as another', async () => {
    expect(await refusalsOf(ann, acme, { ...ann, name: 'Bob' }, { ...acme, name: 'Globex' })).toEqual([
      '3 CONTACT_ALREADY_REGISTERED contact',
      '4 ACCOUNT_ALREADY_REGISTERED account',
    ]);
  });
  test('a change of a contact that was merged away', async () => {
    const merged = { type: 'ContactMerged', contact: 'ann', into: 'bob' };
    expect(
      await refusalsOf(ann, bob, merged, { type: 'ContactNameChanged', contact: 'ann', name: 'A' }),
    ).toEqual(['4 CONTACT_MERGED contact']);
  });
  test('but not of its placement, which is the survivor’s where the merge was made here and carried it', async () => {
    await refusalsOf(acme, ann, bob, cleo, annStarts);
    for (const [loser, survivor] of [
      ['ann', 'bob'],
      ['bob', 'cleo'],
    ] as const)
      await tell(
        app,
        { type: 'MergeContacts', contactId: contactId(loser), intoId: contactId(survivor) },
        { learnedOn: '2026-06-02' },
      );
    const news = { source: 'crm', learnedAt: '2026-06-03T00:00:00Z' };
    const lines = [
      { ...news, id: '10', type: 'PlacementEnded', ...job, effectiveOn: '2026-05-31', reason: 'resigned' },
      { ...news, id: '11', type: 'TitleChanged', ...job, title: 'Director' },
      { ...news, id: '12', type: 'ContactNameChanged', contact: 'ann', name: 'A' },
    ];
    expect(await refusalsOf(...lines)).toEqual(['3 CONTACT_MERGED contact']);
    const [placement] = contactOf('cleo').placements;
    expect(placement).toMatchObject({ ended: { effectiveOn: '2026-05-31', reasonCode: 'resigned' } });
    expect(latest(placement!.title)).toBe('Director');
    const { summary } = await importLines(app, lines);
    expect(summary).toMatchObject({ accepted: 0, repeated: 2, refused: 1 });
  });
  test('a value taken back that nobody believes', async () => {
    const email = { type: 'ContactEmailChanged', contact: 'ann', email: '', was: 'a@old.example' };
    expect(await refusalsOf(ann, email)).toEqual(['2 FACT_UNKNOWN was']);
  });
});

describe('a line that cannot be read is set aside by its number, and the rest goes in:', () => {
  test('whatever is wrong with it', async () => {
    const { summary, refusals } = await importText(
      app,
      [
        JSON.stringify(numbered(acme, 0)),
        'not JSON, but secret',
        '["secret"]',
        '',
        JSON.stringify({ code: 'secret', path: 'secret', message: 'secret' }),
        JSON.stringify(numbered({ ...ann, effectiveOn: 'secret' }, 4)),
        `{"secret":"${'x'.repeat(10_000_000)}"}`,
        JSON.stringify(numbered({ type: 'Secret' }, 6)),
        JSON.stringify(numbered(ann, 7)),
      ].join('\n'),
    );
    expect(refusals.map(({ line, code, path }) => [line, code, path])).toEqual([
      [2, 'LINE_NOT_JSON', ''],
      [3, 'LINE_NOT_JSON', ''],
      [5, 'TYPE_UNKNOWN', 'type'],
      [6, 'FIELD_INVALID', 'effectiveOn'],
      [7, 'LINE_TOO_LONG', ''],
      [8, 'TYPE_UNKNOWN', 'type'],
    ]);
    expect(JSON.stringify(refusals)).not.toMatch(/secret/i);
    expect(summary).toEqual({ lines: 8, accepted: 2, repeated: 0, refused: 6, complete: true });
    expect(latest(contactOf('ann').name)).toBe('Ann Archer');
  });

  test('also where only its event would be too large', async () => {
    const words = Object.fromEntries(
      Array.from({ length: 260 }, (_, n) => [`field ${n}`, `${n} ${'x'.repeat(3_960)}`]),
    );
    expect(await refusalsOf({ ...ann, attributes: words }, bob)).toEqual(['1 LINE_TOO_LONG']);
    expect(latest(contactOf('bob').name)).toBe('Bob Baker');
  });
});

describe('what real feeds do is taken:', () => {
  test('an end before the start holds no day', async () => {
    expect(
      await refusalsOf(acme, ann, annStarts, { type: 'PlacementEnded', ...job, effectiveOn: '2024' }),
    ).toEqual([]);
    expect(contactOf('ann').placements[0]).toMatchObject({
      startsOn: '2025-03',
      ended: { effectiveOn: '2024' },
    });
  });

  test('what is believed already is confirmed', async () => {
    const renamed = { type: 'ContactNameChanged', contact: 'ann', name: 'Ann Archer' };
    expect(
      await refusalsOf(acme, ann, annStarts, { ...ann }, { ...annStarts }, renamed, { ...acme }),
    ).toEqual([]);
    expect(typesOf(await eventsOf(app)).slice(3)).toEqual(Array(4).fill('ClaimConfirmed'));
    expect(contactOf('ann').placements).toHaveLength(1);
  });

  test('the removed is removed again, and what was not removed is restored', async () => {
    expect(await refusalsOf(ann, { type: 'ContactRestored', contact: 'ann' }, removed, removed)).toEqual([]);
    expect(typesOf(await eventsOf(app))).toEqual([
      'ContactRegistered',
      'ClaimConfirmed',
      'ContactRemoved',
      'ClaimConfirmed',
    ]);
    expect(contactOf('ann').removed).toMatchObject({ reasonCode: 'deleted_in_source' });
  });

  test('a merge moves nothing', async () => {
    const bobStarts = { ...annStarts, contact: 'bob' };
    expect(
      await refusalsOf(acme, ann, bob, annStarts, bobStarts, {
        type: 'ContactMerged',
        contact: 'ann',
        into: 'bob',
      }),
    ).toEqual([]);
    expect(contactOf('ann').mergedInto).toMatchObject({ contactId: contactId('bob'), carried: [] });
    expect(contactOf('bob')).toMatchObject({ emails: [], placements: [{ accountId: expect.any(String) }] });
  });

  test('a new value for one that nobody believed is proposed', async () => {
    const lines = [
      { type: 'ContactEmailChanged', contact: 'ann', email: 'a@new.example', was: 'a@old.example' },
      { type: 'ContactPhoneChanged', contact: 'ann', kind: 'office', line: 'voice', phone: '1', was: '2' },
      { type: 'ContactAddressChanged', contact: 'ann', kind: 'office', address: '1 Way', was: '2 Way' },
    ];
    expect(await refusalsOf(ann, ...lines)).toEqual([]);
    expect(typesOf(await eventsOf(app)).slice(1)).toEqual(Array(3).fill('ChangeProposed'));
    const { emails, phones, addresses, proposals } = contactOf('ann');
    expect([emails, phones, addresses].map((facts) => facts.length)).toEqual([1, 0, 0]);
    expect(proposals.map(({ claimed, doubt, state }) => [claimed, doubt, state])).toEqual([
      ['ContactEmailChanged', 'former_value_not_believed', 'open'],
      ['ContactPhoneChanged', 'former_value_not_believed', 'open'],
      ['ContactAddressChanged', 'former_value_not_believed', 'open'],
    ]);
    const result = await app.ledger.execute(
      { type: 'AcceptChange', contactId: contactId('ann'), proposalId: proposals[0]!.id },
      { actor: importer, source: 'test', by: 'person' },
    );
    expect(result).toMatchObject({ ok: true });
    expect(contactOf('ann').emails.map((email) => latest(email.address))).toEqual([
      'ann@acme.example',
      'a@new.example',
    ]);
  });
  const importer = { id: 'tester', kind: 'person' } as const;

  test('a line that is there twice counts once', async () => {
    const { summary } = await importLines(app, feedOf([ann, { ...ann, id: '1' }]));
    expect(summary).toMatchObject({ lines: 2, accepted: 1, repeated: 1, refused: 0 });
    expect(await app.store.head()).toBe(1);
  });

  test('lines whose order of learning is not that of the feed', async () => {
    expect(
      await refusalsOf(
        { ...ann, learnedAt: '2026-01-01T00:00:00Z' },
        { type: 'ContactNameChanged', contact: 'ann', name: 'New', learnedAt: '2026-03-01T00:00:00Z' },
        { type: 'ContactNameChanged', contact: 'ann', name: 'Between', learnedAt: '2026-02-01T00:00:00Z' },
      ),
    ).toEqual([]);
    expect(contactOf('ann').name.map((said) => said.value)).toEqual(['Ann Archer', 'Between', 'New']);
  });
});

describe('a feed that is imported a second time', () => {
  const lines = feedOf([
    acme,
    ann,
    annStarts,
    { ...ann },
    removed,
    removed,
    { type: 'ContactEmailChanged', contact: 'ann', email: 'a@new.example', was: 'a@old.example' },
    { type: 'PlacementEnded', contact: 'bob', placement: 'job' },
  ]);

  test('writes nothing', async () => {
    const first = await importLines(app, lines);
    const head = await app.store.head();
    const second = await importLines(app, lines);
    expect(second.summary).toEqual({ lines: 8, accepted: 0, repeated: 7, refused: 1, complete: true });
    expect(second.refusals).toEqual(first.refusals);
    expect(await app.store.head()).toBe(head);
  });

  test('writes nothing where its lines do not say when they were learned either', async () => {
    const undated = lines.map((line) => ({ ...line, learnedAt: undefined }));
    await importLines(app, undated);
    const head = await app.store.head();
    app.clock.advance(hourMs);
    const { summary } = await importLines(app, undated);
    expect(summary).toMatchObject({ accepted: 0, repeated: 7, refused: 1 });
    expect(await app.store.head()).toBe(head);
  });

  test('leaves no trace either where all of its lines are refused', async () => {
    await importLines(app, feedOf([{ type: 'ContactDied', contact: 'ann' }], {}));
    expect(await app.store.head()).toBe(0);
  });
});

describe('lines that do not say when they were learned', () => {
  const lines = feedOf([acme, ann, annStarts, bob, cleo], {});
  const learnedAt = async () =>
    (await eventsOf(app)).filter(({ type }) => !type.startsWith('Import')).map((event) => event.learnedAtMs);

  async function* brokenOffAfter(count: number): AsyncGenerator<FeedLine[]> {
    yield lines.slice(0, count).map(asFeedLine);
    throw new Error('the plug was pulled');
  }

  test('are learned at one instant, however long the import takes', async () => {
    const startedMs = app.clock.nowMs();
    async function* slowly() {
      for (const [index, line] of lines.entries()) {
        yield [asFeedLine(line, index)];
        app.clock.advance(hourMs);
      }
    }
    await importBatches(app, slowly());
    expect(await learnedAt()).toEqual(Array(5).fill(startedMs));
    expect(typesOf(await eventsOf(app))).toEqual([
      'ImportStarted',
      'AccountRegistered',
      'ContactRegistered',
      'PlacementStarted',
      'ContactRegistered',
      'ContactRegistered',
      'ImportCompleted',
    ]);
  });

  test('are learned at the same instant when the import is resumed', async () => {
    const startedMs = app.clock.nowMs();
    await expect(importBatches(app, brokenOffAfter(3))).rejects.toThrow('the plug was pulled');
    app.clock.advance(24 * hourMs);
    const { summary } = await importLines(app, lines);
    expect(summary).toEqual({ lines: 5, accepted: 2, repeated: 3, refused: 0, complete: true });
    expect(await learnedAt()).toEqual(Array(5).fill(startedMs));
    expect(typesOf(await eventsOf(app)).filter((type) => type.startsWith('Import'))).toEqual([
      'ImportStarted',
      'ImportCompleted',
    ]);
  });

  test('are learned later when they are appended after the import was completed', async () => {
    const startedMs = app.clock.nowMs();
    await importLines(app, lines.slice(0, 3));
    app.clock.advance(24 * hourMs);
    await importLines(app, lines);
    expect(await learnedAt()).toEqual([
      ...Array(3).fill(startedMs),
      ...Array(2).fill(startedMs + 24 * hourMs),
    ]);
  });

  test('are learned later also where the import was interrupted after its last line', async () => {
    await expect(importBatches(app, brokenOffAfter(5))).rejects.toThrow('the plug was pulled');
    await importLines(app, lines);
    app.clock.advance(24 * hourMs);
    const died = { source: 'crm', id: '6', type: 'ContactDied', contact: 'bob' };
    await importLines(app, [...lines, died]);
    expect((await learnedAt()).at(-1)).toBe(app.clock.nowMs());
  });

  test('belong to a run that stays open where the input was cut', async () => {
    const startedMs = app.clock.nowMs();
    async function* cut(): AsyncGenerator<FeedLine[]> {
      yield lines.slice(0, 2).map(asFeedLine);
      yield [{ number: 3, fault: 'FEED_CUT', reason: 'Z_BUF_ERROR', bytesRead: 0 }];
    }
    const { summary, refusals } = await importBatches(app, cut());
    expect(summary).toMatchObject({ lines: 3, accepted: 2, refused: 1, complete: false });
    expect(refusals).toMatchObject([{ line: 3, code: 'FEED_CUT', path: '' }]);
    app.clock.advance(hourMs);
    await importLines(app, lines);
    expect(await learnedAt()).toEqual(Array(5).fill(startedMs));
  });
});

describe('a store that fails in the middle of an import', () => {
  const people = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      type: 'ContactRegistered',
      contact: `c${n}`,
      name: `C ${n}`,
    }));
  const changes = (count: number) =>
    people(count).map(({ contact }) => ({ type: 'ContactNameChanged', contact, name: 'Another' }));

  /** Lets this many appends through, then no more until the returned function is called. */
  function failAfter(count: number): () => void {
    const { append } = app.store;
    let left = count;
    app.store.append = (...args) =>
      left-- > 0
        ? append.apply(app.store, args)
        : Promise.reject(new EventStoreFailure('STORE_FULL', 'There is no room left.'));
    return () => {
      app.store.append = append;
    };
  }

  test.each([0, 1, 40, 150, 299])('after %i appends stops it; all that was written stays', async (count) => {
    const lines = feedOf([...people(150), ...changes(150)]);
    const heal = failAfter(count);
    await expect(importLines(app, lines)).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(await app.store.head()).toBe(count);
    heal();
    const { summary } = await importLines(app, lines);
    expect(summary).toMatchObject({ accepted: 300 - count, repeated: count, refused: 0 });
    expect(await app.store.head()).toBe(300);
    expect(latest(contactOf('c149').name)).toBe('Another');
  });

  test('stops it also where the beginning of the run cannot be written', async () => {
    const lines = feedOf(people(3), {});
    const heal = failAfter(0);
    await expect(importLines(app, lines)).rejects.toMatchObject({ code: 'STORE_FULL' });
    heal();
    app.clock.advance(hourMs);
    await importLines(app, lines);
    expect(new Set((await eventsOf(app)).map((event) => event.learnedAtMs))).toEqual(
      new Set([at('2027-01-01T13:00:00Z')]),
    );
  });
});
