// Departures: people leave, somebody notices days or months later, and the post is filled again after a gap.

import type { Evidence } from '../command.ts';
import { type Day, isoFromDay } from '../time/day.ts';
import { otherEmployers } from './companies.ts';
import { dayMs, remembered } from './dates.ts';
import type { Voice } from './journal.ts';
import { colleagueOf, hire, move, pickManager, reportTo } from './people.ts';
import { otherRole, type Role } from './roles.ts';
import {
  type DemoAccount,
  feeds,
  isAround,
  operations,
  type Person,
  removalGate,
  successManager,
  tell,
  type World,
} from './world.ts';

type Destination = 'another_company' | 'same_company' | 'retired' | 'died' | 'other' | 'unknown';
type Cause = Destination | 'customer';

/** Where leavers go; `customer` is another company that is an account here. */
const causes: readonly (readonly [Cause, number])[] = [
  ['another_company', 46],
  ['customer', 7],
  ['same_company', 7],
  ['retired', 7],
  ['died', 0.8],
  ['other', 7],
  ['unknown', 25],
];

/** How the organisation came to know: when, from whom, on what evidence. */
interface News {
  day: Day;
  voice: Voice;
  evidence?: Evidence[];
  reasonText?: string;
  sourceRecord?: string;
  /** Whether a day was named; else only what somebody remembers. */
  exact?: boolean;
}

/** The person leaves on the day, or gives notice on it. */
export function leave(world: World, person: Person, day: Day): void {
  const { random } = world;
  const { account, role } = person;
  const cause = random.weighted(causes);
  const gaveNotice = cause !== 'died' && random.chance(cause === 'retired' ? 0.6 : 0.12);
  const leftOn = gaveNotice ? day + random.int(10, 75) : day;
  const news = gaveNotice
    ? { day, voice: successManager(account), exact: true, ...told('word', 'Told us in the weekly call.') }
    : hear(world, person, leftOn);
  const reports = account.people.filter((each) => each.manager === person && !each.gone);
  if (cause === 'same_company' || cause === 'customer') {
    const to = cause === 'customer' ? pickCustomer(world, account, leftOn) : account;
    if (to) goTo(world, person, to, leftOn, news);
    else endFor(world, person, 'unknown', leftOn, news);
  } else endFor(world, person, cause, leftOn, news);
  const successor = succeed(world, account, role, leftOn);
  for (const report of reports.slice(0, 6)) {
    const manager = successor ?? pickManager(account, report.role, leftOn);
    const knownOn = Math.max(leftOn, successor?.startDay ?? 0) + random.int(1, 25);
    if (report !== successor)
      reportTo(world, report, manager, { voice: successManager(account), day: knownOn });
  }
}

const told = (kind: string, text: string): Pick<News, 'evidence'> => ({ evidence: [{ kind, text }] });

/** Who leaves without telling is missed: at once by one in four, else by a bounce, a colleague or a feed, weeks later. */
function hear(world: World, person: Person, leftOn: Day): News {
  const { random } = world;
  const voice = successManager(person.account);
  if (random.chance(0.25)) {
    const evidence = told('reply', 'Farewell mail to all partners.');
    return { day: leftOn + random.int(0, 6), voice, exact: random.chance(0.8), ...evidence };
  }
  const day = leftOn + Math.min(8 + random.longTail(38), 300);
  const channel = random.weighted([
    ['bounce', 36],
    ['auto_reply', 14],
    ['colleague', 20],
    ['crm', 10],
    ['job_changes', 12],
    ['verification', 8],
  ] as const);
  if (channel === 'bounce') return hearByBounce(world, person, day);
  if (channel !== 'auto_reply' && random.chance(0.25)) bounceHard(world, person, random.int(leftOn + 2, day));
  if (channel === 'auto_reply')
    return { day, voice, ...told('reply', 'Automatic reply: no longer with the company.') };
  if (channel === 'crm') return { day, voice: feeds.crm, sourceRecord: random.digits('CON-XXXXXXXX') };
  if (channel === 'job_changes') {
    const sourceRecord = random.digits('JC-XXXXXXXX');
    return { day, voice: feeds.jobChanges, sourceRecord, evidence: [{ kind: 'feed_record' }] };
  }
  const colleague = colleagueOf(world, person, leftOn);
  if (channel === 'verification' && colleague) {
    const askedMs = tell(world, person, {
      voice: feeds.survey,
      day,
      afterMs: colleague.readyMs,
      command: {
        type: 'RecordVerification',
        contactId: person.id,
        placementId: person.placementId,
        datapoint: 'employment',
        result: 'wrong',
        method: 'mail_table',
        respondentId: colleague.id,
      },
    });
    const answered = Math.floor(askedMs / dayMs) + random.int(1, 5);
    return { day: answered, voice, ...told('reply', 'Marked as gone in the verification mail.') };
  }
  return { day, voice, ...told('word', 'A colleague mentioned it on the phone.') };
}

function hearByBounce(world: World, person: Person, day: Day): News {
  const { random } = world;
  const voice = successManager(person.account);
  const bouncedMs = bounceHard(world, person, day);
  const evidence: Evidence[] = [{ kind: 'bounce', text: '550 5.1.1 user unknown' }];
  // Where nobody looks into it, the gate takes the contact off the account, and the truth comes out later.
  if (random.chance(0.18)) {
    const removedMs = tell(world, person, {
      voice: removalGate,
      day: day + random.int(2, 10),
      afterMs: bouncedMs,
      reasonCode: 'hard_bounce_no_activity',
      evidence,
      command: { type: 'RemovePlacement', contactId: person.id, placementId: person.placementId },
    });
    return { day: Math.floor(removedMs / dayMs) + random.int(5, 60), voice, evidence };
  }
  const noticed = Math.max(day, Math.floor(bouncedMs / dayMs)) + random.int(1, 9);
  return { day: noticed, voice, evidence, exact: random.chance(0.5) };
}

export function bounceHard(world: World, person: Person, day: Day): number {
  const { random } = world;
  const [status, reason, diagnostic] = random.weighted([
    [['5.1.1', 'mailbox_unknown', '550 5.1.1 The email account does not exist'], 80],
    [['5.1.10', 'recipient_unknown', '550 5.1.10 Recipient not found'], 12],
    [['5.2.1', 'mailbox_disabled', '550 5.2.1 Mailbox disabled'], 8],
  ] as const);
  return tell(world, person, {
    voice: feeds.mailGateway,
    day,
    effectiveOn: isoFromDay(day),
    command: {
      type: 'RecordBounce',
      contactId: person.id,
      placementId: person.placementId,
      address: person.email,
      kind: 'hard',
      status,
      reason,
      messageId: `<${random.uuid()}@mailer.example>`,
      diagnostic,
    },
  });
}

const reasonCodes: Readonly<Record<Destination, string>> = {
  another_company: 'left_company',
  same_company: 'internal_move',
  retired: 'retired',
  died: 'died',
  other: 'left_company',
  unknown: 'left_company',
};

function endFor(
  world: World,
  person: Person,
  destination: Exclude<Destination, 'same_company'>,
  leftOn: Day,
  news: News,
): void {
  const { random } = world;
  const { id: contactId, placementId } = person;
  const { exact, ...heard } = news;
  const effectiveOn = exact ? isoFromDay(leftOn) : remembered(random, leftOn);
  person.gone = true;
  let afterMs = person.readyMs;
  if (destination === 'died')
    afterMs = tell(world, person, { ...heard, effectiveOn, command: { type: 'RecordDeath', contactId } });
  const employer = destination === 'another_company' && random.chance(0.7);
  const endedMs = tell(world, person, {
    ...heard,
    afterMs,
    effectiveOn,
    reasonCode: reasonCodes[destination],
    command: {
      type: 'EndPlacement',
      contactId,
      placementId,
      destination,
      ...(employer && { destinationName: random.pick(otherEmployers) }),
    },
  });
  if (destination !== 'died' && random.chance(0.07)) correctEnd(world, person, leftOn, endedMs);
}

/** The day was not quite right, or is only now found out. */
function correctEnd(world: World, person: Person, leftOn: Day, endedMs: number): void {
  const { random } = world;
  const day = Math.floor(endedMs / dayMs) + random.int(4, 60);
  const really = Math.max(person.startDay + 1, leftOn + random.int(-14, 14));
  tell(world, person, {
    voice: operations(world),
    day,
    afterMs: endedMs,
    reasonCode: 'date_corrected',
    command: {
      type: 'CorrectPlacement',
      contactId: person.id,
      placementId: person.placementId,
      endsOn: isoFromDay(really),
      ...(random.chance(0.3) && { endReason: 'Left at the end of the notice period.' }),
    },
  });
}

function pickCustomer(world: World, from: DemoAccount, day: Day): DemoAccount | undefined {
  for (let tries = 0; tries < 5; tries++) {
    const account = world.random.pick(world.accounts);
    if (account !== from && account.joinDay < day && account.closedOn === undefined) return account;
  }
  return undefined;
}

/** To another post or another account: as one move, or first as a loss that turns out to be one. */
function goTo(world: World, person: Person, account: DemoAccount, leftOn: Day, news: News): void {
  const { random } = world;
  const startDay = leftOn + random.int(0, 5);
  // Somebody else holds the post by then, or there is none of this name.
  const { post: _, ...role } = account === person.account ? otherRole(random) : person.role;
  const voice: Voice = news.voice.by === 'person' ? news.voice : successManager(person.account);
  const reasonText =
    account === person.account ? 'Took another job in the same company.' : 'Joined another customer.';
  move(world, person, { account, role, day: startDay, learnedDay: news.day, voice, reasonText });
}

/** A key post is filled nearly always, from within or from outside; other jobs less often. */
function succeed(world: World, account: DemoAccount, role: Role, leftOn: Day): Person | undefined {
  const { random } = world;
  if (account.closedOn !== undefined) return undefined;
  const shrinks = account.relationship === 'former' ? 0.4 : 1;
  if (!random.chance((role.post ? 0.88 : 0.64) * shrinks)) return undefined;
  const gapDays = random.chance(0.25)
    ? random.int(0, 10)
    : Math.min(random.longTail(role.post ? 48 : 35), 270);
  const startDay = leftOn + gapDays;
  const candidates = role.post
    ? account.people.filter((each) => isAround(each, leftOn) && !each.role.post && each.role.level > 1)
    : [];
  const inner = candidates.length && random.chance(0.25) ? random.pick(candidates) : undefined;
  if (!inner) return hire(world, account, role, startDay, successManager(account));
  move(world, inner, {
    account,
    role,
    day: startDay,
    learnedDay: startDay + random.int(0, 20),
    voice: successManager(account),
    reasonText: 'Follows within the company.',
  });
  return inner;
}
