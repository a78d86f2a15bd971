// What goes wrong in the records and is put right: corrections, false alarms, removals, duplicates and doubtful claims.
import type { CommandContext } from '../command.ts';
import type { ContactCommand } from '../contact/commands.ts';
import { type Day, isoFromDay } from '../time/day.ts';
import type { Change } from './changes.ts';
import { dayMs, remembered } from './dates.ts';
import { bounceHard } from './departures.ts';
import { asciiOf } from './names.ts';
import { mobilePhone, pickCountry, pickPlace } from './places.ts';
import { otherRole } from './roles.ts';
import { feeds, operations, type Person, removalGate, successManager, tell, titleOf } from './world.ts';

const placed = (person: Person) => ({ contactId: person.id, placementId: person.placementId });
const dayOf = (ms: number): Day => Math.floor(ms / dayMs);

const correctStart: Change = (world, person, day) => {
  const startDay = Math.min(person.startDay + world.random.int(-90, 45), day - 1);
  person.startDay = startDay;
  tell(world, person, {
    voice: operations(world),
    day,
    reasonCode: 'date_corrected',
    evidence: [{ kind: 'document', text: 'Signed statement of work.' }],
    command: { type: 'CorrectPlacement', ...placed(person), startsOn: isoFromDay(startDay) },
  });
};

const correctTitle: Change = (world, person, day) => {
  tell(world, person, {
    voice: operations(world),
    day,
    reasonCode: 'typing_error',
    command: { type: 'CorrectPlacement', ...placed(person), title: titleOf(person) },
  });
};

/** Recorded at the parent while the subsidiary employs the person, or the other way round. */
const correctAccount: Change = (world, person, day) => {
  const { account } = person;
  const right = account.parent ?? world.accounts.find((each) => each.parent === account);
  if (!right || right.joinDay >= day || right.closedOn !== undefined || person.role.post) return;
  tell(world, person, {
    voice: operations(world),
    day,
    afterMs: right.readyMs,
    reasonCode: 'wrong_account',
    command: { type: 'CorrectPlacement', ...placed(person), accountId: right.id },
  });
  account.people = account.people.filter((each) => each !== person);
  right.people.push(person);
  person.account = right;
};

const withdraw: Change = (world, person, day) => {
  if (person.role.post) return;
  person.gone = true;
  tell(world, person, {
    voice: operations(world),
    day,
    // A withdrawn placement takes no changes, so those that are heard of late come first.
    afterMs: person.lastToldMs,
    reasonCode: 'recorded_in_error',
    reasonText: 'Never worked there: mistaken for a namesake.',
    command: { type: 'WithdrawPlacement', ...placed(person) },
  });
};

/** Taken for a departure, then found to be a leave: the end is emptied again. */
const raiseFalseAlarm: Change = (world, person, day) => {
  const { random } = world;
  const voice = successManager(person.account);
  const evidence = [{ kind: 'reply', text: 'Automatic reply without a date of return.' }];
  const endedMs = tell(world, person, {
    voice,
    day,
    effectiveOn: isoFromDay(day),
    reasonCode: 'left_company',
    evidence,
    command: { type: 'EndPlacement', ...placed(person), destination: 'unknown' },
  });
  const reopenedMs = tell(world, person, {
    voice,
    day: dayOf(endedMs) + random.int(4, 40),
    afterMs: endedMs,
    reasonCode: 'mistaken',
    reasonText: 'Parental leave, back in summer.',
    command: { type: 'CorrectPlacement', ...placed(person), endsOn: null },
  });
  person.readyMs = reopenedMs;
  person.freeFrom = dayOf(reopenedMs) + 30;
};

/** The gate believed a bounce of a mail server that was set up wrongly; the next delivery released the contact. */
const quarantine: Change = (world, person, day) => {
  const { random } = world;
  const bouncedMs = bounceHard(world, person, day);
  const removedMs = tell(world, person, {
    voice: removalGate,
    day: dayOf(bouncedMs) + random.int(1, 6),
    afterMs: bouncedMs,
    reasonCode: 'hard_bounce_no_activity',
    evidence: [{ kind: 'bounce', text: '550 5.1.1 user unknown' }],
    command: { type: 'RemovePlacement', ...placed(person) },
  });
  const restoredMs = tell(world, person, {
    voice: operations(world),
    day: dayOf(removedMs) + random.int(3, 30),
    afterMs: removedMs,
    reasonCode: 'delivered_again',
    command: { type: 'RestorePlacement', ...placed(person) },
  });
  person.readyMs = restoredMs;
  person.freeFrom = dayOf(restoredMs) + 5;
};

const remove: Change = (world, person, day) => {
  const { random } = world;
  const [reasonCode, reasonText] = random.weighted([
    [['requested_by_contact', 'Asked not to be listed any more.'], 35],
    [['no_longer_relevant', 'Has nothing to do with our products.'], 30],
    [['shared_mailbox', 'Not a person but a shared mailbox.'], 15],
    [['spam_registration', 'Came in through a web form with made-up details.'], 10],
    [['competitor', 'Works for a competitor.'], 10],
  ] as const);
  const removedMs = tell(world, person, {
    voice: operations(world),
    day,
    reasonCode,
    reasonText,
    evidence: [{ kind: 'word', text: reasonText }],
    command: { type: 'RemoveContact', contactId: person.id },
  });
  person.gone = true;
  if (!random.chance(0.3)) return;
  const restoredMs = tell(world, person, {
    voice: operations(world),
    day: dayOf(removedMs) + random.int(5, 90),
    afterMs: removedMs,
    reasonCode: 'removed_in_error',
    command: { type: 'RestoreContact', contactId: person.id },
  });
  Object.assign(person, { gone: false, readyMs: restoredMs, freeFrom: dayOf(restoredMs) + 5 });
};

/** The same person once more, from a web form or a colleague; most are found and merged, a few wrongly. */
const duplicate: Change = (world, person, day) => {
  const { random } = world;
  const { given, family } = person.name;
  const contactId = random.uuid();
  const isPlain = random.chance(0.5);
  const name = isPlain
    ? `${given.charAt(0)}. ${family}`
    : `${given} ${family.normalize('NFD').replace(/\p{M}/gu, '')}`;
  const isForm = random.chance(0.6);
  const local = `${asciiOf(given).slice(0, 4)}${asciiOf(family).slice(0, 8)}`;
  const email = `${local}@${isForm ? 'inbox.example' : person.account.domain}`;
  let afterMs = tell(world, person, {
    voice: isForm ? feeds.webForm : successManager(person.account),
    day,
    command: {
      type: 'RegisterContact',
      contactId,
      name,
      email,
      attributes: [{ name: 'origin', value: isForm ? 'webinar' : 'meeting' }],
    },
  });
  const voice = operations(world);
  if (!isForm) {
    const placementId = random.uuid();
    const place = { contactId, placementId, accountId: person.account.id, title: titleOf(person) };
    const entry = { voice: successManager(person.account), day };
    afterMs = tell(world, person, { ...entry, afterMs, command: { type: 'StartPlacement', ...place } });
    const command = { type: 'WithdrawPlacement', contactId, placementId } as const;
    const found = dayOf(afterMs) + random.int(10, 100);
    afterMs = tell(world, person, { voice, day: found, afterMs, reasonCode: 'duplicate', command });
  }
  if (random.chance(0.2)) return;
  afterMs = tell(world, person, {
    voice,
    day: dayOf(afterMs) + random.int(isForm ? 10 : 0, isForm ? 120 : 2),
    afterMs,
    reasonCode: 'duplicate',
    reasonText: `Same name, ${isForm ? 'same answers in the form' : 'same telephone number'}.`,
    command: { type: 'MergeContacts', contactId, intoId: person.id },
  });
  if (!random.chance(0.1)) return;
  tell(world, person, {
    voice,
    day: dayOf(afterMs) + random.int(3, 45),
    afterMs,
    reasonCode: 'merged_in_error',
    reasonText: 'Two people of the same name after all.',
    command: { type: 'UnmergeContacts', contactId },
  });
};

/** What a source says that is not trusted at once; somebody will accept or decline it. */
const propose: Change = (world, person, day) => {
  const { random } = world;
  const { contactId, placementId } = placed(person);
  const [doubt, command] = random.pick<() => [string, ContactCommand]>([
    () => ['enrichment_date', { type: 'EndPlacement', contactId, placementId, destination: 'unknown' }],
    () => [
      'low_confidence',
      { type: 'ChangeTitle', contactId, placementId, title: random.pick(person.role.titles) },
    ],
    () => [
      'low_confidence',
      { type: 'ChangeFunction', contactId, placementId, function: otherRole(random).function },
    ],
    () => [
      'conflicts_with_newer',
      { type: 'ChangeContactLocation', contactId, location: pickPlace(random, pickCountry(random)).location },
    ],
    () => {
      const phone = mobilePhone(random, person.account.country) ?? random.digits('+120655501XX');
      return [
        'unverified_form',
        { type: 'ChangeContactPhone', contactId, kind: 'direct', line: 'voice', phone },
      ];
    },
  ])();
  const evidence: CommandContext['evidence'] = [{ kind: 'feed_record' }];
  const afterMs = tell(world, person, {
    voice: feeds.jobChanges,
    day,
    effectiveOn: remembered(random, day - random.int(5, 90)),
    sourceRecord: random.digits('JC-XXXXXXXX'),
    evidence,
    asProposal: { doubt },
    command,
  });
  // Sometimes a colleague hears the same and records it without looking at the proposal.
  if (command.type !== 'ChangeTitle' || !random.chance(0.4)) return;
  tell(world, person, {
    voice: successManager(person.account),
    day: dayOf(afterMs) + random.int(5, 60),
    afterMs,
    command,
  });
};

/** Chance per contact and month, in 1/10,000. */
export const mistakes: readonly (readonly [Change, number])[] = [
  [correctStart, 15],
  [correctTitle, 8],
  [correctAccount, 8],
  [withdraw, 3],
  [raiseFalseAlarm, 6],
  [quarantine, 6],
  [remove, 9],
  [duplicate, 12],
  [propose, 25],
];
