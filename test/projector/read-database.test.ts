// The file of the read models: rows and checkpoint change together, and rows are replaced as a whole.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Projection } from '../../src/projector/projection.ts';
import { openReadDatabase, type ReadDatabase } from '../../src/projector/read-database.ts';

const projections: Projection[] = [
  {
    name: 'people',
    version: 1,
    by: 'contact',
    tables: [
      { name: 'person', columns: 'id TEXT PRIMARY KEY, name TEXT' },
      { name: 'job', columns: 'contact_id TEXT, id TEXT, title TEXT, PRIMARY KEY (contact_id, id)' },
    ],
    rows: () => [],
  },
  {
    name: 'log',
    version: 1,
    by: 'event',
    opens: [],
    tables: [{ name: 'seen', columns: 'position INTEGER PRIMARY KEY, type TEXT' }],
    rows: () => [],
  },
];
const open = (): ReadDatabase =>
  openReadDatabase(':memory:', projections, { timeZone: 'UTC' }, 'ledger').readDatabase!;

const rowsOf = (db: ReadDatabase, table: string) =>
  (db.prepare(`SELECT * FROM ${table}`).all() as object[]).map((row) => Object.values(row).join(' ')).sort();
const ann = (...rows: [string, ...string[]][]) => ({ by: 'contact', id: 'ann', rows }) as const;

describe('a change of the read models', () => {
  test('puts rows and checkpoint', () => {
    const db = open();
    db.write({ checkpoint: 7, replace: [ann(['person', 'ann', 'Ann'])], rows: [['seen', 1, 'A']] });
    expect(db.checkpoint).toBe(7);
    expect([rowsOf(db, 'person'), rowsOf(db, 'seen')]).toEqual([['ann Ann'], ['1 A']]);
  });

  test.each([
    ['a table that nobody declared', ['nothing', 1]],
    ['a row that does not fit', ['seen', 'no number', 'too', 'many']],
  ] as const)('with %s changes nothing, not even the checkpoint', (_, [table, ...values]) => {
    const db = open();
    db.write({ checkpoint: 7, replace: [ann(['person', 'ann', 'Ann'])], rows: [] });
    const wrong = () =>
      db.write({
        checkpoint: 8,
        replace: [ann(['person', 'ann', 'Bob'])],
        rows: [
          ['seen', 1, 'A'],
          [table, ...values],
        ],
      });
    expect(wrong).toThrow();
    expect(db.checkpoint).toBe(7);
    expect(db.prepare('SELECT checkpoint FROM meta').get()).toEqual({ checkpoint: 7 });
    expect([rowsOf(db, 'person'), rowsOf(db, 'seen')]).toEqual([['ann Ann'], []]);
    db.write({ checkpoint: 8, replace: [], rows: [['seen', 1, 'A']] });
    expect(rowsOf(db, 'seen')).toEqual(['1 A']);
  });

  test('replaces all rows of a contact, whatever their number and keys', () => {
    const jobs: string[][] = [['1'], ['2'], ['2', '3'], ['3'], ['1', '4'], [], ['1'], ['1']];
    const db = open();
    db.write({
      checkpoint: 0,
      replace: [{ by: 'contact', id: 'bob', rows: [['job', 'bob', '1', 't']] }],
      rows: [],
    });
    for (const [index, ids] of jobs.entries()) {
      const rows = ids.map((id): [string, ...string[]] => ['job', 'ann', id, `title ${index}`]);
      db.write({ checkpoint: index, replace: [ann(['person', 'ann', `Ann ${index}`], ...rows)], rows: [] });
      expect(rowsOf(db, 'job')).toEqual([...ids.map((id) => `ann ${id} title ${index}`), 'bob 1 t']);
      expect(rowsOf(db, 'person')).toEqual([`ann Ann ${index}`]);
    }
    db.write({ checkpoint: 9, replace: [ann()], rows: [] });
    expect([rowsOf(db, 'person'), rowsOf(db, 'job')]).toEqual([[], ['bob 1 t']]);
  });

  test('touches no row that stays as it was', () => {
    const db = open();
    const touched = () => Number((db.prepare('SELECT total_changes() AS n').get() as { n: number }).n);
    const write = (...jobs: [string, string][]) => {
      const before = touched();
      const rows = jobs.map(([id, title]): [string, ...string[]] => ['job', 'ann', id, title]);
      db.write({ checkpoint: 1, replace: [ann(...rows)], rows: [] });
      // Beside the checkpoint.
      return touched() - before - 1;
    };
    expect(write(['1', 'a'], ['2', 'b'], ['3', 'c'])).toBe(3);
    expect(write(['3', 'c'], ['1', 'a'], ['2', 'b'])).toBe(0);
    expect(write(['3', 'c'], ['4', 'd'], ['2', 'b'])).toBe(2);
    expect(rowsOf(db, 'job')).toEqual(['ann 2 b', 'ann 3 c', 'ann 4 d']);
  });

  test('shows in the checksum of its projection alone', () => {
    const db = open();
    const [people, log] = db.checksums();
    db.write({ checkpoint: 1, replace: [], rows: [['seen', 1, 'A']] });
    expect(db.checksums()[0]).toEqual(people);
    expect(db.checksums()[1]).not.toEqual(log);
    expect(db.checksums()[1]).toMatchObject({ name: 'log', version: 1, rows: 1 });
  });
});

describe('cards', () => {
  const people: Projection[] = [
    {
      name: 'contacts',
      version: 1,
      by: 'contact',
      tables: [{ name: 'contact', columns: 'id TEXT PRIMARY KEY, card TEXT', person: 'id' }],
      rows: () => [],
    },
  ];
  const cardOf = (id: string, name: string) =>
    ({ by: 'contact', id, rows: [['contact', id, JSON.stringify({ name })]] }) as const;
  const opened = (): ReadDatabase => {
    const db = openReadDatabase(':memory:', people, { timeZone: 'UTC' }, 'ledger').readDatabase!;
    db.write({ checkpoint: 1, replace: [cardOf('ann', 'Ann'), cardOf('bob', 'Bob')], rows: [] });
    return db;
  };
  const found = (db: ReadDatabase, ...ids: string[]) => [...db.findCards<{ name: string }>('contact', ids)];

  test('are found in the order asked, remembered or not, without who is not known', () => {
    const db = opened();
    expect(found(db, 'bob')).toEqual([['bob', { name: 'Bob' }]]);
    expect(found(db, 'ann', 'cid', 'bob')).toEqual([
      ['ann', { name: 'Ann' }],
      ['bob', { name: 'Bob' }],
    ]);
  });

  test('are parsed once until their row is replaced', () => {
    const db = opened();
    const [[, ann], [, bob]] = found(db, 'ann', 'bob') as [[string, object], [string, object]];
    db.write({ checkpoint: 2, replace: [cardOf('ann', 'Anne')], rows: [] });
    expect(found(db, 'ann', 'bob')).toEqual([
      ['ann', { name: 'Anne' }],
      ['bob', { name: 'Bob' }],
    ]);
    expect(found(db, 'ann')[0]![1]).not.toBe(ann);
    expect(found(db, 'bob')[0]![1]).toBe(bob);
  });

  test('are as before a write that failed', () => {
    const db = opened();
    const wrong = { checkpoint: 2, replace: [cardOf('ann', 'Anne')], rows: [['nothing', 1]] } as const;
    expect(() => db.write(wrong as unknown as Parameters<ReadDatabase['write']>[0])).toThrow();
    expect(found(db, 'ann')).toEqual([['ann', { name: 'Ann' }]]);
  });

  test('of the erased are forgotten with their rows', () => {
    const db = opened();
    found(db, 'ann', 'bob');
    db.write({ checkpoint: 2, replace: [], rows: [], erased: ['ann'] });
    expect(found(db, 'ann', 'bob')).toEqual([['bob', { name: 'Bob' }]]);
  });
});

test('a copy that cannot be made leaves nothing behind that takes up room', () => {
  const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const db = open();
  // Refused once the file is there, as where the disk is full.
  db.database.exec('BEGIN');
  expect(() => db.copyTo(join(folder, 'copy.db'))).toThrow('VACUUM');
  expect(readdirSync(folder)).toEqual([]);
});
