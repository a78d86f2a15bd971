// Generates a believable customer base: the same commands for the same seed, in the order in which they were learned.
import { type Day, dayFromIso, isoFromDay } from '../time/day.ts';
import { changeOwner, liveAccount } from './account-life.ts';
import { foundAccount, registerAccount, signProspect } from './accounts.ts';
import { ordinaryChanges } from './changes.ts';
import { contactsPerAccountOfShares, segmentFigures } from './companies.ts';
import { dayMs, monthStart } from './dates.ts';
import { leave } from './departures.ts';
import { createJournal, type DemoCommand } from './journal.ts';
import { mistakes } from './mistakes.ts';
import { settle } from './people.ts';
import { createRandom } from './random.ts';
import { staff } from './roles.ts';
import { bounceSoftly, observe } from './signals.ts';
import { tellStories } from './stories.ts';
import { castStories } from './story-cast.ts';
import { type DemoHighlight, highlightsOf } from './story-highlights.ts';
import { accountManager, type DemoAccount, isAround, makeTeam, type Person, type World } from './world.ts';

export interface CustomerBaseOptions {
  seed: number;
  /** Nothing is learned on this day or the day before, so that no time zone makes it the future. */
  todayDay: Day;
  /** 10 to 5,000. */
  accounts?: number;
  /** Contacts of an account at the start, on average over the segments: 4 to 40. */
  contactsPerAccount?: number;
  /** How long the story is, 12 to 120. */
  months?: number;
  /**
   * When it begins; by default the first of a month, `months` before today. Keep it to go on with a base: the same start
   * on a later day gives the same commands and, after them, what has been learned since.
   */
  startDay?: Day;
}

export type DemoFaultCode = 'DEMO_SIZE_OUT_OF_RANGE';
export class DemoFault extends RangeError {
  readonly code: DemoFaultCode = 'DEMO_SIZE_OUT_OF_RANGE';
}

type Plan = Required<CustomerBaseOptions> & { name: string };

/** All commands of the base, oldest first by when they were learned. Throws DemoFault for a size out of range. */
export function generateCustomerBase(options: CustomerBaseOptions): DemoCommand[] {
  const plan = planOf(options);
  const world = createWorld(plan);
  const { startDay, todayDay } = plan;
  for (let month = 0; monthStart(startDay, month) < todayDay; month++)
    liveMonth(world, month, monthStart(startDay, month), monthStart(startDay, month + 1));
  return world.journal.learnedBefore((todayDay - 1) * dayMs);
}

/** The planted stories of a base with these options: who to look up, where and when. */
export function demoHighlights(options: CustomerBaseOptions): DemoHighlight[] {
  const { name, startDay, months } = planOf(options);
  return highlightsOf(castStories(createRandom(name), startDay, months));
}

/** What to pass as `startDay` later on, to continue the base that the same options give today. */
export function demoStartDay(options: CustomerBaseOptions): Day {
  return planOf(options).startDay;
}

function planOf(options: CustomerBaseOptions): Plan {
  const { seed, todayDay, accounts = 300, contactsPerAccount = 10, months = 30 } = options;
  checkRange('seed', seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  checkRange('accounts', accounts, 10, 5_000);
  checkRange('contactsPerAccount', contactsPerAccount, 4, 40);
  checkRange('months', months, 12, 120);
  const startDay = options.startDay ?? firstOfMonth(monthStart(todayDay, -months));
  // Every size of base is one of its own: its ids and idempotency keys meet no other's.
  const name = `demo-${seed}-${isoFromDay(startDay)}-${accounts}-${contactsPerAccount}-${months}`;
  return { seed, todayDay, accounts, contactsPerAccount, months, startDay, name };
}

function checkRange(option: string, value: number, min: number, max: number): void {
  const isWhole = option === 'contactsPerAccount' || Number.isInteger(value);
  if (!isWhole || !(value >= min && value <= max))
    throw new DemoFault(`The option ${option} must be a number from ${min} to ${max}.`);
}

function firstOfMonth(day: Day): Day {
  return dayFromIso(`${isoFromDay(day).slice(0, 7)}-01`)!;
}

const shareOfLateJoiners = 0.12;

function createWorld(plan: Plan): World {
  const random = createRandom(plan.name);
  const { startDay } = plan;
  const world: World = {
    random,
    journal: createJournal(random, plan.name),
    startDay,
    accounts: [],
    takenNames: new Set(),
    successManagers: makeTeam(random.fork('success'), Math.max(4, Math.ceil(plan.accounts / 22))),
    accountManagers: makeTeam(random.fork('sales'), Math.max(3, Math.ceil(plan.accounts / 40))),
    stewards: makeTeam(random.fork('operations'), 4),
  };
  tellStories(world, castStories(random, startDay, plan.months));
  const late = Math.round(plan.accounts * shareOfLateJoiners);
  while (world.accounts.length < plan.accounts - late) foundAccount(world, startDay);
  const lastDay = monthStart(startDay, plan.months);
  while (world.accounts.length < plan.accounts) foundAccount(world, random.int(startDay + 20, lastDay - 20));
  for (const account of world.accounts) if (!account.staged) registerAccount(world, account);
  for (const account of world.accounts) populate(world, account, plan.contactsPerAccount);
  return world;
}

function populate(world: World, account: DemoAccount, contactsPerAccount: number): void {
  const { random, startDay } = world;
  const mean = segmentFigures[account.segment].contacts * (contactsPerAccount / contactsPerAccountOfShares);
  const count = Math.max(2, Math.round(mean * (0.55 + random.next() * 0.9)));
  const team = staff(random, account.segment, count, account.relationship === 'partner');
  // Where a story tells of a post, its people are the ones who hold it.
  const told = new Set(account.people.map((person) => person.role.post));
  settle(
    world,
    account,
    team.filter((role) => role.post === undefined || !told.has(role.post)),
    accountManager(world),
  );
  if (account.joinDay > startDay && random.chance(0.75))
    signProspect(world, account, account.joinDay + random.int(20, 150));
}

const departureRate = 0.0187; // one in five leaves within a year: 1 - (1 - 0.0187) ** 12 = 0.2
const departureRateOfClosed = 0.3;
const softBounceRate = 0.006;
const changes = [...ordinaryChanges, ...mistakes];
const changeRate = changes.reduce((sum, [, per10k]) => sum + per10k, 0) / 10_000;
const monthsBetweenLeavers = 8;

function liveMonth(world: World, month: number, from: Day, to: Day): void {
  const { random } = world;
  for (const account of world.accounts) liveAccount(world, account, from, to);
  if (month % monthsBetweenLeavers === monthsBetweenLeavers - 1) replaceSuccessManager(world, from);
  for (const account of world.accounts)
    for (const person of [...account.people]) {
      const day = random.int(from, to - 1);
      if (person.account === account && isAround(person, day)) livePerson(world, person, day);
    }
}

function livePerson(world: World, person: Person, day: Day): void {
  const { random } = world;
  const leaving = person.account.closedOn === undefined ? departureRate : departureRateOfClosed;
  const fate = random.next();
  if (fate < leaving) {
    leave(world, person, day);
    return;
  }
  observe(world, person, day);
  if (random.chance(softBounceRate)) bounceSoftly(world, person, day);
  if (fate < leaving + changeRate) random.weighted(changes)(world, person, day);
}

/** One of the vendor's own leaves: the accounts go to the successor. */
function replaceSuccessManager(world: World, day: Day): void {
  const leaver = world.random.pick(world.successManagers);
  const [successor] = makeTeam(world.random, 1);
  if (successor === undefined || world.successManagers.includes(successor)) return;
  world.successManagers = world.successManagers.map((each) => (each === leaver ? successor : each));
  for (const account of world.accounts)
    if (account.owner === leaver && account.closedOn === undefined && account.livesFrom < day)
      changeOwner(world, account, day + world.random.int(0, 14), successor, 'owner_left');
}
