// Finds whose data are kept longer than a rule allows, in the read models of contacts and histories.
import type { ReadDatabase } from '../src/projector/read-database.ts';
import { signalTypes } from '../src/signals/events.ts';

const notErased = "json_extract(c.card, '$.erased') IS NULL";

/** The ids of contact `c` and of all it is the same person as: what was told of one of them was told of each. */
const wholePerson =
  'WITH RECURSIVE person (id) AS (SELECT c.id ' +
  'UNION SELECT loser.id FROM person JOIN merge m ON m.survivor_id = person.id ' +
  'JOIN contact loser ON loser.id = m.loser_id AND loser.merged_into = m.survivor_id ' +
  'UNION SELECT one.merged_into FROM person JOIN contact one ON one.id = person.id WHERE one.merged_into IS NOT NULL)';

function idsOf(rows: unknown[]): string[] {
  return (rows as { id: string }[]).map((row) => row.id);
}

/** Contacts that have been removed since before this moment. */
export function findContactsRemovedBefore(db: ReadDatabase, cutoffMs: number, limit: number): string[] {
  return idsOf(
    db
      .prepare(
        `SELECT c.id FROM contact c WHERE c.status = 'removed' AND json_extract(c.card, '$.removed.learnedAtMs') < ? AND ${notErased} ORDER BY c.id LIMIT ?`,
      )
      .all(cutoffMs, limit),
  );
}

/** Contacts, leads included, that were at no customer since a day for sure and of whom nothing was learned since. */
export function findFormerContacts(
  db: ReadDatabase,
  cutoffMs: number,
  cutoffDay: number,
  limit: number,
): string[] {
  return idsOf(
    db
      .prepare(
        `SELECT c.id FROM contact c WHERE c.status IN ('active', 'deceased') AND c.learned_at < ? AND ${notErased} ` +
          'AND NOT EXISTS (SELECT 1 FROM placement p LEFT JOIN account a ON a.id = p.account_id ' +
          "WHERE p.contact_id = c.id AND p.end_latest > ? AND coalesce(a.relationship, 'customer') = 'customer') " +
          // What was observed of somebody shows that there is still business with them.
          `AND NOT EXISTS (${wholePerson} SELECT 1 FROM person JOIN history h ON h.subject_id = person.id WHERE h.learned_at >= ?) ` +
          'ORDER BY c.id LIMIT ?',
      )
      .all(cutoffMs, cutoffDay, cutoffMs, limit),
  );
}

/** Contacts of whom the last observation, under whichever id, is older than this moment, and not erased yet. */
export function findQuietSignals(db: ReadDatabase, cutoffMs: number, limit: number): string[] {
  const types = signalTypes.map((type) => `'${type}'`).join(', ');
  return idsOf(
    db
      .prepare(
        `SELECT h.subject_id AS id FROM history h JOIN contact c ON c.id = h.subject_id WHERE h.type IN (${types}, 'SignalsErased') AND ${notErased} ` +
          `GROUP BY h.subject_id HAVING max(CASE WHEN h.type = 'SignalsErased' THEN NULL ELSE h.learned_at END) < ? ` +
          `AND max(h.position) > coalesce(max(CASE WHEN h.type = 'SignalsErased' THEN h.position END), 0) ` +
          `AND NOT EXISTS (${wholePerson} SELECT 1 FROM person JOIN history seen ON seen.subject_id = person.id ` +
          `WHERE seen.type IN (${types}) AND seen.learned_at >= ?) ORDER BY h.subject_id LIMIT ?`,
      )
      .all(cutoffMs, cutoffMs, limit),
  );
}
