// Mutations of placements, on a small story: a contact starts, changes in every way, moves, leaves, and records are put right.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answer, openTestApplication, type TestApplication } from '../support/app-in-memory.ts';
import { acme, ann, bob, globex, initech, job, nextJob } from '../support/ids.ts';
import { change, mistake, refusal, send } from './mutate.ts';

const placed = { contactId: ann, placementId: job };
const startsOn = { effectiveOn: '2025-01-01' };

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: Date.UTC(2026, 2, 14, 12) });
  await change(app, 'registerAccount', { accountId: acme, name: 'Acme' });
  await change(app, 'registerAccount', { accountId: globex, name: 'Globex' });
  await change(app, 'registerContact', { contactId: ann, name: 'Ann Archer' });
  await change(app, 'registerContact', { contactId: bob, name: 'Bob Baker' });
  await change(app, 'startPlacement', { ...placed, accountId: acme, title: 'CIO', change: startsOn });
});
afterEach(() => app.close());

/** What is asked of Ann's placements after a mutation. */
async function placementsAfter(name: string, input: Record<string, unknown>, fields: string) {
  return (await change<{ placements: object[] }>(app, name, input, `placements { ${fields} }`)).placements;
}

describe('startPlacement', () => {
  test('takes all that is known of it', async () => {
    const input = {
      contactId: bob,
      accountId: acme,
      post: 'champion',
      title: 'Head of IT',
      function: 'IT',
      department: 'Platforms',
      contactType: 'main',
      importance: 1,
      interactionClass: 'executive',
      buyingRoles: ['champion', 'procurement'],
      change: { effectiveOn: '2025-06~' },
    };
    const fields = `account { name } post { name } title function department contactType importance
      interactionClass buyingRoles { role startsOn } startsOn endsOn`;
    expect(await placementsAfter('startPlacement', input, fields)).toEqual([
      {
        account: { name: 'Acme' },
        post: { name: 'champion' },
        title: 'Head of IT',
        function: 'IT',
        department: 'Platforms',
        contactType: 'main',
        importance: 1,
        interactionClass: 'executive',
        buyingRoles: [
          { role: 'champion', startsOn: '2025-06~' },
          { role: 'procurement', startsOn: '2025-06~' },
        ],
        startsOn: '2025-06~',
        endsOn: null,
      },
    ]);
  });

  test('at an account that nobody knows is refused', async () => {
    expect(await refusal(app, 'startPlacement', { contactId: ann, accountId: initech })).toMatchObject({
      code: 'ACCOUNT_UNKNOWN',
      path: 'input.accountId',
    });
  });

  test('of another content under a known id is refused', async () => {
    expect(await refusal(app, 'startPlacement', { ...placed, accountId: globex })).toMatchObject({
      code: 'PLACEMENT_ALREADY_STARTED',
      path: 'input.placementId',
    });
  });

  test('with an importance that does not exist is a mistake', async () => {
    const { extensions } = await mistake(app, 'startPlacement', {
      contactId: ann,
      accountId: acme,
      importance: 10,
    });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.importance' });
  });
});

describe('changes within a placement', () => {
  test.each([
    ['changeTitle', 'title', 'CTO'],
    ['changeFunction', 'function', 'Technology'],
    ['changeDepartment', 'department', 'Research'],
    ['changeInteractionClass', 'interactionClass', 'day_to_day'],
  ])(
    '%s sets it from its day on, null empties it, and leaving it out is a mistake',
    async (name, field, value) => {
      const input = { ...placed, [field]: value, change: { effectiveOn: '2026-01-01' } };
      expect(await placementsAfter(name, input, field)).toEqual([{ [field]: value }]);
      expect(await placementsAfter(name, { ...placed, [field]: null }, field)).toEqual([{ [field]: null }]);
      expect((await mistake(app, name, placed)).extensions).toMatchObject({ path: `input.${field}` });
    },
  );

  test('a change that lies ahead is not so today', async () => {
    const input = { ...placed, title: 'CTO', change: { effectiveOn: '2027-01-01' } };
    expect(await placementsAfter('changeTitle', input, 'title')).toEqual([{ title: 'CIO' }]);
  });

  test('changeReportsTo names the manager', async () => {
    const input = { ...placed, managerId: bob };
    expect(await placementsAfter('changeReportsTo', input, 'manager { name }')).toEqual([
      { manager: { name: 'Bob Baker' } },
    ]);
    expect(await refusal(app, 'changeReportsTo', { ...placed, managerId: nextJob })).toMatchObject({
      code: 'CONTACT_UNKNOWN',
      path: 'input.managerId',
    });
  });

  test('changePayingOrganisation names the account that pays', async () => {
    const input = { ...placed, payingAccountId: globex };
    expect(await placementsAfter('changePayingOrganisation', input, 'payingAccount { name }')).toEqual([
      { payingAccount: { name: 'Globex' } },
    ]);
    expect(
      (await refusal(app, 'changePayingOrganisation', { ...placed, payingAccountId: initech })).code,
    ).toBe('ACCOUNT_UNKNOWN');
  });

  test('changeContactType sets type and importance together', async () => {
    const input = { ...placed, contactType: 'main', importance: null };
    expect(await placementsAfter('changeContactType', input, 'contactType importance')).toEqual([
      { contactType: 'main', importance: null },
    ]);
    const { extensions } = await mistake(app, 'changeContactType', { ...placed, contactType: 'main' });
    expect(extensions).toMatchObject({ path: 'input.importance' });
  });

  test('assignBuyingRole and revokeBuyingRole keep from when to when', async () => {
    const champion = { ...placed, buyingRole: 'champion' };
    await change(app, 'assignBuyingRole', { ...champion, change: { effectiveOn: '2025-06' } });
    const revoked = { ...champion, change: { effectiveOn: '2026-02' } };
    expect(
      await placementsAfter('revokeBuyingRole', revoked, 'buyingRoles { role startsOn endsOn }'),
    ).toEqual([{ buyingRoles: [{ role: 'champion', startsOn: '2025-06', endsOn: '2026-02' }] }]);
  });

  test('assigning or revoking a role once more moves its day back, with a history of its own', async () => {
    const champion = { ...placed, buyingRole: 'champion' };
    const say = (mutation: string, effectiveOn: string) =>
      placementsAfter(
        mutation,
        { ...champion, change: { effectiveOn } },
        'buyingRoles { role startsOn endsOn }',
      );
    await say('assignBuyingRole', '2025-06');
    expect(await say('assignBuyingRole', '2025-03-01')).toEqual([
      { buyingRoles: [{ role: 'champion', startsOn: '2025-03-01', endsOn: null }] },
    ]);
    await say('revokeBuyingRole', '2026-02');
    expect(await say('revokeBuyingRole', '2025-12-31')).toEqual([
      { buyingRoles: [{ role: 'champion', startsOn: '2025-03-01', endsOn: '2025-12-31' }] },
    ]);
    const { contact } = await answer<{
      contact: { history: { edges: { node: { changes: { field: string; was: string; now: string }[] } }[] } };
    }>(
      app,
      `{ contact(id: "${ann}") { history(first: 1, newestFirst: true) { edges { node { changes { field was now } } } } } }`,
    );
    expect(contact.history.edges[0]!.node.changes).toEqual([
      { field: 'placement.buyingRole.endsOn', was: '2026-02', now: '2025-12-31' },
    ]);
  });

  test('a role is not revoked before it begins', async () => {
    const champion = { ...placed, buyingRole: 'champion' };
    await change(app, 'assignBuyingRole', { ...champion, change: { effectiveOn: '2025-06' } });
    const early = { ...champion, change: { effectiveOn: '2025-05-31' } };
    expect(await refusal(app, 'revokeBuyingRole', early)).toMatchObject({
      code: 'END_BEFORE_START',
      path: 'input.change.effectiveOn',
    });
  });

  test('a placement that the contact does not have is refused', async () => {
    expect(
      await refusal(app, 'changeTitle', { contactId: bob, placementId: job, title: 'CTO' }),
    ).toMatchObject({ code: 'PLACEMENT_UNKNOWN', path: 'input.placementId' });
  });
});

describe('endPlacement and movePlacement', () => {
  const ended = {
    ...placed,
    destination: 'ANOTHER_COMPANY',
    destinationAccountId: globex,
    destinationName: 'Globex GmbH',
    change: { effectiveOn: '2026-02-28', reasonCode: 'resigned', reasonText: 'A better offer' },
  };

  test('an end keeps when, why and where to', async () => {
    const fields = `endsOn isEnded
      ending { reasonCode reasonText destination destinationAccountId destinationName }`;
    expect(await placementsAfter('endPlacement', ended, fields)).toEqual([
      {
        endsOn: '2026-02-28',
        isEnded: true,
        ending: {
          reasonCode: 'resigned',
          reasonText: 'A better offer',
          destination: 'ANOTHER_COMPANY',
          destinationAccountId: globex,
          destinationName: 'Globex GmbH',
        },
      },
    ]);
  });

  test('an end on another day than the known one, or before the start, is refused', async () => {
    const early = { ...placed, change: { effectiveOn: '2024' } };
    expect(await refusal(app, 'endPlacement', early)).toMatchObject({
      code: 'END_BEFORE_START',
      path: 'input.change.effectiveOn',
    });
    await change(app, 'endPlacement', ended);
    const later = { ...placed, change: { effectiveOn: '2026-03-01' } };
    expect(await refusal(app, 'endPlacement', later)).toMatchObject({ code: 'PLACEMENT_ALREADY_ENDED' });
  });

  test('a destination that does not exist is refused by the schema', async () => {
    const { message } = await mistake(app, 'endPlacement', { ...placed, destination: 'MARS' });
    expect(message).toContain('"Destination" enum');
  });

  test('a move ends one placement and starts another, in one change', async () => {
    const move = {
      ...placed,
      newPlacementId: nextJob,
      accountId: globex,
      title: 'CEO',
      change: { effectiveOn: '2026-03-01' },
    };
    const answer = await send(
      app,
      'movePlacement',
      move,
      'placements { id title startsOn endsOn movedFrom }',
    );
    expect(answer.eventIds).toHaveLength(2);
    expect(answer.contact).toEqual({
      placements: [
        { id: job, title: 'CIO', startsOn: '2025-01-01', endsOn: '2026-03-01', movedFrom: null },
        { id: nextJob, title: 'CEO', startsOn: '2026-03-01', endsOn: null, movedFrom: job },
      ],
    });
  });

  test('a move gets an id for the new placement where none is given', async () => {
    const moved = await placementsAfter('movePlacement', { ...placed, accountId: globex }, 'id movedFrom');
    expect(moved).toEqual([expect.anything(), { id: expect.any(String), movedFrom: job }]);
  });
});

describe('correctPlacement and withdrawPlacement', () => {
  const fields = 'account { name } post { name } title startsOn endsOn ending { reasonText }';

  test('a correction changes what it names and nothing else; null means not known', async () => {
    await change(app, 'endPlacement', { ...placed, change: { effectiveOn: '2026-01-31' } });
    const dated = { ...placed, startsOn: null, endReason: 'Retired early' };
    expect(await placementsAfter('correctPlacement', dated, fields)).toEqual([
      {
        account: { name: 'Acme' },
        post: null,
        title: 'CIO',
        startsOn: null,
        endsOn: '2026-01-31',
        ending: { reasonText: 'Retired early' },
      },
    ]);
    const reopened = { ...placed, endsOn: null, accountId: globex, post: 'sponsor', title: 'COO' };
    expect(await placementsAfter('correctPlacement', reopened, fields)).toEqual([
      {
        account: { name: 'Globex' },
        post: { name: 'sponsor' },
        title: 'COO',
        startsOn: null,
        endsOn: null,
        ending: null,
      },
    ]);
  });

  test('an account cannot be corrected to none, nor an end to before the start', async () => {
    const { extensions } = await mistake(app, 'correctPlacement', { ...placed, accountId: null });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.accountId' });
    expect(await refusal(app, 'correctPlacement', { ...placed, endsOn: '2024' })).toMatchObject({
      code: 'END_BEFORE_START',
      path: 'input.endsOn',
    });
  });

  test('a malformed date is a mistake at its field', async () => {
    const { message, extensions } = await mistake(app, 'correctPlacement', {
      ...placed,
      startsOn: '2026-13',
    });
    expect(extensions['code']).toBe('BAD_USER_INPUT');
    expect(message).toContain('input.startsOn');
    expect(message).toContain('a month is 01 to 12');
  });

  test('a withdrawn placement never was', async () => {
    expect(await placementsAfter('withdrawPlacement', placed, 'id')).toEqual([]);
    expect((await refusal(app, 'changeTitle', { ...placed, title: 'CTO' })).code).toBe('PLACEMENT_UNKNOWN');
  });
});

describe('removePlacement and restorePlacement', () => {
  test('a removal needs a reason', async () => {
    expect(await refusal(app, 'removePlacement', placed)).toMatchObject({
      code: 'REASON_REQUIRED',
      path: 'input.change.reasonCode',
    });
  });

  test('a removal says why, a second one with another reason is refused, and it can be taken back', async () => {
    const removed = { ...placed, change: { reasonCode: 'no_longer_responsible' } };
    expect(await placementsAfter('removePlacement', removed, 'removal { reasonCode }')).toEqual([
      { removal: { reasonCode: 'no_longer_responsible' } },
    ]);
    const again = { ...placed, change: { reasonCode: 'duplicate' } };
    expect((await refusal(app, 'removePlacement', again)).code).toBe('PLACEMENT_REMOVED');
    expect(await placementsAfter('restorePlacement', placed, 'removal { reasonCode }')).toEqual([
      { removal: null },
    ]);
  });
});
