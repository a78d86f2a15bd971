// Mutations of signals: bounces, activities and verifications go to a stream of their own and change nothing of the contact.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Application } from '../../src/application.ts';
import { openTestApplication } from '../support/app-in-memory.ts';
import { acme, ann, bob, factIdOf, job } from '../support/ids.ts';
import { change, mistake, refusal, send } from './mutate.ts';

let app: Application;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: Date.UTC(2026, 2, 14, 12) });
  await change(app, 'registerAccount', { accountId: acme, name: 'Acme' });
  await change(app, 'registerContact', { contactId: ann, name: 'Ann Archer', email: 'ann@acme.example' });
  await change(app, 'startPlacement', { contactId: ann, placementId: job, accountId: acme });
});
afterEach(() => app.close());

const seen = { contactId: ann, placementId: job };

async function signals() {
  return (await app.sealing.open(await app.store.read(`signals-${ann}`))).map(({ type, data, personal }) => ({
    type,
    ...data,
    ...personal,
  }));
}

describe('recordBounce', () => {
  const bounce = {
    ...seen,
    address: 'ann@acme.example',
    emailId: factIdOf(1),
    kind: 'HARD',
    status: '5.1.1',
    reason: 'mailbox_unknown',
    messageId: '<1@mail.example>',
    diagnostic: '550 no such user',
  };

  test('keeps all that the mail system said, and answers with the contact as it is', async () => {
    const answer = await send(app, 'recordBounce', bounce, 'id email status');
    expect(answer).toMatchObject({
      contact: { id: ann, email: 'ann@acme.example', status: 'ACTIVE' },
      version: 1,
      position: 4,
      rejection: null,
    });
    const { contactId: _, ...stored } = bounce;
    expect(await signals()).toEqual([{ type: 'Bounced', ...stored, kind: 'hard' }]);
  });

  test('two bounces that look the same are two, the same key sent twice is one', async () => {
    await change(app, 'recordBounce', bounce);
    const keyed = { ...bounce, change: { idempotencyKey: 'mail-1' } };
    const first = await send(app, 'recordBounce', keyed);
    const again = await send(app, 'recordBounce', keyed);
    expect([first.version, again.version, again.repeated]).toEqual([2, 2, true]);
    expect(await signals()).toHaveLength(2);
  });

  test('with a status that is none is a mistake', async () => {
    const { message, extensions } = await mistake(app, 'recordBounce', { ...bounce, status: '550' });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.status' });
    expect(message).toContain('such as 5.1.1');
  });

  test('of an unknown contact is refused', async () => {
    expect(await refusal(app, 'recordBounce', { ...bounce, contactId: bob })).toMatchObject({
      code: 'CONTACT_UNKNOWN',
      path: 'input.contactId',
    });
  });

  test('cannot be proposed: it was seen or not', async () => {
    const proposed = { ...bounce, change: { proposeBecause: 'single_source' } };
    expect((await refusal(app, 'recordBounce', proposed)).code).toBe('PROPOSAL_UNSUITABLE');
  });
});

describe('recordActivity', () => {
  const survey = {
    ...seen,
    activity: 'SURVEY',
    channel: 'email',
    direction: 'INBOUND',
    outcome: 'answered',
    campaign: 'spring_2026',
    npsScore: 9,
    note: 'Would recommend us',
  };

  test('keeps what was done, where and with which outcome', async () => {
    const answer = await send(app, 'recordActivity', survey);
    expect(answer).toMatchObject({ version: 1, rejection: null });
    const { contactId: _, ...stored } = survey;
    expect(await signals()).toEqual([
      { type: 'ActivityRecorded', ...stored, activity: 'survey', direction: 'inbound' },
    ]);
  });

  test('with a score that no survey has is a mistake', async () => {
    const { extensions } = await mistake(app, 'recordActivity', { ...survey, npsScore: 11 });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.npsScore' });
  });
});

describe('recordVerification', () => {
  test('keeps what was checked, how, and what came out', async () => {
    const check = {
      ...seen,
      datapoint: 'EMPLOYMENT',
      result: 'WRONG',
      method: 'phone',
      respondentId: bob,
      respondent: 'csm-1',
      campaign: 'spring_2026',
      note: 'Left in January',
    };
    expect((await send(app, 'recordVerification', check)).rejection).toBeNull();
    const { contactId: _, ...stored } = check;
    expect(await signals()).toEqual([
      { type: 'DatapointVerified', ...stored, datapoint: 'employment', result: 'wrong' },
    ]);
  });
});
