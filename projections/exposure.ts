// Which customers hang on few contacts: read from the placements that hold on a day, before anybody leaves.
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { Day } from '../src/time/day.ts';
import { findStandingAccounts } from './accounts.ts';
import type { RoleTerm } from './contacts.ts';
import { farDay } from './listing.ts';

export interface ExposedAccount {
  accountId: string;
  arrMinorUnits: number | null;
  /** '' where no revenue is known. */
  arrCurrency: string;
  renewalDay: Day | null;
  contacts: number;
  /** Contacts by buying role. */
  roles: ReadonlyMap<string, number>;
  /** Contacts in one of the deciding roles. */
  deciders: number;
}

export interface ExposureFilter {
  owner?: string;
  segment?: string;
  accountId?: string;
}

interface AccountRow {
  id: string;
  arr: number;
  currency: string;
  renewal: Day;
}
interface RoleRow {
  accountId: string;
  contactId: string;
  /** JSON of `RoleTerm`s. */
  terms: string;
}

/** Open customers (and accounts of which nobody said what they are) with who holds which role for sure on the day. */
export function findExposure(
  db: ReadDatabase,
  filter: ExposureFilter,
  on: Day,
  deciders: readonly string[],
): ExposedAccount[] {
  const standing = findStandingAccounts(db);
  const standingOf = (id: string) => standing.get(id) ?? id;
  const { where, values } = conditionsOf(filter);
  const accounts = db
    .prepare(
      'SELECT a.id, a.arr_minor_units AS arr, a.arr_currency AS currency, a.renewal_day AS renewal ' +
        `FROM account a WHERE ${where} ORDER BY a.id`,
    )
    .all(...values) as unknown as AccountRow[];
  const held = db
    .prepare(
      'SELECT p.account_id AS accountId, p.contact_id AS contactId, p.role_terms AS terms ' +
        `FROM account a JOIN placement p ON p.account_id = a.id WHERE (${where} ` +
        // Whoever is in a merged account counts for the one that its id leads to, where that is asked for.
        'OR a.merged_into IS NOT NULL) AND p.hidden_earliest > ? AND p.counts = 1 AND p.start_latest <= ? AND p.end_earliest > ?',
    )
    .all(...values, on, on, on) as unknown as RoleRow[];
  const byAccount = Map.groupBy(held, ({ accountId }) => standingOf(accountId));
  return accounts.map((account) => exposedOf(account, byAccount.get(account.id) ?? [], on, deciders));
}

function exposedOf(
  { id, arr, currency, renewal }: AccountRow,
  held: readonly RoleRow[],
  on: Day,
  deciders: readonly string[],
): ExposedAccount {
  const holders = new Map<string, Set<string>>();
  for (const { contactId, terms } of held)
    for (const [role, from, until] of JSON.parse(terms) as RoleTerm[]) {
      if (from > on || until <= on) continue;
      holders.set(role, (holders.get(role) ?? new Set()).add(contactId));
    }
  const deciding = new Set(deciders.flatMap((role) => [...(holders.get(role) ?? [])]));
  return {
    accountId: id,
    arrMinorUnits: currency === '' ? null : arr,
    arrCurrency: currency,
    renewalDay: renewal === farDay ? null : renewal,
    contacts: new Set(held.map(({ contactId }) => contactId)).size,
    roles: new Map([...holders].map(([role, contacts]) => [role, contacts.size])),
    deciders: deciding.size,
  };
}

/** Of the account `a`. */
function conditionsOf({ owner, segment, accountId }: ExposureFilter): { where: string; values: string[] } {
  const conditions = ['a.closed = 0', "(a.relationship = 'customer' OR a.relationship IS NULL)"];
  const values: string[] = [];
  for (const [column, value] of [
    ['owner', owner],
    ['segment', segment],
    ['id', accountId],
  ] as const) {
    if (value === undefined) continue;
    conditions.push(`a.${column} = ?`);
    values.push(value);
  }
  return { where: conditions.join(' AND '), values };
}
