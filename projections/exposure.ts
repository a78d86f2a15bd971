// Which customers hang on few contacts: read from the placements that hold on a day, before anybody leaves.
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { Day } from '../src/time/day.ts';
import { findStandingAccounts } from './accounts.ts';

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
  contactType: string | null;
  roles: string;
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
      `SELECT id, arr_minor_units AS arr, arr_currency AS currency, renewal_day AS renewal FROM account WHERE ${where} ORDER BY id`,
    )
    .all(...values) as unknown as AccountRow[];
  const held = db
    .prepare(
      'SELECT p.account_id AS accountId, p.contact_id AS contactId, p.contact_type AS contactType, p.buying_roles AS roles ' +
        `FROM account a JOIN placement p ON p.account_id = a.id WHERE (${where.replace(/\b(closed|relationship|owner|segment|id)\b/g, 'a.$1')} ` +
        // Whoever is in a merged account counts for the one that its id leads to, where that is asked for.
        'OR a.merged_into IS NOT NULL) AND p.hidden = 0 AND p.counts = 1 AND p.start_latest <= ? AND p.end_earliest > ?',
    )
    .all(...values, on, on) as unknown as RoleRow[];
  const byAccount = Map.groupBy(held, ({ accountId }) => standingOf(accountId));
  return accounts.map((account) => exposedOf(account, byAccount.get(account.id) ?? [], deciders));
}

const farDay = 1_000_000_000;

function exposedOf(
  { id, arr, currency, renewal }: AccountRow,
  held: readonly RoleRow[],
  deciders: readonly string[],
): ExposedAccount {
  const holders = new Map<string, Set<string>>();
  for (const { contactId, contactType, roles } of held)
    for (const role of new Set([...roles.split(','), contactType ?? ''])) {
      if (role === '') continue;
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

function conditionsOf({ owner, segment, accountId }: ExposureFilter): { where: string; values: string[] } {
  const conditions = ['closed = 0', "(relationship = 'customer' OR relationship IS NULL)"];
  const values: string[] = [];
  for (const [column, value] of [
    ['owner', owner],
    ['segment', segment],
    ['id', accountId],
  ] as const) {
    if (value === undefined) continue;
    conditions.push(`${column} = ?`);
    values.push(value);
  }
  return { where: conditions.join(' AND '), values };
}
