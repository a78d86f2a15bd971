// What is observed of contacts: calls, mails, logins, surveys, soft bounces, and the answers when data is verified.

import type { SignalCommand } from '../signals/commands.ts';
import { type Day, isoFromDay } from '../time/day.ts';
import type { Voice } from './journal.ts';
import { colleagueOf } from './people.ts';
import { type DemoAccount, feeds, isAround, type Person, successManager, tell, type World } from './world.ts';

type Activity = Extract<SignalCommand, { type: 'RecordActivity' }>;
type Seen = Omit<Activity, 'type' | 'contactId' | 'placementId'>;

/** Chance of an observation per month, by interaction class. */
const activity: Readonly<Record<string, number>> = {
  decision: 0.21,
  end_use: 0.21,
  support: 0.24,
  purchasing: 0.11,
  accounts_payable: 0.08,
};
const activityOfOthers = 0.12;

export function observe(world: World, person: Person, day: Day): void {
  const { random } = world;
  const { interactionClass, post } = person.role;
  if (!random.chance(activity[interactionClass] ?? activityOfOthers)) return;
  const isUser = interactionClass === 'end_use' || interactionClass === 'support';
  const kind = random.weighted([
    ['product', isUser ? 45 : 5],
    ['mail', 30],
    ['case', isUser ? 15 : 6],
    ['talk', post ? 45 : 12],
    ['survey', 12],
  ] as const);
  const [voice, seen] = observations[kind](world, person, day);
  tell(world, person, {
    voice,
    day,
    effectiveOn: isoFromDay(day),
    command: { type: 'RecordActivity', contactId: person.id, placementId: person.placementId, ...seen },
  });
}

type Observation = (world: World, person: Person, day: Day) => [Voice, Seen];
const observations: Record<'product' | 'mail' | 'case' | 'talk' | 'survey', Observation> = {
  product: ({ random }) => [
    feeds.product,
    {
      activity: random.pick(['login', 'login', 'usage'] as const),
      channel: random.pick(['web', 'mobile_app']),
    },
  ],
  mail: ({ random }, _, day) => {
    const campaign = `newsletter_${isoFromDay(day).slice(0, 7).replace('-', '_')}`;
    return random.weighted<[Voice, Seen]>([
      [
        [feeds.mailGateway, { activity: 'email_opened', channel: 'email', direction: 'outbound', campaign }],
        5,
      ],
      [
        [
          feeds.mailGateway,
          { activity: 'email_delivered', channel: 'email', direction: 'outbound', campaign },
        ],
        3,
      ],
      [[feeds.mailGateway, { activity: 'email_replied', channel: 'email', direction: 'inbound' }], 2],
    ]);
  },
  case: ({ random }) => [
    feeds.product,
    {
      activity: 'case',
      channel: 'support_desk',
      direction: 'inbound',
      outcome: random.pick(['solved', 'solved', 'escalated', 'open']),
    },
  ],
  talk: ({ random }, person) => [
    successManager(person.account),
    {
      activity: random.pick(['call', 'meeting', 'timeline'] as const),
      channel: random.pick(['phone', 'video', 'on_site']),
      outcome: random.pick(['reached', 'reached', 'reached', 'no_answer']),
      ...(random.chance(0.25) && {
        note: random.pick([
          'Went through the open requests; satisfied with the last release.',
          'Wants a second training for the new colleagues.',
          'Budget round in autumn, asked for a usage report.',
          'Plans to roll out to another site.',
        ]),
      }),
    },
  ],
  survey: ({ random }) => [
    feeds.survey,
    {
      activity: 'survey',
      channel: 'email',
      direction: 'inbound',
      // The usual shape: half promoters, a third passive, the rest detractors.
      npsScore: random.weighted([
        [random.int(9, 10), 48],
        [random.int(7, 8), 33],
        [random.int(0, 6), 19],
      ]),
    },
  ],
};

export function bounceSoftly(world: World, person: Person, day: Day): void {
  const { random } = world;
  const [status, reason, diagnostic] = random.pick([
    ['4.2.2', 'mailbox_full', '452 4.2.2 Mailbox full'],
    ['4.4.1', 'no_answer_from_host', '451 4.4.1 Connection timed out'],
    ['4.7.1', 'greylisted', '450 4.7.1 Greylisted, try again later'],
  ] as const);
  tell(world, person, {
    voice: feeds.mailGateway,
    day,
    effectiveOn: isoFromDay(day),
    command: {
      type: 'RecordBounce',
      contactId: person.id,
      placementId: person.placementId,
      address: person.email,
      kind: 'soft',
      status,
      reason,
      messageId: `<${random.uuid()}@mailer.example>`,
      diagnostic,
    },
  });
}

/** The contacts on record are mailed to the account months before renewal; some answers come back. */
export function verifyContacts(world: World, account: DemoAccount, day: Day): void {
  const { random } = world;
  const campaign = `renewal_check_${isoFromDay(day).slice(0, 4)}`;
  for (const person of [...account.people]) {
    if (!isAround(person, day) || !random.chance(0.3)) continue;
    const respondent = random.chance(0.6) ? colleagueOf(world, person, day) : undefined;
    const datapoint = random.pick(['employment', 'employment', 'title', 'location', 'function'] as const);
    const result = random.weighted([
      ['confirmed', 87],
      [datapoint === 'employment' ? 'confirmed' : 'wrong', 8],
      ['unreachable', 5],
    ] as const);
    tell(world, person, {
      voice: respondent ? feeds.survey : successManager(account),
      day: day + random.int(0, 14),
      ...(respondent && { afterMs: respondent.readyMs }),
      effectiveOn: isoFromDay(day),
      command: {
        type: 'RecordVerification',
        contactId: person.id,
        placementId: person.placementId,
        datapoint,
        result,
        campaign,
        ...(respondent
          ? { method: 'mail_table', respondentId: respondent.id }
          : { method: 'phone', respondent: account.owner }),
      },
    });
  }
}
