// What a read model is: tables with a version, and a pure function from an event or a belief to rows.
import type { AccountBelief } from '../account/belief.ts';
import type { ContactBelief } from '../contact/belief.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import type { TurnoverBelief } from '../turnover/belief.ts';
import type { TurnoverStates } from '../turnover/states.ts';

export type SqlValue = string | number | null;

export interface TableDefinition {
  name: string;
  /** Body of CREATE TABLE: columns and primary key. Tables of beliefs begin with the subject's id. */
  columns: string;
  /** `WITHOUT ROWID` tables are ordered by their key. */
  withoutRowid?: boolean;
  /** Columns left out of the checksum, because they differ where the same history is imported elsewhere. */
  notCompared?: readonly string[];
  /**
   * For tables that events put rows into: the column with the id of the contact whose sealed values a row holds. Such a row
   * rests on that contact's events alone; after an erasure it is made again from what can still be read.
   */
  person?: string;
  /** Column lists of further indexes; `… WHERE …` for one of some rows only. */
  indexes?: readonly string[];
}

/**
 * A row to put: table and values in the order of its columns. Putting a row again replaces it; of one subject no two have one
 * key.
 */
export type Row = readonly [table: string, ...values: SqlValue[]];

interface ProjectionHead {
  name: string;
  /** Raise it when the same events give other rows: the ledger then rebuilds it beside the old one. */
  version: number;
  tables: readonly TableDefinition[];
}

/** By event: each event puts rows. */
export interface EventProjection extends ProjectionHead {
  by: 'event';
  /** Types of the events whose sealed part it reads. A rebuild hands it all others unopened, which is much cheaper. */
  opens: readonly string[];
  rows(event: LedgerEvent): readonly Row[];
}
/** By contact: what is believed of it now becomes its rows; all its former rows are replaced. */
export interface ContactProjection extends ProjectionHead {
  by: 'contact';
  rows(belief: ContactBelief, settings: ProjectionSettings): readonly Row[];
}
export interface AccountProjection extends ProjectionHead {
  by: 'account';
  rows(belief: AccountBelief, settings: ProjectionSettings): readonly Row[];
}
export interface TurnoverProjection extends ProjectionHead {
  by: 'turnover';
  /** Beside what is believed now, what was believed before: boards and figures of a past point are read from rows too. */
  rows(belief: TurnoverBelief, settings: ProjectionSettings, states: TurnoverStates): readonly Row[];
}
export type Projection = EventProjection | ContactProjection | AccountProjection | TurnoverProjection;

/** The categories of streams that something is believed of. */
export const believedCategories = ['contact', 'account', 'turnover'] as const;
export type BelievedCategory = (typeof believedCategories)[number];

export function isBelieved(category: string): category is BelievedCategory {
  return (believedCategories as readonly string[]).includes(category);
}

/** What a projection may depend on beside its input. A change of it is a change of version. */
export interface ProjectionSettings {
  /** IANA name of the zone in which a moment is a day. */
  timeZone: string;
}
