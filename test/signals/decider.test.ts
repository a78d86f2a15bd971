// What is allowed to be observed: bounces, activities and verifications of a contact that is known.
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/command.ts';
import { commandShapes } from '../../src/command.ts';
import { activityRecorded, bounced, contactRegistered, datapointVerified } from '../support/builders.ts';
import { given } from '../support/given-when-then.ts';
import { ann, bob, factIdOf, job } from '../support/ids.ts';

const seen = { contactId: ann, placementId: job } as const;
const bounce = {
  type: 'RecordBounce',
  ...seen,
  address: 'ann@acme.example',
  emailId: factIdOf(1),
  kind: 'hard',
  status: '5.1.1',
  reason: 'no_such_user',
  messageId: '<1@mail.example>',
  diagnostic: '550 5.1.1 no such user',
} as const;
const activity = {
  type: 'RecordActivity',
  ...seen,
  activity: 'survey',
  channel: 'email',
  direction: 'inbound',
  outcome: 'answered',
  campaign: 'nps_2026',
  npsScore: 10,
  note: 'very happy',
} as const;
const verification = {
  type: 'RecordVerification',
  ...seen,
  datapoint: 'employment',
  result: 'wrong',
  method: 'phone',
  respondentId: bob,
  respondent: 'csm-1',
  campaign: 'spring',
  note: 'left in May',
} as const;

describe('signals', () => {
  it('keep a bounce, its address and its texts sealed', () => {
    const { type: _, contactId: __, ...said } = bounce;
    given(contactRegistered()).when(bounce).then(bounced(said));
    given(contactRegistered())
      .when({ type: 'RecordBounce', contactId: ann, address: 'see website', kind: 'soft' })
      .then(bounced({ address: 'see website', kind: 'soft' }));
  });

  it('keep an activity', () => {
    const { type: _, contactId: __, ...said } = activity;
    given(contactRegistered()).when(activity).then(activityRecorded(said));
    given(contactRegistered())
      .when({ type: 'RecordActivity', contactId: ann, activity: 'login' })
      .then(activityRecorded({ activity: 'login' }));
  });

  it('keep the answer of a verification', () => {
    const { type: _, contactId: __, ...said } = verification;
    given(contactRegistered()).when(verification).then(datapointVerified(said));
    given(contactRegistered())
      .when({ type: 'RecordVerification', contactId: ann, datapoint: 'title', result: 'confirmed' })
      .then(datapointVerified());
  });

  it('happen as often as they happen', () => {
    given(contactRegistered(), bounced(), bounced())
      .when({ type: 'RecordBounce', contactId: ann, address: 'ann@acme.example', kind: 'hard' })
      .then(bounced());
  });

  it.each<Command>([bounce, activity, verification])('$type is refused of a stranger', (command) => {
    given(contactRegistered({}, { of: bob }))
      .when(command)
      .thenRejected('CONTACT_UNKNOWN', 'contactId');
  });

  it.each([
    ['a mail status of another form', bounce, { status: '5.1' }],
    ['a score above ten', activity, { npsScore: 11 }],
    ['an activity of no known kind', activity, { activity: 'lunch' }],
    ['a result of no known kind', verification, { result: 'maybe' }],
  ])('do not take %s', (_, { type, ...said }, wrong) => {
    expect(commandShapes[type].safeParse({ ...said, ...wrong }).success).toBe(false);
  });
});
