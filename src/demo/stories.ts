// Plants the stories of the cast in the world, so that what is printed at the end of the demo shows something.
import { type Day, isoFromDay } from '../time/day.ts';
import { say } from './account-life.ts';
import { type AccountWish, foundAccount, registerAccount } from './accounts.ts';
import { bounceHard } from './departures.ts';
import type { Voice } from './journal.ts';
import { arrive } from './people.ts';
import { countryOf } from './places.ts';
import { type Role, roles } from './roles.ts';
import { type StoryAccount, type StoryCast, type StoryPerson, storyName } from './story-cast.ts';
import {
  accountManager,
  type DemoAccount,
  feeds,
  money,
  operations,
  type Person,
  removalGate,
  successManager,
  tell,
  type World,
} from './world.ts';

export function tellStories(world: World, cast: StoryCast): void {
  tellDeparture(world, cast.departure);
  tellRemoval(world, cast.removal);
  tellMerge(world, cast.merge);
  tellHistory(world, cast.history);
  tellTwoAccounts(world, cast.twoAccounts);
}

function stage(
  world: World,
  account: StoryAccount,
  wish: Omit<AccountWish, 'id' | 'name' | 'country'> & { country: string },
): DemoAccount {
  world.takenNames.add(account.name);
  const founded = foundAccount(world, world.startDay, {
    ...wish,
    ...account,
    country: countryOf(wish.country),
  });
  registerAccount(world, founded);
  return founded;
}

/** Somebody of the cast takes a job; without a day, long before the ledger began. */
function enter(
  world: World,
  account: DemoAccount,
  person: StoryPerson,
  role: Role,
  came?: { on: Day; learnedDays: number },
): Person {
  const { id, placementId, given, family, language } = person;
  const startDay = came?.on ?? world.startDay - 900;
  return arrive(world, account, {
    role,
    startDay,
    startsOn: isoFromDay(startDay),
    learnedDay: came ? came.on + came.learnedDays : world.startDay,
    voice: came ? successManager(account) : feeds.crm,
    wish: { id, placementId, name: { given, family, language }, rank: 1 },
  });
}

const placed = (person: Person) => ({ contactId: person.id, placementId: person.placementId });

function tellDeparture(world: World, cast: StoryCast['departure']): void {
  const account = stage(world, cast.account, {
    industry: 'manufacturing',
    country: 'NO',
    segment: 'enterprise',
  });
  const leaver = enter(world, account, cast.leaver, roles.champion);
  for (const [days, activity] of [
    [-200, 'meeting'],
    [-95, 'call'],
    [-20, 'login'],
  ] as const)
    tell(world, leaver, {
      voice: activity === 'login' ? feeds.product : successManager(account),
      day: cast.leftOn + days,
      effectiveOn: isoFromDay(cast.leftOn + days),
      command: { type: 'RecordActivity', ...placed(leaver), activity },
    });
  const afterMs = bounceHard(world, leaver, cast.bouncedOn);
  tell(world, leaver, {
    voice: successManager(account),
    day: cast.learnedOn,
    afterMs,
    effectiveOn: isoFromDay(cast.leftOn),
    reasonCode: 'left_company',
    reasonText: 'The newsletter bounced; the switchboard says she left six weeks ago.',
    evidence: [
      { kind: 'bounce', text: '550 5.1.1 The email account does not exist' },
      { kind: 'word', text: 'Switchboard, by phone.' },
    ],
    command: {
      type: 'EndPlacement',
      ...placed(leaver),
      destination: 'another_company',
      destinationName: 'Ondine Robotics',
    },
  });
  leaver.gone = true;
  enter(world, account, cast.successor, roles.champion, { on: cast.succeededOn, learnedDays: 4 });
}

function tellRemoval(world: World, cast: StoryCast['removal']): void {
  const account = stage(world, cast.account, { industry: 'insurance', country: 'GB', segment: 'mid_market' });
  const person = enter(world, account, cast.person, roles.procurement);
  const evidence = [{ kind: 'bounce', text: '550 5.1.1 The email account does not exist' }];
  const bouncedMs = bounceHard(world, person, cast.bouncedOn);
  const gatedMs = tell(world, person, {
    voice: removalGate,
    day: cast.gatedOn,
    afterMs: bouncedMs,
    effectiveOn: isoFromDay(cast.gatedOn),
    reasonCode: 'hard_bounce_no_activity',
    evidence,
    command: { type: 'RemovePlacement', ...placed(person) },
  });
  tell(world, person, {
    voice: operations(world),
    day: cast.removedOn,
    afterMs: gatedMs,
    effectiveOn: isoFromDay(cast.removedOn),
    reasonCode: 'unreachable',
    reasonText: 'Hard bounce, no activity for half a year, and nobody at the account knows where he went.',
    evidence: [...evidence, { kind: 'word', text: 'Asked the accounts department by phone.' }],
    command: { type: 'RemoveContact', contactId: person.id, destination: 'unknown' },
  });
  person.gone = true;
}

function tellMerge(world: World, cast: StoryCast['merge']): void {
  const account = stage(world, cast.account, {
    industry: 'health_care',
    country: 'NL',
    segment: 'mid_market',
  });
  const survivor = enter(world, account, cast.survivor, roles.primaryContact);
  const contactId = cast.loser.id;
  const enteredMs = tell(world, survivor, {
    voice: feeds.webForm,
    day: cast.enteredOn,
    command: {
      type: 'RegisterContact',
      contactId,
      name: storyName(cast.loser),
      email: 'zoe.vdmeer@inbox.example',
      attributes: [{ name: 'origin', value: 'webinar' }],
    },
  });
  tell(world, survivor, {
    voice: feeds.webForm,
    day: cast.enteredOn,
    afterMs: enteredMs,
    effectiveOn: isoFromDay(cast.enteredOn),
    command: {
      type: 'RecordActivity',
      contactId,
      activity: 'timeline',
      channel: 'webinar',
      direction: 'inbound',
    },
  });
  tell(world, survivor, {
    voice: operations(world),
    day: cast.mergedOn,
    afterMs: enteredMs + 3_600_000,
    reasonCode: 'duplicate',
    reasonText: 'Same person: she confirmed both addresses.',
    evidence: [{ kind: 'reply', text: 'Yes, both are mine; please write to the one at work.' }],
    command: { type: 'MergeContacts', contactId, intoId: survivor.id },
  });
}

function tellHistory(world: World, cast: StoryCast['history']): void {
  const parent = stage(world, cast.parent, {
    industry: 'manufacturing',
    country: 'GB',
    segment: 'enterprise',
  });
  const account = stage(world, cast.account, {
    industry: 'manufacturing',
    country: 'GB',
    segment: 'mid_market',
  });
  const sponsor = enter(world, account, cast.sponsor, roles.executiveSponsor);
  account.renewalDay = undefined;
  const accountId = account.id;
  const entry = (day: Day, voice: Voice = operations(world)) => ({
    voice,
    day,
    effectiveOn: isoFromDay(day),
  });
  const arr = money(account, 9_800_000);
  const more = money(account, 21_400_000);
  const bought = { product: 'core_platform', outcome: 'expanded', amount: arr, rootCause: null } as const;
  const reasonCode = 'segment_review';
  say(world, account, {
    ...entry(cast.renewedOn, accountManager(world)),
    command: { type: 'DecideRenewal', accountId, ...bought },
  });
  say(world, account, {
    ...entry(cast.renewedOn, accountManager(world)),
    command: { type: 'ChangeAccountValue', accountId, arr, acv: arr },
  });
  say(world, account, {
    ...entry(cast.renewedOn, accountManager(world)),
    command: { type: 'ScheduleAccountRenewal', accountId, renewalOn: isoFromDay(cast.acquiredOn + 200) },
  });
  say(world, account, {
    ...entry(cast.grewOn),
    reasonCode,
    command: {
      type: 'ClassifyAccount',
      accountId,
      segment: 'enterprise',
      touchModel: 'high_touch',
      tier: 'gold',
    },
  });
  say(world, account, {
    ...entry(cast.grewOn, accountManager(world)),
    command: { type: 'ChangeAccountValue', accountId, arr: more, acv: more },
  });
  say(world, account, {
    ...entry(cast.renamedOn),
    reasonCode: 'rebranded',
    command: { type: 'ChangeAccountName', accountId, name: renamedTo },
  });
  retireSponsor(world, account, sponsor, cast);
  say(world, account, {
    ...entry(cast.acquiredOn),
    afterMs: parent.readyMs,
    reasonCode: 'acquired',
    evidence: [{ kind: 'document', text: 'Press release of the buyer.' }],
    command: { type: 'ChangeAccountParent', accountId, parentId: parent.id },
  });
}

export const renamedTo = 'Tamarind Glass & Optics';

/** Known in advance: the end is scheduled, and the successor comes after a gap of six weeks all the same. */
function retireSponsor(
  world: World,
  account: DemoAccount,
  sponsor: Person,
  cast: StoryCast['history'],
): void {
  tell(world, sponsor, {
    voice: successManager(account),
    day: cast.retiredOn - 60,
    effectiveOn: isoFromDay(cast.retiredOn),
    reasonCode: 'retired',
    reasonText: 'Announced at the yearly review.',
    command: { type: 'EndPlacement', ...placed(sponsor), destination: 'retired' },
  });
  sponsor.gone = true;
  enter(world, account, cast.newSponsor, roles.executiveSponsor, { on: cast.retiredOn + 44, learnedDays: 9 });
}

function tellTwoAccounts(world: World, cast: StoryCast['twoAccounts']): void {
  const group = stage(world, cast.group, { industry: 'energy', country: 'FR', segment: 'enterprise' });
  const subsidiary = stage(world, cast.subsidiary, {
    industry: 'energy',
    country: 'FR',
    segment: 'mid_market',
    parent: group,
  });
  const person = enter(world, group, cast.person, roles.executiveSponsor);
  tell(world, person, {
    voice: successManager(subsidiary),
    day: cast.secondStartOn + 12,
    afterMs: subsidiary.readyMs,
    effectiveOn: isoFromDay(cast.secondStartOn),
    reasonText: 'Leads the subsidiary as well until a director is found.',
    evidence: [{ kind: 'word', text: 'Told us at the steering committee.' }],
    command: {
      type: 'StartPlacement',
      contactId: person.id,
      placementId: cast.secondPlacementId,
      accountId: subsidiary.id,
      title: 'Interim Managing Director',
      function: 'General management',
      department: 'Executive Board',
      contactType: 'decision_maker',
      importance: 2,
      interactionClass: 'decision',
      buyingRoles: ['decision_maker'],
    },
  });
}
