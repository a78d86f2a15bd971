// Explanations: why a contact was removed, and why a value is what it is, from the evidence to what became of it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
} from '../support/app-in-memory.ts';
import { acme, ann, at, bob, eventIdOf, globex, job, nextJob } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, { learnedOn: '2020-01-01' });
  await tell(
    app,
    { type: 'RegisterAccount', accountId: globex, name: 'Globex' },
    { learnedOn: '2020-01-01' },
  );
  await tell(
    app,
    { type: 'RegisterContact', contactId: ann, name: 'Ann Archer', email: 'ann@acme.example' },
    { learnedOn: '2020-01-01', source: 'crm', by: 'feed' },
  );
  await tell(
    app,
    { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme, title: 'CEO' },
    { learnedOn: '2020-01-02', effectiveOn: '2019', source: 'crm' },
  );
});
afterEach(() => app.close());

interface Explained extends Record<string, unknown> {
  text: string;
}
async function removals(fields: string, args = ''): Promise<Explained[]> {
  const query = `{ removalExplanation(contactId: "${ann}"${args}) { ${fields} text } }`;
  return (await answer<{ removalExplanation: Explained[] }>(app, query)).removalExplanation;
}
async function explain(field: string, fields: string, args = ''): Promise<Explained[]> {
  const query = `{ explain(contactId: "${ann}", field: "${field}"${args}) { ${fields} text } }`;
  return (await answer<{ explain: Explained[] }>(app, query)).explain;
}

/** A policy removes the placement because of a bounce, which a campaign's message led to. */
async function removeByPolicy() {
  const sent = await tell(
    app,
    { type: 'RecordActivity', contactId: ann, activity: 'email_sent', campaign: 'spring' },
    { learnedOn: '2026-05-29', effectiveOn: '2026-05-29', source: 'mailgun' },
  );
  const bounce = await tell(
    app,
    { type: 'RecordBounce', contactId: ann, address: 'ann@acme.example', kind: 'hard', status: '5.1.1' },
    { learnedOn: '2026-05-30', effectiveOn: '2026-05-30', source: 'mailgun', causationId: sent.eventIds[0]! },
  );
  const removal = await tell(
    app,
    { type: 'RemovePlacement', contactId: ann, placementId: job },
    {
      actor: { id: 'policy.removal_gate', kind: 'policy' },
      source: 'policy',
      policy: { name: 'removal_gate', version: 2 },
      reasonCode: 'hard_bounce',
      learnedOn: '2026-05-31',
      causationId: bounce.eventIds[0]!,
      evidence: [{ kind: 'bounce', eventId: bounce.eventIds[0]!, text: 'User unknown' }],
    },
  );
  return { sent: sent.eventIds[0]!, bounce: bounce.eventIds[0]!, removal: removal.eventIds[0]! };
}

describe('a removal', () => {
  it('is explained from its first cause to what it hid, by policy and version, with the last state', async () => {
    const { sent, bounce, removal } = await removeByPolicy();
    const followed = await tell(
      app,
      { type: 'ChangeContactOwner', contactId: ann, owner: 'olga' },
      { causationId: removal },
    );
    const [explained, ...others] = await removals(
      `kind placementId accountId stands hiddenPlacementIds undoneBy { type }
       entry { eventId reasonCode policy { name version } evidence { kind text } }
       causes { eventId depth isFirst entry { type } }
       lastState { placements { title removal { reasonCode } } }
       effects { eventId type }`,
    );
    expect(others).toEqual([]);
    expect(explained).toMatchObject({
      kind: 'PLACEMENT',
      placementId: job,
      accountId: acme,
      stands: true,
      hiddenPlacementIds: [job],
      undoneBy: null,
      entry: {
        eventId: removal,
        reasonCode: 'hard_bounce',
        policy: { name: 'removal_gate', version: 2 },
        evidence: [{ kind: 'bounce', text: 'User unknown' }],
      },
      causes: [
        { eventId: bounce, depth: 1, isFirst: false, entry: { type: 'Bounced' } },
        { eventId: sent, depth: 2, isFirst: true, entry: { type: 'ActivityRecorded' } },
      ],
      lastState: { placements: [{ title: 'CEO', removal: null }] },
      effects: [{ eventId: followed.eventIds[0], type: 'ContactOwnerChanged' }],
    });
    expect(explained!.text).toBe(
      'Ann Archer was removed from Acme on a day that nobody named (learned on 2026-05-31) by the policy removal_gate ' +
        '(version 2) because of hard_bounce. It rests on Bounced, hard (5.1.1), of 2026-05-30 from mailgun and ' +
        'ActivityRecorded, of 2026-05-29 from mailgun, in the words “User unknown” (1 first cause, followed back). ' +
        'Until then the contact was CEO at Acme since 2019. In consequence 1 placement went out of view and 1 further ' +
        'change followed (ContactOwnerChanged). It still stands.',
    );
  });

  it('is told with how it was taken back, by an undo or by a restore', async () => {
    const { removal } = await removeByPolicy();
    await tell(
      app,
      { type: 'UndoContactChange', contactId: ann, eventId: removal },
      { reasonCode: 'delivered_later', learnedOn: '2026-06-01' },
    );
    await tell(
      app,
      { type: 'RemoveContact', contactId: ann },
      { reasonCode: 'spam', reasonText: 'Asked us' },
    );
    await tell(app, { type: 'RestoreContact', contactId: ann });
    const explained = await removals('kind stands undoneBy { type reasonCode }');
    expect(explained).toMatchObject([
      {
        kind: 'PLACEMENT',
        stands: false,
        undoneBy: { type: 'ChangesReverted', reasonCode: 'delivered_later' },
      },
      { kind: 'CONTACT', stands: false, undoneBy: { type: 'ContactRestored', reasonCode: null } },
    ]);
    expect(explained[0]!.text).toContain(
      'It was undone on 2026-06-01 by user-1, from test because of delivered_later.',
    );
    expect(explained[1]!.text).toContain('because of spam (“Asked us”)');
  });

  it('is asked for by account, as known then, and is empty where nothing was removed', async () => {
    await removeByPolicy();
    expect(await removals('kind', `, accountId: "${acme}"`)).toHaveLength(1);
    expect(await removals('kind', `, accountId: "${globex}"`)).toEqual([]);
    expect(await removals('kind', ', knownAt: "2026-05-30T23:00:00Z"')).toEqual([]);
    const none = `{ removalExplanation(contactId: "${eventIdOf(1)}") { kind } }`;
    expect(await answer(app, none)).toEqual({ removalExplanation: [] });
  });

  it('names causes that are not of the person, and ends where causes go in a circle', async () => {
    await tell(
      app,
      { type: 'RemoveContact', contactId: ann },
      { reasonCode: 'spam', causationId: eventIdOf(7), evidence: [{ kind: 'word' }] },
    );
    const [explained] = await removals('causes { eventId entry { type } }');
    expect(explained!['causes']).toEqual([{ eventId: eventIdOf(7), entry: null }]);
    expect(explained!.text).toContain(`the event ${eventIdOf(7)}, which is not of this person and a word`);
  });

  it('by a merge is one too, and the survivor tells those of what was merged into it', async () => {
    await removeByPolicy();
    await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' });
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
    expect(await removals('kind')).toMatchObject([{ kind: 'PLACEMENT' }, { kind: 'MERGE' }]);
    const query = `{ removalExplanation(contactId: "${bob}") { kind contactId } }`;
    expect(await answer(app, query)).toEqual({
      removalExplanation: [
        { kind: 'PLACEMENT', contactId: ann },
        { kind: 'MERGE', contactId: ann },
      ],
    });
  });
});

describe('a value', () => {
  it('is explained by who said it, what it replaced, who agreed and who did not', async () => {
    const claim = { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'Chair' } as const;
    await tell(app, claim, {
      learnedOn: '2024-01-01',
      effectiveOn: '2024',
      reasonCode: 'promoted',
      source: 'crm',
    });
    await tell(app, claim, {
      learnedOn: '2024-02-01',
      effectiveOn: '2024',
      source: 'statehouse',
      by: 'feed',
    });
    await tell(
      app,
      { ...claim, title: 'Advisor' },
      { learnedOn: '2024-03-01', effectiveOn: '2024', source: 'web', asProposal: { doubt: 'single_source' } },
    );
    const [explained, ...others] = await explain(
      'placement.title',
      `factId value since saidBy { type reasonCode } replaced { value entry { type } }
       agreed { type source } disagreed { value state entry { source } }`,
    );
    expect(others).toEqual([]);
    expect(explained).toMatchObject({
      factId: job,
      value: 'Chair',
      since: '2024',
      saidBy: { type: 'TitleChanged', reasonCode: 'promoted' },
      replaced: { value: 'CEO', entry: { type: 'PlacementStarted' } },
      agreed: [{ type: 'ClaimConfirmed', source: 'statehouse' }],
      disagreed: [{ value: 'Advisor', state: 'OPEN', entry: { source: 'web' } }],
    });
    expect(explained!.text).toBe(
      'placement.title is “Chair”: so it was said on 2024 (learned on 2024-01-01) by user-1, from crm because of promoted. ' +
        'It replaced “CEO”, said on 2020-01-02 by user-1, from crm. statehouse (1 time, last on 2024-02-01) agreed. ' +
        'web said “Advisor” on 2024-03-01, which nobody has decided on yet.',
    );
  });

  it('is explained as of a day, and as it was known', async () => {
    const title = (value: string, year: string) =>
      tell(
        app,
        { type: 'ChangeTitle', contactId: ann, placementId: job, title: value },
        { learnedOn: `${year}-06-01`, effectiveOn: year },
      );
    await title('Chair', '2022');
    await title('Advisor', '2024');
    const valueAt = async (args: string) => (await explain('placement.title', 'value', args))[0]!['value'];
    expect(await valueAt('')).toBe('Advisor');
    expect(await valueAt(', asOf: "2023-01-01"')).toBe('Chair');
    expect(await valueAt(', knownAt: "2021-01-01T00:00:00Z"')).toBe('CEO');
  });

  it('is explained for each fact that has it, and for one of them', async () => {
    await tell(app, { type: 'AddContactEmail', contactId: ann, address: 'a@globex.example' });
    const all = await explain('email', 'factId value');
    expect(all.map(({ value }) => value)).toEqual(['ann@acme.example', 'a@globex.example']);
    expect(await explain('email', 'value', `, factId: "${all[1]!['factId']}"`)).toMatchObject([
      { value: 'a@globex.example' },
    ]);
    expect(await explain('owner', 'value')).toEqual([]);
    expect(await explain('title', 'field value')).toMatchObject([{ field: 'placement.title' }]);
    const query = `{ explain(contactId: "${ann}", field: "bogus") { value } }`;
    expect(await mistakes(app, query)).toMatchObject([
      { code: 'BAD_USER_INPUT', path: 'field', message: expect.stringContaining('placement.title') },
    ]);
  });

  it('without dates of its own is explained by the change that made it what it is', async () => {
    await tell(
      app,
      { type: 'EndPlacement', contactId: ann, placementId: job },
      { effectiveOn: '2025-01', learnedOn: '2025-02-01' },
    );
    await tell(
      app,
      { type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: '2025-03' },
      { learnedOn: '2025-04-01' },
    );
    expect(
      await explain('placement.endsOn', 'value saidBy { type } replaced { value entry { type } }'),
    ).toMatchObject([
      {
        value: '2025-03',
        saidBy: { type: 'PlacementCorrected' },
        replaced: { value: '2025-01', entry: { type: 'PlacementEnded' } },
      },
    ]);
  });

  it('of a withdrawn placement is none, only that it was withdrawn is explained', async () => {
    await tell(app, { type: 'WithdrawPlacement', contactId: ann, placementId: job }, { source: 'web' });
    expect(await explain('placement.title', 'value')).toEqual([]);
    expect(await explain('placement.withdrawn', 'value saidBy { source }')).toMatchObject([
      { value: 'true', saidBy: { source: 'web' } },
    ]);
    expect(await explain('placement.title', 'value', ', atPosition: 4')).toMatchObject([{ value: 'CEO' }]);
  });

  it('that was merged in is explained by the history that it came from', async () => {
    await tell(
      app,
      { type: 'RegisterContact', contactId: bob, name: 'Bob', email: 'bob@acme.example' },
      { source: 'web' },
    );
    await tell(app, {
      type: 'StartPlacement',
      contactId: bob,
      placementId: nextJob,
      accountId: globex,
      title: 'CIO',
    });
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: ann });
    expect(await explain('email', 'value saidBy { source subjectId }')).toMatchObject([
      { value: 'ann@acme.example', saidBy: { subjectId: ann } },
      { value: 'bob@acme.example', saidBy: { source: 'web', subjectId: bob } },
    ]);
  });
});

it('names the days of the configured time zone', async () => {
  await app.close();
  app = await openTestApplication({ timeZone: 'Pacific/Auckland' });
  // On the evening of a day in UTC it is the next one there.
  const evening = (day: string) => ({ learnedAtMs: at(`${day}T20:00:00Z`) });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' }, evening('2026-03-01'));
  await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Archer' }, evening('2026-03-03'));
  await tell(
    app,
    { type: 'RemoveContact', contactId: ann },
    { ...evening('2026-03-05'), reasonCode: 'asked' },
  );
  await tell(
    app,
    { type: 'RestoreContact', contactId: ann },
    { ...evening('2026-03-07'), reasonCode: 'error' },
  );
  const [{ text: removal }] = (await removals('')) as [Explained];
  expect(removal).toContain('learned on 2026-03-06');
  expect(removal).toContain('taken back on 2026-03-08');
  const [{ text: name }] = (await explain('name', '')) as [Explained];
  expect(name).toContain('learned on 2026-03-04');
  expect(name).toContain('said on 2026-03-02');
});
