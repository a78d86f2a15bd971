// The removal gate: what bounced hard and shows no other sign of life leaves the account, and comes back when a message arrives.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findContact } from '../../projections/contacts.ts';
import type { Role } from '../../src/auth/roles.ts';
import { createRemovalGate, removalGateDefinition } from '../../src/policies/removal-gate.ts';
import { undoRemovals } from '../../src/removal-candidates.ts';
import { dayFromIso } from '../../src/time/day.ts';
import {
  answer,
  ask,
  openTestApplication,
  type TestApplication,
  tell,
  testActor,
} from '../support/app-in-memory.ts';
import { acme, ann, at, bob, globex, job, nextJob } from '../support/ids.ts';

let app: TestApplication;
async function open(definition = removalGateDefinition): Promise<void> {
  app = await openTestApplication({
    nowMs: at('2026-06-01T12:00:00Z'),
    policies: [createRemovalGate(definition)],
  });
  await tell(
    app,
    { type: 'RegisterAccount', accountId: acme, name: 'Acme', domains: ['acme.example'] },
    { learnedOn: '2020-01-01' },
  );
  await tell(
    app,
    { type: 'RegisterAccount', accountId: globex, name: 'Globex' },
    { learnedOn: '2020-01-01' },
  );
  for (const [contactId, placementId] of [
    [ann, job],
    [bob, nextJob],
  ] as const) {
    await tell(app, { type: 'RegisterContact', contactId, name: 'N' }, { learnedOn: '2020-01-02' });
    await tell(
      app,
      { type: 'StartPlacement', contactId, placementId, accountId: acme, title: 'CEO' },
      { learnedOn: '2020-01-03', effectiveOn: '2019' },
    );
  }
}
beforeEach(() => open());
afterEach(() => app.close());

const bounce = (
  on: string,
  {
    contactId = ann,
    kind = 'hard',
    status = '5.1.1',
    placementId = undefined as string | undefined,
    address = 'a@acme.example',
  } = {},
) =>
  tell(
    app,
    {
      type: 'RecordBounce',
      contactId,
      kind: kind as 'hard',
      status,
      address,
      ...(placementId && { placementId }),
    },
    { learnedOn: on, effectiveOn: on, source: 'mailgun' },
  );
const activity = (on: string, kind: 'email_sent' | 'call' | 'email_delivered' | 'login', contactId = ann) =>
  tell(app, { type: 'RecordActivity', contactId, activity: kind }, { learnedOn: on, effectiveOn: on });
const removalOf = (contactId = ann) =>
  findContact(app.readModels.database, contactId)!.placements[0]!.removed;

describe('a hard bounce', () => {
  it('removes the placement, with policy, version, reason and the bounce as evidence, once', async () => {
    const { eventIds } = await bounce('2026-05-30');
    expect(await app.policies.catchUp()).toEqual({ done: 1, refused: 0 });
    expect(removalOf()).toMatchObject({ reasonCode: 'hard_bounce', effectiveOn: '2026-05-30' });
    const removal = (await app.store.read(`contact-${ann}`)).at(-1)!;
    expect(removal).toMatchObject({
      type: 'PlacementRemoved',
      meta: {
        actor: { id: 'policy.removal_gate', kind: 'policy' },
        policy: { name: 'removal_gate', version: 2 },
        causationId: eventIds[0],
        evidence: [{ kind: 'bounce', eventId: eventIds[0] }],
      },
    });
    expect(await app.policies.catchUp()).toEqual({ done: 0, refused: 0 });
    const { removalExplanation } = await answer<{ removalExplanation: { text: string }[] }>(
      app,
      `{ removalExplanation(contactId: "${ann}") { text } }`,
    );
    expect(removalExplanation[0]!.text).toContain(
      'by the policy removal_gate (version 2) because of hard_bounce',
    );
  });

  it.each([
    ['a call in the time before', () => activity('2026-02-01', 'call')],
    ['a log-in on the same day', () => activity('2026-05-30', 'login')],
    [
      'a confirmed verification',
      () =>
        tell(
          app,
          { type: 'RecordVerification', contactId: ann, datapoint: 'employment', result: 'confirmed' },
          { learnedOn: '2026-05-01' },
        ),
    ],
  ])('removes nobody after %s', async (_, showLife) => {
    await showLife();
    await bounce('2026-05-30');
    await app.policies.catchUp();
    expect(removalOf()).toBeNull();
  });

  it('removes also who was only written to, or was seen before the quiet time', async () => {
    await activity('2025-01-01', 'call');
    await activity('2026-05-29', 'email_sent');
    await bounce('2026-05-30');
    await app.policies.catchUp();
    expect(removalOf()).not.toBeNull();
  });

  it.each(['5.7.1', '5.2.2', '4.4.1'])('with status %s says nothing of the person', async (status) => {
    await bounce('2026-05-30', { status });
    await app.policies.catchUp();
    expect(removalOf()).toBeNull();
  });

  it('that is followed by a soft one still counts, and a soft one alone does not', async () => {
    await bounce('2026-05-29', { contactId: bob, kind: 'soft' });
    await bounce('2026-05-30');
    await bounce('2026-05-31', { kind: 'soft' });
    await app.policies.catchUp();
    expect([removalOf(), removalOf(bob)]).toMatchObject([{ reasonCode: 'hard_bounce' }, null]);
  });

  it('of who is at several accounts removes the one with that domain, and nobody where none is named', async () => {
    await tell(
      app,
      {
        type: 'StartPlacement',
        contactId: ann,
        placementId: '00000000-0000-4000-8000-0000000000b9',
        accountId: globex,
      },
      { learnedOn: '2021-01-01', effectiveOn: '2021' },
    );
    await bounce('2026-05-29', { address: 'a@elsewhere.example' });
    await app.policies.catchUp();
    expect(removalOf()).toBeNull();
    await bounce('2026-05-30');
    await app.policies.catchUp();
    expect(
      findContact(app.readModels.database, ann)!.placements.map(({ removed }) => removed !== null),
    ).toEqual([true, false]);
  });
});

describe('a later delivery', () => {
  it('takes the removal back within the quarantine, with the delivery as evidence', async () => {
    await bounce('2026-05-30');
    await app.policies.catchUp();
    await activity('2026-06-01', 'email_delivered');
    expect(await app.policies.catchUp()).toEqual({ done: 1, refused: 0 });
    expect(removalOf()).toBeNull();
    expect((await app.store.read(`contact-${ann}`)).at(-1)).toMatchObject({
      type: 'ChangesReverted',
      meta: { reasonCode: 'delivered_later', policy: { name: 'removal_gate' } },
    });
  });

  it('changes nothing after the quarantine, and nothing that a person removed', async () => {
    await bounce('2026-02-01');
    await app.policies.catchUp();
    await activity('2026-06-01', 'email_delivered');
    await tell(
      app,
      { type: 'RemovePlacement', contactId: bob, placementId: nextJob },
      { reasonCode: 'spam' },
    );
    await activity('2026-06-01', 'email_delivered', bob);
    await app.policies.catchUp();
    expect([removalOf(), removalOf(bob)]).toMatchObject([
      { reasonCode: 'hard_bounce' },
      { reasonCode: 'spam' },
    ]);
  });
});

describe('the limit of a day', () => {
  it('only proposes what is beyond, the same again after all was forgotten', async () => {
    await app.close();
    await open({ ...removalGateDefinition, removalsPerDayMax: 1 });
    await bounce('2026-05-30');
    await bounce('2026-05-30', { contactId: bob });
    await app.policies.catchUp();
    expect([removalOf() !== null, removalOf(bob)]).toEqual([true, null]);
    expect(findContact(app.readModels.database, bob)!.proposals).toMatchObject([
      { claimed: 'PlacementRemoved', doubt: 'removal_limit', state: 'open' },
    ]);
    const keys: string[] = [];
    await app.policies.dryRun(
      createRemovalGate({ ...removalGateDefinition, removalsPerDayMax: 1 }),
      ({ key }) => void keys.push(key),
    );
    expect(keys).toEqual(['remove', 'propose']);
  });
});

describe('what it did', () => {
  it('is seen beforehand with the evidence of each candidate, and written by nobody', async () => {
    await activity('2024-05-01', 'call');
    await bounce('2026-05-30');
    await bounce('2026-05-31', { contactId: bob });
    await tell(app, { type: 'EndPlacement', contactId: bob, placementId: nextJob });
    const head = await app.store.head();
    const query = `{ removalGateCandidates { contact { id } placementId accountId isOnlyProposed
      bounce { type effectiveOn } lastSeen { type effectiveOn } } }`;
    expect(await answer(app, query)).toEqual({
      removalGateCandidates: [
        {
          contact: { id: ann },
          placementId: job,
          accountId: acme,
          isOnlyProposed: false,
          bounce: { type: 'Bounced', effectiveOn: '2026-05-30' },
          lastSeen: { type: 'ActivityRecorded', effectiveOn: '2024-05-01' },
        },
      ],
    });
    expect(await app.store.head()).toBe(head);
  });

  it('for the bounces of a day is taken back together', async () => {
    await bounce('2026-05-30');
    await bounce('2026-05-30', { contactId: bob });
    await app.policies.catchUp();
    const asked = {
      day: dayFromIso('2026-05-30')!,
      reasonCode: 'server_was_down',
      actor: testActor,
      source: 'terminal',
    };
    expect(await undoRemovals(app, asked)).toEqual({ undone: 2, refused: [] });
    expect([removalOf(), removalOf(bob)]).toEqual([null, null]);
    expect((await app.store.read(`contact-${ann}`)).at(-1)!.meta.source).toBe('terminal');
    expect(await undoRemovals(app, asked)).toEqual({ undone: 0, refused: [] });
    expect(await app.policies.catchUp()).toEqual({ done: 0, refused: 0 });
  });
  it('is taken back for a day over the API too, by the roles that curate, for a reason that is a code', async () => {
    await bounce('2026-05-30');
    await app.policies.catchUp();
    const undo = (day: string, reasonCode: string, roles: readonly Role[] = ['operations']) =>
      ask(
        app,
        'mutation ($day: EdtfDate!, $reasonCode: String!) { undoRemovalGate(day: $day, reasonCode: $reasonCode) { undone refused { code } } }',
        { day, reasonCode },
        testActor,
        roles,
      );
    const codeOf = async (asked: ReturnType<typeof undo>) => (await asked).errors?.[0]?.extensions['code'];
    expect(await codeOf(undo('2026-05', 'server_was_down'))).toBe('BAD_USER_INPUT');
    expect(await codeOf(undo('2026-05-30', 'The server was down'))).toBe('BAD_USER_INPUT');
    expect(await codeOf(undo('2026-05-30', 'server_was_down', ['auditor']))).toBe('FORBIDDEN');
    expect(removalOf()).not.toBeNull();
    const { data } = await undo('2026-05-30', 'server_was_down');
    expect(data).toEqual({ undoRemovalGate: { undone: 1, refused: [] } });
    expect(removalOf()).toBeNull();
  });
});
