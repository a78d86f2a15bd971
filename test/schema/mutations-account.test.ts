// Mutations of an account, on a small story: what it is, what it is worth, who looks after it, its renewal and its end.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Application } from '../../src/application.ts';
import { openTestApplication } from '../support/app-in-memory.ts';
import { accountIdOf, acme, globex, initech } from '../support/ids.ts';
import { change, mistake, refusal, send } from './mutate.ts';

const eur = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });
const accountId = acme;

let app: Application;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: Date.UTC(2026, 2, 14, 12) });
  await change(app, 'registerAccount', { accountId, name: 'Acme', segment: 'enterprise', arr: eur(100) });
  await change(app, 'registerAccount', { accountId: globex, name: 'Globex' });
});
afterEach(() => app.close());

describe('registerAccount', () => {
  test('takes all that is known of it', async () => {
    const known = {
      name: 'Initech',
      domains: ['initech.example'],
      location: { country: 'US', region: 'US-TX' },
      segment: 'mid_market',
      industry: 'software',
      size: 250,
      relationship: 'CUSTOMER',
      touchModel: 'high_touch',
      tier: 'gold',
      productLines: ['core', 'insights'],
      arr: eur(9_007_199_254_740_991),
      acv: eur(-5),
      renewalOn: '2026-12-31',
    };
    const fields = `id parent { name } externalIds { source id }
      name domains location { country region } segment industry size relationship touchModel tier productLines
      arr { minorUnits currency } acv { minorUnits currency } renewalOn`;
    const externalId = { source: 'crm', id: 'A-3' };
    const input = { ...known, accountId: initech, parentId: acme, externalId };
    expect(await send(app, 'registerAccount', input, fields)).toEqual({
      account: { ...known, id: initech, parent: { name: 'Acme' }, externalIds: [externalId] },
      position: 3,
      version: 1,
      eventIds: [expect.any(String)],
      repeated: false,
      rejection: null,
    });
  });

  test('gets an id from the server', async () => {
    const { id } = await change(app, 'registerAccount', { name: 'Initech' });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('under an id of another system that another one goes by is refused', async () => {
    const externalId = { source: 'crm', id: 'A-3' };
    await change(app, 'registerAccount', { accountId: initech, name: 'Initech', externalId });
    const other = { accountId: accountIdOf(9), parentId: initech, name: 'Hooli', externalId };
    expect(await refusal(app, 'registerAccount', other)).toMatchObject({
      code: 'EXTERNAL_ID_TAKEN',
      path: 'input.externalId',
      message: expect.stringContaining(initech),
    });
  });

  test('of another one under a known id, or below an unknown parent, is refused', async () => {
    expect(await refusal(app, 'registerAccount', { accountId, name: 'Other' })).toMatchObject({
      code: 'ACCOUNT_ALREADY_REGISTERED',
      path: 'input.accountId',
    });
    expect(await refusal(app, 'registerAccount', { name: 'Child', parentId: initech })).toMatchObject({
      code: 'ACCOUNT_UNKNOWN',
      path: 'input.parentId',
    });
  });

  test.each([
    ['segment', 'Enterprise', 'input.segment'],
    ['size', -1, 'input.size'],
    ['arr', { minorUnits: 1, currency: 'euro' }, 'input.arr.currency'],
    ['domains', ['acme.example', ''], 'input.domains.1'],
  ])('with a wrong %s is a mistake', async (field, value, path) => {
    const { extensions } = await mistake(app, 'registerAccount', { name: 'Initech', [field]: value });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path });
  });

  test('with money in fractions or beyond what every client keeps exactly is a mistake', async () => {
    for (const minorUnits of [0.5, 2 ** 53]) {
      const { extensions } = await mistake(app, 'registerAccount', { name: 'Initech', arr: eur(minorUnits) });
      expect(extensions['code']).toBe('BAD_USER_INPUT');
    }
  });
});

describe('what it is', () => {
  test('changeAccountName, changeAccountDomains and changeAccountPhone', async () => {
    expect(await change(app, 'changeAccountName', { accountId, name: 'Acme AG' }, 'name')).toEqual({
      name: 'Acme AG',
    });
    const domains = ['acme.example', 'acme.test'];
    expect(await change(app, 'changeAccountDomains', { accountId, domains }, 'domains')).toEqual({ domains });
    expect(await change(app, 'changeAccountDomains', { accountId, domains: [] }, 'domains')).toEqual({
      domains: [],
    });
    const phone = '+49 30 1';
    expect(await change(app, 'changeAccountPhone', { accountId, phone }, 'phone')).toEqual({ phone });
    expect(await change(app, 'changeAccountPhone', { accountId, phone: null }, 'phone')).toEqual({
      phone: null,
    });
  });

  test('changeAccountAddress sets address and location together', async () => {
    const input = { accountId, address: '1 Acme Way', location: { country: 'DE' } };
    expect(await change(app, 'changeAccountAddress', input, 'address location { country }')).toEqual({
      address: '1 Acme Way',
      location: { country: 'DE' },
    });
    const { extensions } = await mistake(app, 'changeAccountAddress', { accountId, address: null });
    expect(extensions).toMatchObject({ path: 'input.location' });
  });

  test('changeAccountParent sets the parent, and a cycle is refused', async () => {
    const child = { accountId, parentId: globex };
    expect(await change(app, 'changeAccountParent', child, 'parent { name }')).toEqual({
      parent: { name: 'Globex' },
    });
    const cycle = { accountId: globex, parentId: acme };
    expect(await refusal(app, 'changeAccountParent', cycle)).toMatchObject({
      code: 'PARENT_CYCLE',
      path: 'input.parentId',
    });
    expect(
      await change(app, 'changeAccountParent', { accountId, parentId: null }, 'parent { name }'),
    ).toEqual({
      parent: null,
    });
  });

  test('classifyAccount changes what is given, empties what is null, and leaves the rest', async () => {
    const given = { accountId, industry: 'retail', size: 9, relationship: 'PARTNER', productLines: ['core'] };
    await change(app, 'classifyAccount', { ...given, tier: 'gold', touchModel: 'low_touch' });
    const fields = 'segment industry size relationship productLines tier touchModel';
    expect(await change(app, 'classifyAccount', { accountId, tier: null, size: null }, fields)).toEqual({
      segment: 'enterprise',
      industry: 'retail',
      size: null,
      relationship: 'PARTNER',
      productLines: ['core'],
      tier: null,
      touchModel: 'low_touch',
    });
  });

  test('an account that nobody knows is refused', async () => {
    expect(await refusal(app, 'changeAccountName', { accountId: initech, name: 'X' })).toMatchObject({
      code: 'ACCOUNT_UNKNOWN',
      path: 'input.accountId',
    });
  });
});

describe('what it is worth and who looks after it', () => {
  test('changeAccountValue changes what is given, empties what is null, and leaves the rest', async () => {
    const fields = 'arr { minorUnits currency } acv { minorUnits currency }';
    expect(await change(app, 'changeAccountValue', { accountId, acv: eur(200) }, fields)).toEqual({
      arr: eur(100),
      acv: eur(200),
    });
    expect(await change(app, 'changeAccountValue', { accountId, arr: null }, fields)).toEqual({
      arr: null,
      acv: eur(200),
    });
  });

  test('scheduleAccountRenewal sets a date and takes it back', async () => {
    const scheduled = { accountId, renewalOn: '2026-11' };
    expect(await change(app, 'scheduleAccountRenewal', scheduled, 'renewalOn')).toEqual({
      renewalOn: '2026-11',
    });
    const none = { accountId, renewalOn: null };
    expect(await change(app, 'scheduleAccountRenewal', none, 'renewalOn')).toEqual({ renewalOn: null });
  });

  test('changeAccountTeam fills a part and leaves it empty', async () => {
    const owner = { accountId, teamRole: 'owner', member: 'csm-1' };
    expect(await change(app, 'changeAccountTeam', owner, 'owner team { role member }')).toEqual({
      owner: 'csm-1',
      team: [{ role: 'owner', member: 'csm-1' }],
    });
    const nobody = { ...owner, member: null };
    expect(await change(app, 'changeAccountTeam', nobody, 'team { role }')).toEqual({ team: [] });
  });

  test('decideRenewal keeps amount, outcome, root cause and competitor', async () => {
    const decided = {
      product: 'core',
      outcome: 'NOT_RENEWED',
      amount: null,
      rootCause: 'competitor_offer',
      competitor: 'Hooli',
    };
    const fields = `renewals { product outcome amount { minorUnits } rootCause competitor decidedOn }`;
    const input = { accountId, ...decided, change: { effectiveOn: '2026-01-31' } };
    expect(await change(app, 'decideRenewal', input, fields)).toEqual({
      renewals: [{ ...decided, decidedOn: '2026-01-31' }],
    });
  });

  test('decideRenewal refuses that somebody left as the cause, and names the causes there are', async () => {
    const lost = { accountId, product: 'core', outcome: 'NOT_RENEWED', amount: null };
    const refused = await refusal(app, 'decideRenewal', { ...lost, rootCause: 'main_contact_left' });
    expect(refused).toMatchObject({ code: 'ROOT_CAUSE_UNKNOWN', path: 'input.rootCause' });
    expect(refused.message).toContain('competitor_offer');
  });
});

describe('closeAccount and revertAccountChanges', () => {
  const closed = { accountId, closing: 'ACQUIRED', intoId: globex, change: { effectiveOn: '2026-03-01' } };

  test('a closed account takes no changes until the closing is reverted', async () => {
    const fields = 'closing { closing effectiveOn into { name } }';
    const answer = await send(app, 'closeAccount', closed, fields);
    expect(answer.account).toEqual({
      closing: { closing: 'ACQUIRED', effectiveOn: '2026-03-01', into: { name: 'Globex' } },
    });
    const named = { accountId, name: 'Acme AG' };
    expect((await refusal(app, 'changeAccountName', named)).code).toBe('ACCOUNT_CLOSED');
    const reverted = { accountId, eventIds: answer.eventIds };
    expect(await change(app, 'revertAccountChanges', reverted, 'closing { closing }')).toEqual({
      closing: null,
    });
    expect(await change(app, 'changeAccountName', named, 'name')).toEqual({ name: 'Acme AG' });
  });

  test('a closing into an unknown account, or of a kind that does not exist, is refused', async () => {
    expect(await refusal(app, 'closeAccount', { ...closed, intoId: initech })).toMatchObject({
      code: 'ACCOUNT_UNKNOWN',
      path: 'input.intoId',
    });
    const { message } = await mistake(app, 'closeAccount', { ...closed, closing: 'VANISHED' });
    expect(message).toContain('"Closing" enum');
  });

  test('an event of another account cannot be reverted', async () => {
    const { eventIds } = await send(app, 'changeAccountName', { accountId: globex, name: 'Globex AG' });
    expect(await refusal(app, 'revertAccountChanges', { accountId, eventIds })).toMatchObject({
      code: 'EVENT_UNKNOWN',
      path: 'input.eventIds',
    });
  });
});
