// Read model: the words by which a contact or account is found: of its name, addresses, numbers, ids and domains, former ones too.
import type { AccountBelief } from '../src/account/belief.ts';
import type { ContactBelief } from '../src/contact/belief.ts';
import type {
  AccountProjection,
  ContactProjection,
  Row,
  SqlValue,
  TableDefinition,
} from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import { latest, type Timeline } from '../src/timeline.ts';
import { sortName } from './contacts.ts';
import type { ListKey } from './listing.ts';

/** Where a word was found. The lower number ranks first. */
export const searchFields = { name: 1, email: 2, phone: 3, externalId: 4, domain: 5, former: 6 } as const;
export type SearchField = keyof typeof searchFields;

/**
 * Ordinary rows rather than a full-text index: they are checksummed, rebuilt and erased like all others, and a contact's are only
 * written where its words changed. `whole` = the term is a whole value, not a word of one.
 */
const termTable = (name: string): TableDefinition => ({
  name,
  columns: 'subject_id TEXT, term TEXT, field INTEGER, whole INTEGER, PRIMARY KEY (subject_id, term)',
  withoutRowid: true,
  indexes: ['term, subject_id, field'],
});

export const searchContacts: ContactProjection = {
  by: 'contact',
  name: 'search of contacts',
  version: 2,
  tables: [termTable('contact_term')],
  rows: (belief) => termsOfContact(belief).rows('contact_term', belief.id),
};

export const searchAccounts: AccountProjection = {
  by: 'account',
  name: 'search of accounts',
  version: 2,
  tables: [termTable('account_term')],
  rows: (belief) => termsOfAccount(belief).rows('account_term', belief.id),
};

function termsOfContact(belief: ContactBelief): Terms {
  const terms = createTerms();
  addName(terms, belief.name);
  for (const { address } of belief.emails) {
    addAll(address, 'email', (value, field) => {
      const at = value.lastIndexOf('@');
      terms.addWhole(value, field);
      terms.addWords(value.slice(0, at < 0 ? value.length : at), field);
      if (at >= 0 && field === 'email') addDomain(terms, value.slice(at + 1), field);
    });
  }
  for (const { number } of belief.phones)
    addAll(number, 'phone', (value, field) => terms.addPhone(value, field));
  for (const { id } of belief.externalIds) terms.addWhole(id, 'externalId');
  return terms;
}

function termsOfAccount(belief: AccountBelief): Terms {
  const terms = createTerms();
  addName(terms, belief.name);
  for (const domain of latest(belief.domains) ?? []) addDomain(terms, domain, 'domain');
  addAll(belief.phone, 'phone', (value, field) => terms.addPhone(value, field));
  for (const { id } of belief.externalIds) terms.addWhole(id, 'externalId');
  return terms;
}

function addName(terms: Terms, name: Timeline<string | null>): void {
  addAll(name, 'name', (value, field) => {
    terms.addWhole(value, field);
    terms.addWords(value, field);
  });
}

function addDomain(terms: Terms, domain: string, field: SearchField): void {
  terms.addWhole(domain, field);
  // Not the last part: half of all would be found by "com".
  terms.addWords(domain.split('.').slice(0, -1).join(' '), field);
}

/** The value that is believed now counts for its field, every other that ever was for a former one. */
function addAll(
  timeline: Timeline<string | null>,
  field: SearchField,
  add: (value: string, field: SearchField) => void,
): void {
  const now = latest(timeline);
  for (const { value } of timeline) if (value !== null) add(value, value === now ? field : 'former');
}

interface Terms {
  addWords(text: string, field: SearchField): void;
  addWhole(text: string, field: SearchField): void;
  addPhone(text: string, field: SearchField): void;
  rows(table: string, subjectId: string): Row[];
}

function createTerms(): Terms {
  const terms = new Map<string, { field: number; whole: number }>();
  function add(term: string, field: SearchField, whole: number): void {
    if (term === '') return;
    const known = terms.get(term);
    const number = searchFields[field];
    if (!known) terms.set(term, { field: number, whole });
    else if (number < known.field || whole > known.whole)
      terms.set(term, { field: Math.min(number, known.field), whole: Math.max(whole, known.whole) });
  }
  return {
    addWords(text, field) {
      for (const chunk of chunksOf(text)) {
        add(squashed(chunk), field, 0);
        // Smith-Jones is found by either part.
        for (const word of chunk.split(notWord)) add(word, field, 0);
      }
    },
    addWhole: (text, field) => add(squashed(folded(text)), field, 1),
    addPhone(text, field) {
      const digits = text.replace(/\D+/g, '');
      add(digits, field, 1);
      if (digits !== '') add(backwards(digits), field, 0);
    },
    rows: (table, id) => [...terms].map(([term, { field, whole }]) => [table, id, term, field, whole]),
  };
}

const notWord = /[^\p{L}\p{N}]+/u;
/** Letters that Unicode does not take apart into a base and an accent. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Without case and accents. */
function folded(text: string): string {
  return sortName(text).replace(/[ßøæœłđðþı]/g, (letter) => letters[letter]!);
}

/** Letters and digits alone: addresses, ids and hyphenated names are the same however they are punctuated. */
function squashed(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '');
}

function chunksOf(text: string): string[] {
  return folded(text).split(/\s+/);
}

/** A number is also found by how it ends: people leave out the country, the area or their zeros. */
function backwards(digits: string): string {
  return `~${[...digits].reverse().join('')}`;
}

/** A word of the text that is searched for, as the beginnings of terms that it may be. */
type Word = readonly string[];
export const wordsMax = 8;
const phoneDigitsMin = 4;

export interface SearchText {
  words: readonly Word[];
  /** All of it, to be compared with whole values. */
  whole: string;
}

/** Null where there is nothing in it to search for. */
export function readSearchText(text: string): SearchText | null {
  const isNumber = /^\s*[+\d][\d\s()./-]*$/.test(text) && squashed(text).length >= phoneDigitsMin;
  const chunks = (isNumber ? [folded(text)] : chunksOf(text)).map(squashed).filter((chunk) => chunk !== '');
  if (chunks.length === 0) return null;
  return { words: [...new Set(chunks)].map(wordOf), whole: chunks.join('') };
}

function wordOf(chunk: string): Word {
  if (chunk.length < phoneDigitsMin || !/^\d+$/.test(chunk)) return [chunk];
  const digits = chunk.replace(/^0+/, '');
  return digits === '' ? [chunk] : [chunk, backwards(digits)];
}

export type SearchKind = 'contact' | 'account';
export interface SearchAsked {
  text: SearchText;
  kinds: readonly SearchKind[];
  /** Removed contacts and closed accounts too. */
  includeRemoved: boolean;
}
export interface SearchFound {
  /** Rank, name, kind and id: the order of the list. */
  key: ListKey;
  kind: SearchKind;
  id: string;
  /** The contact or account whose words they are: another one where it was merged into this one. */
  matchedId: string;
  field: SearchField;
  precision: 'whole' | 'words' | 'beginnings';
}

/** Of a word that more terms begin with, only so many are ranked, the whole words first. */
const termsRankedMax = 10_000;
const precisions = ['whole', 'words', 'beginnings'] as const;
const fieldNames = Object.keys(searchFields) as SearchField[];

/**
 * What all words are found in, ranked: first where the text is a whole value, then where all words are whole, then where they
 * begin words; within that by field (of several words the lowest), within that by name.
 */
export function search(db: ReadDatabase, asked: SearchAsked, limit: number, after?: ListKey): SearchFound[] {
  if (asked.kinds.length === 0) return [];
  const { sql, values } = searchSql(db, asked);
  const seek = after ? 'WHERE (rank, sort_name, kind, id) > (?, ?, ?, ?)' : '';
  const rows = db
    .prepare(`SELECT * FROM (${sql}) ${seek} ORDER BY rank, sort_name, kind, id LIMIT ?`)
    .all(...values, ...(after ?? []), limit) as {
    rank: number;
    sort_name: string;
    kind: SearchKind;
    id: string;
    matched_id: string;
  }[];
  return rows.map(({ rank, sort_name, kind, id, matched_id }) => ({
    key: [rank, sort_name, kind, id],
    kind,
    id,
    matchedId: matched_id,
    field: fieldNames[(rank % 10) - 1]!,
    precision: precisions[Math.floor(rank / 10)]!,
  }));
}

export function countSearched(db: ReadDatabase, asked: SearchAsked, upTo: number): number {
  if (asked.kinds.length === 0) return 0;
  const { sql, values } = searchSql(db, asked);
  const row = db.prepare(`SELECT count(*) AS n FROM (${sql} LIMIT ?)`).get(...values, upTo + 1);
  return (row as { n: number }).n;
}

interface Sql {
  sql: string;
  values: SqlValue[];
}

export function searchSql(db: ReadDatabase, { text, kinds, includeRemoved }: SearchAsked): Sql {
  const parts = kinds.map((kind) => {
    const hits = hitsSql(db, `${kind}_term`, text);
    return {
      sql: shownOf(kind, hits.sql, includeRemoved),
      values: hits.values,
    };
  });
  return {
    sql: parts.map(({ sql }) => `SELECT * FROM (${sql})`).join(' UNION ALL '),
    values: parts.flatMap(({ values }) => values),
  };
}

/** Subjects in which all words are found, with their rank. The rarest word is looked up, the others are looked for in what it finds. */
function hitsSql(db: ReadDatabase, table: string, { words, whole }: SearchText): Sql {
  const [rarest, ...others] = byRarity(db, table, words) as [Word, ...Word[]];
  const found = rarest.map(
    () =>
      `SELECT subject_id, term, field FROM ${table} WHERE term >= ? AND term < ? ORDER BY term LIMIT ${termsRankedMax}`,
  );
  const driver =
    `SELECT subject_id, min((${notExact(rarest)}) * 10 + field) AS w0 ` +
    `FROM (${found.map((one) => `SELECT * FROM (${one})`).join(' UNION ALL ')}) GROUP BY subject_id`;
  const looked = others.map(
    (word, index) =>
      `(SELECT min((${notExact(word)}) * 10 + field) FROM ${table} t WHERE t.subject_id = hit.subject_id ` +
      `AND (${word.map(() => 't.term >= ? AND t.term < ?').join(' OR ')})) AS w${index + 1}`,
  );
  const wholeField = `(SELECT field FROM ${table} t WHERE t.subject_id = hit.subject_id AND t.term = ? AND t.whole = 1) AS whole_field`;
  const all = words.map((_, index) => `w${index}`);
  const rank =
    `CASE WHEN whole_field IS NOT NULL THEN whole_field ELSE (1 + max(0, ${all.map((w) => `${w} / 10`).join(', ')})) * 10 ` +
    `+ max(0, ${all.map((w) => `${w} % 10`).join(', ')}) END`;
  return {
    sql:
      `SELECT subject_id, ${rank} AS rank FROM (SELECT hit.*, ${[...looked, wholeField].join(', ')} FROM (${driver}) hit) ` +
      `WHERE ${all.map((w) => `${w} IS NOT NULL`).join(' AND ')}`,
    values: [
      ...others.flatMap((word) => [...word, ...rangesOf(word)]),
      whole,
      ...rarest,
      ...rangesOf(rarest),
    ],
  };
}

const notExact = (word: Word): string => `term NOT IN (${word.map(() => '?').join(', ')})`;
const rangesOf = (word: Word): string[] => word.flatMap((start) => [start, `${start}\u{10ffff}`]);

function byRarity(db: ReadDatabase, table: string, words: readonly Word[]): Word[] {
  if (words.length === 1) return [...words];
  const counted = words.map((word) => {
    const range = `SELECT 1 FROM ${table} WHERE term >= ? AND term < ? LIMIT ${termsRankedMax}`;
    const sql = `SELECT count(*) AS n FROM (${word.map(() => `SELECT * FROM (${range})`).join(' UNION ALL ')})`;
    return { word, n: (db.prepare(sql).get(...rangesOf(word)) as { n: number }).n };
  });
  return counted.sort((a, b) => a.n - b.n).map(({ word }) => word);
}

/** What was merged leads to its survivor; chains of merges are short. */
const mergesMax = 20;

const isShown: Record<SearchKind, string> = {
  contact: "shown.status <> 'removed'",
  account: 'shown.closed = 0',
};

function shownOf(kind: SearchKind, hits: string, includeRemoved: boolean): string {
  const survivor =
    'WITH RECURSIVE up(id, n) AS (SELECT found.merged_into, 1 UNION ALL SELECT c.merged_into, n + 1 FROM up ' +
    `JOIN ${kind} c ON c.id = up.id WHERE c.merged_into IS NOT NULL AND n < ${mergesMax}) SELECT id FROM up ORDER BY n DESC LIMIT 1`;
  return (
    `SELECT min(led.rank) AS rank, shown.sort_name, '${kind}' AS kind, shown.id, led.subject_id AS matched_id FROM (` +
    `SELECT hit.*, CASE WHEN found.merged_into IS NULL THEN found.id ELSE (${survivor}) END AS shown_id ` +
    `FROM (${hits}) hit JOIN ${kind} found ON found.id = hit.subject_id) led JOIN ${kind} shown ON shown.id = led.shown_id ` +
    `WHERE ${includeRemoved ? '1' : isShown[kind]} GROUP BY shown.id`
  );
}
