// The filters of a history: by what happened, to which field, by whom, why, when on either axis, and by past values.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { typesChanging } from '../../schema/history-fields.ts';
import { describeAccountChanges } from '../../src/account/changes.ts';
import { describeChanges } from '../../src/contact/changes.ts';
import { categoryOf, subjectOf } from '../../src/ledger-events.ts';
import {
  answer,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
} from '../support/app-in-memory.ts';
import { acme, ann, at, bob, job, nextJob } from '../support/ids.ts';
import { carryOutAll, steps } from '../support/random-commands.ts';

let app: TestApplication;
afterEach(() => app.close());

async function listed(
  filter: string,
  of = `contact(id: "${ann}")`,
  args = 'newestFirst: false',
): Promise<string[]> {
  interface Entry {
    type: string;
    changes: { now: string | null }[];
  }
  const { subject } = await answer<{
    subject: { history: { edges: { node: Entry }[]; totalCount: { value: number } } };
  }>(
    app,
    `{ subject: ${of} { history(${args}, filter: { ${filter} }) { totalCount { value } edges { node { type changes { now } } } } } }`,
  );
  const { edges, totalCount } = subject.history;
  if (!args.includes('first:')) expect(totalCount.value).toBe(edges.length);
  return edges.map(({ node: { type, changes } }) => `${type} ${changes.at(-1)?.now ?? '–'}`);
}

describe('a history', () => {
  beforeEach(async () => {
    app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
    await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, { learnedOn: '2019-01-01' });
    await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' }, { learnedOn: '2020-01-01' });
    const placed = { contactId: ann, placementId: job };
    await tell(
      app,
      { type: 'StartPlacement', ...placed, accountId: acme, title: 'Clerk' },
      { learnedOn: '2020-01-02', effectiveOn: '2019-06' },
    );
    await tell(
      app,
      { type: 'ChangeTitle', ...placed, title: 'Diréctor' },
      {
        learnedOn: '2022-01-01',
        effectiveOn: '2021-01-01',
        source: 'crm',
        actor: { id: 'carl', kind: 'person' },
      },
    );
    app.clock.advance(86_400_000);
    await tell(
      app,
      { type: 'ChangeTitle', ...placed, title: 'Head' },
      { learnedOn: '2023-01-01', effectiveOn: '2022~', reasonCode: 'promoted' },
    );
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Anna' }, { learnedOn: '2024-01-01' });
  });

  it('is filtered by type, actor, source and reason', async () => {
    expect(await listed('types: ["TitleChanged"]')).toEqual(['TitleChanged Diréctor', 'TitleChanged Head']);
    expect(await listed('actors: ["carl", "nobody"]')).toEqual(['TitleChanged Diréctor']);
    expect(await listed('sources: ["crm"]')).toEqual(['TitleChanged Diréctor']);
    expect(await listed('reasonCodes: ["promoted"]')).toEqual(['TitleChanged Head']);
    expect(await listed('reasonCodes: ["promoted"], actors: ["carl"]')).toEqual([]);
  });

  it('is filtered by the time of learning, of storing and of being true', async () => {
    expect(await listed('learnedFrom: "2023-01-01T12:00:00Z"')).toHaveLength(2);
    expect(await listed('recordedFrom: "2026-06-02T00:00:00Z"')).toEqual([
      'TitleChanged Head',
      'ContactNameChanged Anna',
    ]);
    expect(await listed('recordedBefore: "2026-06-02T00:00:00Z"')).toHaveLength(3);
    expect(await listed('effectiveFrom: "2019-06", effectiveBefore: "2022"')).toEqual([
      'PlacementStarted Clerk',
      'TitleChanged Diréctor',
    ]);
    // 2022~ may be 2021 to 2023.
    expect(await listed('effectiveBefore: "2023", effectiveFrom: "2020"')).toEqual(['TitleChanged Diréctor']);
    expect(
      await listed('effectiveBefore: "2023", effectiveFrom: "2020", effectiveCertainty: POSSIBLE'),
    ).toEqual(['TitleChanged Diréctor', 'TitleChanged Head']);
  });

  it('is filtered by the field that changed', async () => {
    expect(await listed('fields: ["placement.title"]')).toHaveLength(3);
    expect(await listed('fields: ["placement.title", "name"]')).toHaveLength(5);
    expect(await listed('fields: ["placement"]')).toHaveLength(3);
    expect(await listed('fields: ["email"]')).toEqual([]);
    // A restatement changes nothing.
    await tell(
      app,
      { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'Head' },
      { by: 'feed', source: 'crm', idempotencyKey: '7', effectiveOn: '2022~' },
    );
    expect(await listed('fields: ["placement.title"]')).toHaveLength(3);
  });

  it('is filtered by a past value: was it ever so', async () => {
    expect(await listed('value: "director"')).toEqual(['TitleChanged Diréctor', 'TitleChanged Head']);
    expect(await listed('value: "ann", fields: ["name"]')).toEqual([
      'ContactRegistered Ann',
      'ContactNameChanged Anna',
    ]);
    expect(await listed('value: "ann", fields: ["placement.title"]')).toEqual([]);
    expect(await listed('value: "Direct"')).toEqual([]);
  });

  it('of an account is filtered alike, over all who were placed in it', async () => {
    await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' }, { learnedOn: '2020-01-01' });
    await tell(
      app,
      { type: 'StartPlacement', contactId: bob, placementId: nextJob, accountId: acme, title: 'Director' },
      { learnedOn: '2025-01-01' },
    );
    const of = `account(id: "${acme}")`;
    expect(await listed('value: "DIRECTOR"', of)).toEqual([
      'TitleChanged Diréctor',
      'TitleChanged Head',
      'PlacementStarted Director',
    ]);
    expect(await listed('fields: ["name"]', of)).toEqual(['AccountRegistered Acme']);
    expect(await listed('value: "director", learnedFrom: "2024-01-01T00:00:00Z"', of)).toEqual([
      'PlacementStarted Director',
    ]);
  });

  it('filtered by content comes in pages, also where matches lie far apart', async () => {
    for (let n = 0; n < 450; n++)
      await tell(app, {
        type: 'RecordActivity',
        contactId: ann,
        activity: 'email_sent',
        ...(n % 100 === 0 && { note: 'Hello' }),
      });
    const query = `query ($after: String) { contact(id: "${ann}") { history(first: 2, after: $after, filter: { value: "hello" }) {
      totalCount { value } edges { node { position } } pageInfo { hasNextPage endCursor } } } }`;
    const seen: number[] = [];
    for (let after: string | null = null, more = true; more; ) {
      interface Page {
        contact: {
          history: {
            totalCount: { value: number };
            edges: { node: { position: number } }[];
            pageInfo: { hasNextPage: boolean; endCursor: string };
          };
        };
      }
      const { contact }: Page = await answer<Page>(app, query, { after });
      expect(contact.history.totalCount.value).toBe(5);
      seen.push(...contact.history.edges.map(({ node }) => node.position));
      after = contact.history.pageInfo.endCursor;
      more = contact.history.pageInfo.hasNextPage;
    }
    expect(seen).toEqual([407, 307, 207, 107, 7]);
  });

  it.each([
    ['types: ["NoSuch"]', 'filter.types.0'],
    ['fields: ["name", "shoeSize"]', 'filter.fields.1'],
    ['effectiveCertainty: NO', 'filter.effectiveCertainty'],
  ])('refuses %s', async (filter, path) => {
    const query = `{ contact(id: "${ann}") { history(filter: { ${filter} }) { edges { cursor } } } }`;
    expect(await mistakes(app, query)).toMatchObject([{ code: 'BAD_USER_INPUT', path }]);
  });
});

describe('the types that a field is looked for in', () => {
  it('are all that ever change it, whatever happens', async () => {
    app = await openTestApplication();
    await fc.assert(
      fc.asyncProperty(steps, async (told) => {
        const one = await openTestApplication();
        await carryOutAll(one, told);
        const wrong: string[] = [];
        const note = (event: { type: string; data: object }, fields: { field: string }[]) => {
          const { claimed } = event.data as { claimed?: string };
          for (const { field } of fields) {
            const types = typesChanging([field.split('.')[0]!]);
            const isCovered = types.has(event.type) || (claimed !== undefined && types.has(claimed));
            if (!isCovered && event.type !== 'ChangeAccepted') wrong.push(`${event.type} changes ${field}`);
          }
        };
        const streams = new Set<string>();
        for await (const page of one.store.readAll(0)) for (const { stream } of page) streams.add(stream);
        const { beliefs } = one.readModels;
        for (const stream of streams) {
          const id = subjectOf(stream);
          if (categoryOf(stream) === 'contact')
            await beliefs.contact(id, {}, (event, before, after) =>
              note(event, describeChanges(before, after)),
            );
          if (categoryOf(stream) === 'account')
            await beliefs.account(id, {}, (event, before, after) =>
              note(event, describeAccountChanges(before, after)),
            );
        }
        expect(wrong).toEqual([]);
        await one.close();
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
