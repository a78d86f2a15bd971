// Lists of a million rows: every filter and order walks an index that holds what it asks about, and nothing is sorted.
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type AccountFilter, type AccountOrder, accountListing } from '../../projections/accounts.ts';
import {
  type ContactFilter,
  type ContactOrder,
  contactListing,
  type PlacementFilter,
  type PlacementOrder,
  placementListing,
} from '../../projections/contacts.ts';
import { type Listing, listSql } from '../../projections/listing.ts';
import { listingAt } from '../../projections/turnover-states.ts';
import { type TurnoverFilter, type TurnoverOrder, turnoverListing } from '../../projections/turnovers.ts';
import { openTestApplication, type TestApplication } from '../support/app-in-memory.ts';
import { acme, globex } from '../support/ids.ts';

let app: TestApplication;
beforeAll(async () => {
  app = await openTestApplication();
});
afterAll(() => app.close());

function planOf(listing: Listing, isLater: boolean): string[] {
  const after = isLater ? listing.ordering.columns.map(() => 'x') : undefined;
  const { sql, values } = listSql(listing, after);
  const rows = app.readModels.database.database
    .prepare(`EXPLAIN QUERY PLAN ${sql} LIMIT 51`)
    .all(...values) as { detail: string }[];
  return rows.map(({ detail }) => detail);
}

/** No filter, each by itself, and all at once. */
function filtersOf<F extends object>(all: Required<F>): F[] {
  const each = Object.entries(all).map(([key, value]) => ({ [key]: value }) as F);
  return [{} as F, ...each, all];
}

const contactFilters = filtersOf<ContactFilter>({
  statuses: ['active', 'removed'],
  owner: 'olga',
  country: 'DE',
  nameStartsWith: 'an',
  learnedFromMs: 1,
  learnedBeforeMs: 2,
});
const accountFilters = filtersOf<AccountFilter>({
  segment: 'smb',
  relationship: 'customer',
  tier: 'gold',
  industry: 'steel',
  owner: 'olga',
  parentIds: [globex],
  nameStartsWith: 'ac',
  renewalFrom: 1,
  renewalBefore: 2,
  includeClosed: true,
});
const placementFilters = filtersOf<PlacementFilter>({
  on: 20_000,
  includePossible: true,
  includeRemoved: true,
  contactType: 'user',
  interactionClass: 'support',
  buyingRole: 'champion',
  importanceMax: 3,
  postId: acme,
  nameStartsWith: 'an',
});

const listings: [string, Listing[]][] = [];
for (const descending of [false, true]) {
  for (const order of ['name', 'learned_at'] satisfies ContactOrder[])
    listings.push([
      `contacts by ${order}`,
      contactFilters.map((filter) => contactListing(filter, order, descending)),
    ]);
  for (const order of ['name', 'renewal', 'arr', 'learned_at'] satisfies AccountOrder[])
    listings.push([
      `accounts by ${order}`,
      accountFilters.map((filter) => accountListing(filter, order, descending)),
    ]);
}

describe.each(listings)('%s', (_name, each) => {
  it('never leave the index for what they do not list', () => {
    for (const listing of each)
      for (const isLater of [false, true]) {
        const plan = planOf(listing, isLater);
        expect(plan).toHaveLength(1);
        expect(plan[0]).toMatch(/USING COVERING INDEX/);
        // A place in the list is sought, whatever is filtered by.
        if (isLater) expect(plan[0]).toMatch(/^SEARCH/);
      }
  });
});

test('the contacts of an account are sought in an index of the account, in every order', () => {
  for (const descending of [false, true])
    for (const order of ['importance', 'name', 'start'] satisfies PlacementOrder[])
      for (const filter of placementFilters)
        for (const isLater of [false, true]) {
          const plan = planOf(placementListing([acme], filter, order, descending), isLater);
          expect(plan).toHaveLength(1);
          expect(plan[0]).toMatch(/^SEARCH placement USING INDEX \w+ \(account_id=\?/);
        }
});

describe('a board of open or closed turnovers', () => {
  const filters = filtersOf<Omit<TurnoverFilter, 'accountIds' | 'contactIds'>>({
    open: true,
    stages: ['detected', 'onboarding'],
    owner: 'olga',
    segment: 'smb',
    suspected: false,
    coverage: { bands: ['low'], on: 3 },
    arrBands: ['large'],
    currency: 'EUR',
    forecast: 'undecided',
    openedFromMs: 1,
    openedBeforeMs: 2,
    overdue: { is: false, on: 3 },
  });
  const boards = (['age', 'money', 'due'] satisfies TurnoverOrder[]).flatMap((order) =>
    filters.map((filter) => turnoverListing({ open: false, ...filter }, order)),
  );

  it('never leaves the index of its order for what it does not list', () => {
    for (const listing of boards)
      for (const isLater of [false, true])
        expect(planOf(listing, isLater)).toEqual([
          expect.stringMatching(/^SEARCH turnover USING COVERING INDEX turnover_\d /),
        ]);
  });

  it('of a past point is looked for in one index, and at most put in order', () => {
    for (const cut of [{ knownAtMs: 5 }, { atPosition: 7 }, { knownAtMs: 5, atPosition: 7 }])
      for (const listing of boards)
        expect(planOf(listingAt(listing, cut), true)[0]).toMatch(
          /^SEARCH turnover_state USING COVERING INDEX turnover_state_0 /,
        );
  });
});
