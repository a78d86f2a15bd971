// The evidence of the removal gate: what it does follows from what was told, whenever it was told and however late the gate looks.
import { afterEach, describe, expect, it } from 'vitest';
import { findContact } from '../../projections/contacts.ts';
import type { Command } from '../../src/command.ts';
import { createRemovalGate, removalGateDefinition } from '../../src/policies/removal-gate.ts';
import { findRemovalCandidates, undoRemovals } from '../../src/removal-candidates.ts';
import { dayFromIso } from '../../src/time/day.ts';
import {
  answer,
  openTestApplication,
  type TestApplication,
  tell,
  testActor,
} from '../support/app-in-memory.ts';
import { acme, ann, at, bob, contactIdOf, globex, job, nextJob, placementIdOf } from '../support/ids.ts';

let app: TestApplication;
afterEach(() => app.close());

async function open(definition = removalGateDefinition): Promise<void> {
  app = await openTestApplication({
    nowMs: at('2026-06-01T12:00:00Z'),
    policies: [createRemovalGate(definition)],
  });
  for (const [accountId, domain] of [
    [acme, 'acme.example'],
    [globex, 'globex.example'],
  ] as const)
    await tell(
      app,
      { type: 'RegisterAccount', accountId, name: domain, domains: [domain] },
      { learnedOn: '2020-01-01' },
    );
}

async function place(contactId: string, placementId: string, email?: string): Promise<void> {
  const registered = { type: 'RegisterContact', contactId, name: 'N', ...(email && { email }) } as const;
  await tell(app, registered, { learnedOn: '2020-01-02' });
  await tell(
    app,
    { type: 'StartPlacement', contactId, placementId, accountId: acme },
    { learnedOn: '2020-01-03', effectiveOn: '2019' },
  );
}

type Told = { command: Command; on?: string; learnedOn?: string };

const bounce = (on: string, learnedOn = on, address = 'ann@acme.example', contactId = ann): Told => ({
  command: { type: 'RecordBounce', contactId, kind: 'hard', status: '5.1.1', address },
  on,
  learnedOn,
});
const seen = (
  activity: 'login' | 'meeting' | 'email_delivered' | 'email_replied' | 'email_opened',
  on: string,
  { learnedOn = on, contactId = ann, placementId = undefined as string | undefined } = {},
): Told => ({
  command: { type: 'RecordActivity', contactId, activity, ...(placementId && { placementId }) },
  on,
  learnedOn,
});
const verified = (on: string): Told => ({
  command: { type: 'RecordVerification', contactId: ann, datapoint: 'employment', result: 'confirmed' },
  on,
  learnedOn: on,
});
const merge = (learnedOn: string, carried: string[] = []): Told => ({
  command: { type: 'MergeContacts', contactId: bob, intoId: ann, carried },
  learnedOn,
});
const alsoAtGlobex: Told = {
  command: { type: 'StartPlacement', contactId: ann, placementId: placementIdOf(3), accountId: globex },
  on: '2021',
  learnedOn: '2021-01-01',
};
const changedAddress = (learnedOn: string): Told => ({
  command: { type: 'ChangeContactEmail', contactId: ann, address: 'new@acme.example' },
  learnedOn,
});

const say = ({ command, on, learnedOn }: Told) =>
  tell(app, command, {
    ...(on !== undefined && { effectiveOn: on }),
    ...(learnedOn !== undefined && { learnedOn }),
    reasonCode: 'told',
  });
const removalOf = (contactId = ann, placementId = job) =>
  findContact(app.readModels.database, contactId)!.placements.find(({ id }) => id === placementId)!.removed;

const stays: Record<string, Told[]> = {
  'replied after the bounce': [bounce('2026-02-05'), seen('email_replied', '2026-02-07')],
  'logged in before, which was told after the bounce': [
    bounce('2026-01-05'),
    seen('login', '2026-01-04', { learnedOn: '2026-03-01' }),
  ],
  'logged in after a bounce that is told late': [
    seen('login', '2026-03-01'),
    bounce('2026-01-05', '2026-03-02'),
  ],
  'was confirmed after the bounce': [bounce('2026-01-05'), verified('2026-02-01')],
  'had mail delivered later on the same day': [bounce('2026-01-05'), seen('email_delivered', '2026-01-05')],
  'had mail delivered after two bounces': [
    bounce('2026-01-05'),
    bounce('2026-01-07'),
    seen('email_delivered', '2026-01-08'),
  ],
  'was seen under an id that was merged before the bounce': [
    seen('login', '2026-01-04', { contactId: bob }),
    merge('2026-01-04'),
    bounce('2026-01-05'),
  ],
  'was seen under an id that was merged after the bounce': [
    seen('login', '2026-01-04', { contactId: bob }),
    bounce('2026-01-05'),
    merge('2026-01-06'),
  ],
  'had mail delivered under the id that was merged': [
    merge('2026-01-04'),
    bounce('2026-01-05'),
    seen('email_delivered', '2026-01-06', { contactId: bob }),
  ],
  'met somebody at the account in a placement that a merge brought along': [
    merge('2026-01-03', [nextJob]),
    { ...bounce('2026-01-05'), command: { ...bounce('').command, placementId: job } as Command },
    seen('meeting', '2026-01-06', { placementId: nextJob }),
  ],
  'has another address by now': [changedAddress('2025-01-01'), bounce('2026-01-05')],
  'never had that address': [bounce('2026-01-05', '2026-01-05', 'somebody@acme.example')],
  'had mail delivered at this account': [
    alsoAtGlobex,
    bounce('2026-01-05'),
    seen('email_delivered', '2026-01-06', { placementId: job }),
  ],
};

const leaves: Record<string, Told[]> = {
  'whose address is written another way': [bounce('2026-01-05', '2026-01-05', ' Ann@ACME.example')],
  'to whom mail was delivered before': [seen('email_delivered', '2026-01-05'), bounce('2026-01-05')],
  'to whom mail was delivered at another account': [
    alsoAtGlobex,
    bounce('2026-01-05'),
    seen('email_delivered', '2026-01-06', { placementId: placementIdOf(3) }),
  ],
  'who opened mail at another account': [
    alsoAtGlobex,
    bounce('2026-01-05'),
    seen('email_opened', '2026-01-06', { placementId: placementIdOf(3) }),
  ],
  'who was seen before the quiet time, which was told later': [
    bounce('2026-01-05'),
    seen('login', '2025-05-01', { learnedOn: '2026-02-01' }),
  ],
};

describe.each(['at once', 'in the end'])('looking %s, the gate', (when) => {
  async function hear(told: readonly Told[]): Promise<void> {
    await open();
    await place(ann, job, 'ann@acme.example');
    await place(bob, nextJob);
    for (const one of told) {
      await say(one);
      if (when === 'at once') await app.policies.catchUp();
    }
    await app.policies.catchUp();
  }

  it.each(Object.entries(stays))('leaves alone who %s', async (_, told) => {
    await hear(told);
    expect(removalOf()).toBeNull();
    expect((await app.policies.catchUp()).refused).toBe(0);
  });

  it.each(Object.entries(leaves))('removes somebody %s', async (_, told) => {
    await hear(told);
    expect(removalOf()).toMatchObject({ reasonCode: 'hard_bounce', effectiveOn: '2026-01-05' });
  });
});

describe('the gate', () => {
  it('does not remove whoever was seen after the quarantine, but then takes no removal back', async () => {
    await open();
    await place(ann, job);
    await say(bounce('2026-01-05'));
    await app.policies.catchUp();
    await say(seen('login', '2026-05-01'));
    await app.policies.catchUp();
    expect(removalOf()).not.toBeNull();
    await place(bob, nextJob);
    await say(bounce('2026-01-05', '2026-01-05', 'bob@acme.example', bob));
    await say(seen('login', '2026-05-01', { contactId: bob }));
    await app.policies.catchUp();
    expect(removalOf(bob, nextJob)).toBeNull();
  });

  it('says by which sign of life it took a removal back', async () => {
    await open();
    await place(ann, job);
    await say(bounce('2026-01-05'));
    await app.policies.catchUp();
    const { eventIds } = await say(seen('login', '2026-01-04', { learnedOn: '2026-01-06' }));
    expect(await app.policies.catchUp()).toEqual({ done: 1, refused: 0 });
    expect((await app.store.read(`contact-${ann}`)).at(-1)).toMatchObject({
      type: 'ChangesReverted',
      meta: { reasonCode: 'sign_of_life', evidence: [{ kind: 'sign_of_life', eventId: eventIds[0] }] },
    });
  });

  it('removes nobody who has left or was removed by the time it looks', async () => {
    await open();
    await place(ann, job);
    await say(bounce('2026-05-30'));
    await tell(
      app,
      { type: 'EndPlacement', contactId: ann, placementId: job },
      { effectiveOn: '2026-05-31' },
    );
    await place(bob, nextJob);
    await say(bounce('2026-05-30', '2026-05-30', 'bob@acme.example', bob));
    await tell(
      app,
      { type: 'RemovePlacement', contactId: bob, placementId: nextJob },
      { reasonCode: 'spam' },
    );
    expect(await app.policies.catchUp()).toEqual({ done: 0, refused: 0 });
    expect(removalOf(bob, nextJob)).toMatchObject({ reasonCode: 'spam' });
  });
});

describe('what is beyond the limit of a day', () => {
  const proposalsOf = (contactId: string) =>
    findContact(app.readModels.database, contactId)!.proposals.map(({ state }) => state);

  async function bounceBoth(): Promise<string> {
    await open({ ...removalGateDefinition, removalsPerDayMax: 1 });
    await place(ann, job);
    await place(bob, nextJob);
    await say(bounce('2026-05-30'));
    await say(bounce('2026-05-30', '2026-05-30', 'bob@acme.example', bob));
    await app.policies.catchUp();
    expect(proposalsOf(bob)).toEqual(['open']);
    return findContact(app.readModels.database, bob)!.proposals[0]!.id;
  }

  it('is taken back by a later delivery once it was accepted, and not proposed any more', async () => {
    const proposalId = await bounceBoth();
    await tell(app, { type: 'AcceptChange', contactId: bob, proposalId });
    expect(removalOf(bob, nextJob)).not.toBeNull();
    await say(seen('email_delivered', '2026-06-01', { contactId: bob }));
    expect(await app.policies.catchUp()).toEqual({ done: 2, refused: 0 });
    expect([removalOf(bob, nextJob), proposalsOf(bob)]).toEqual([null, ['declined']]);
    const { removalExplanation } = await answer<{ removalExplanation: { text: string }[] }>(
      app,
      `{ removalExplanation(contactId: "${bob}") { text } }`,
    );
    expect(removalExplanation[0]!.text).toContain('because of delivered_later');
  });

  it('is declined for a sign of life where nobody has accepted it yet', async () => {
    await bounceBoth();
    await say(seen('login', '2026-06-01', { contactId: bob }));
    expect(await app.policies.catchUp()).toEqual({ done: 1, refused: 0 });
    expect(proposalsOf(bob)).toEqual(['declined']);
  });

  it('is taken back with the removals of the day, whether it was accepted or not', async () => {
    const asked = {
      day: dayFromIso('2026-05-30')!,
      reasonCode: 'server_was_down',
      actor: testActor,
      source: 'test',
    };
    const proposalId = await bounceBoth();
    await tell(app, { type: 'AcceptChange', contactId: bob, proposalId });
    expect(await undoRemovals(app, asked)).toEqual({ undone: 2, refused: [] });
    expect([removalOf(), removalOf(bob, nextJob), proposalsOf(bob)]).toEqual([null, null, ['declined']]);
    expect(await undoRemovals(app, asked)).toEqual({ undone: 0, refused: [] });
    await app.close();
    await bounceBoth();
    expect(await undoRemovals(app, asked)).toEqual({ undone: 2, refused: [] });
    expect(proposalsOf(bob)).toEqual(['declined']);
  });

  it('stays declined where somebody declined it', async () => {
    const proposalId = await bounceBoth();
    await tell(app, { type: 'DeclineChange', contactId: bob, proposalId });
    const head = await app.store.head();
    await say(seen('login', '2026-06-01', { contactId: bob }));
    expect(await app.policies.catchUp()).toEqual({ done: 0, refused: 0 });
    expect(await app.store.head()).toBe(head + 1);
  });
});

describe('a dry run', () => {
  it('lists what the gate then does: as many removals, and the rest only proposed', async () => {
    await open();
    const count = removalGateDefinition.removalsPerDayMax + 3;
    const people = Array.from(
      { length: count },
      (_, n) => [contactIdOf(n + 1), placementIdOf(n + 1)] as const,
    );
    for (const [contactId, placementId] of people) {
      await place(contactId, placementId);
      await say(bounce('2026-05-30', '2026-05-30', 'n@acme.example', contactId));
    }
    await say(seen('email_replied', '2026-05-31', { contactId: people[0]![0] }));
    // Who bounces again on another day is removed for that bounce.
    await say(bounce('2026-05-31', '2026-05-31', 'n@acme.example', people.at(-1)![0]));
    const candidates = await findRemovalCandidates(app, 1000);
    expect(candidates.map(({ contactId }) => contactId)).not.toContain(ann);
    expect(await findRemovalCandidates(app, 51)).toEqual(candidates.slice(0, 51));
    const expected = new Map(
      candidates.map(({ placementId, isOnlyProposed }) => [placementId, isOnlyProposed]),
    );
    expect([...expected.values()].filter(Boolean)).toHaveLength(1);
    await app.policies.catchUp();
    const found = new Map<string, boolean>();
    for (const [contactId, placementId] of people) {
      if (removalOf(contactId, placementId)) found.set(placementId, false);
      else if (findContact(app.readModels.database, contactId)!.proposals.length > 0)
        found.set(placementId, true);
    }
    expect(found).toEqual(expected);
    expect(await findRemovalCandidates(app, 1000)).toEqual([]);
  });

  it('lists nobody again who came back, since the gate does nothing for the same bounce again', async () => {
    await open();
    await place(ann, job);
    await say(bounce('2026-05-30'));
    await app.policies.catchUp();
    await undoRemovals(app, {
      day: dayFromIso('2026-05-30')!,
      reasonCode: 'server_was_down',
      actor: testActor,
      source: 'test',
    });
    expect(await findRemovalCandidates(app, 10)).toEqual([]);
  });

  it('shows what was last seen by its day, under whichever id of the person it was told', async () => {
    await open();
    await place(ann, job);
    await place(bob, nextJob);
    await say(seen('login', '2024-03-01', { contactId: bob }));
    await say(seen('login', '2024-01-01'));
    await tell(
      app,
      { type: 'MergeContacts', contactId: bob, intoId: ann, carried: [] },
      { learnedOn: '2024-06-01' },
    );
    await say(bounce('2026-05-30'));
    await say(seen('meeting', '2023-01-01', { learnedOn: '2026-05-31' }));
    expect(await findRemovalCandidates(app, 10)).toMatchObject([
      { contactId: ann, lastSeen: { effectiveOn: '2024-03-01' } },
    ]);
  });
});
