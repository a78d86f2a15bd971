// The world of the demo while it is told: accounts, people, the vendor's own team, and who says what about them.
import type { Day } from '../time/day.ts';
import type { Segment } from './companies.ts';
import { dayMs } from './dates.ts';
import type { Entry, Journal, Voice } from './journal.ts';
import { asciiOf, makeName, type PersonName } from './names.ts';
import type { Country } from './places.ts';
import type { Random } from './random.ts';
import type { Role } from './roles.ts';

export interface DemoAccount {
  id: string;
  name: string;
  /** What its subsidiaries share with it. */
  root: string;
  industry: string;
  domain: string;
  country: Country;
  segment: Segment;
  relationship: 'prospect' | 'customer' | 'former' | 'partner';
  /** Minor units of the country's currency. */
  arrMinor: number;
  renewalDay: Day | undefined;
  productLines: string[];
  owner: string;
  parent: DemoAccount | undefined;
  addressStyle: AddressStyle;
  takenLocalParts: Set<string>;
  people: Person[];
  /** Learned after this instant it is known. */
  readyMs: number;
  joinDay: Day;
  /** Nothing happens to it by chance up to this day: what is settled already must come first. */
  livesFrom: Day;
  closedOn: Day | undefined;
  /** The scene of a planted story: chance decides its renewals and its people, and nothing else. */
  staged: boolean;
}
export type AddressStyle = 'first.last' | 'flast' | 'first_last' | 'last.first';

export interface Person {
  id: string;
  name: PersonName;
  account: DemoAccount;
  placementId: string;
  role: Role;
  /** Place of the title in the role's list. */
  rank: number;
  email: string;
  mobile: string | undefined;
  manager: Person | undefined;
  startDay: Day;
  /** Learned after this instant the contact and its placement are known. */
  readyMs: number;
  /** The last instant, so far, at which something is learned of the person. */
  lastToldMs: number;
  /** Nothing new happens to the person before this day. */
  freeFrom: Day;
  /** Left, removed or dead: nothing happens any more. */
  gone: boolean;
  /** Part of a planted story: chance leaves the person alone. */
  scripted: boolean;
}

export interface World {
  random: Random;
  journal: Journal;
  startDay: Day;
  accounts: DemoAccount[];
  takenNames: Set<string>;
  successManagers: string[];
  accountManagers: readonly string[];
  stewards: readonly string[];
}

/** The systems that report by themselves. */
export const feeds = {
  crm: { actor: { id: 'crm-import', kind: 'integration' }, source: 'crm', by: 'feed', hours: 'night' },
  mailGateway: {
    actor: { id: 'mail-gateway', kind: 'integration' },
    source: 'mail_gateway',
    by: 'feed',
    hours: 'always',
  },
  product: {
    actor: { id: 'product-telemetry', kind: 'integration' },
    source: 'product',
    by: 'feed',
    hours: 'always',
  },
  survey: {
    actor: { id: 'survey-tool', kind: 'integration' },
    source: 'survey',
    by: 'feed',
    hours: 'always',
  },
  webForm: {
    actor: { id: 'web-forms', kind: 'integration' },
    source: 'web_form',
    by: 'feed',
    hours: 'always',
  },
  jobChanges: {
    actor: { id: 'job-change-feed', kind: 'integration' },
    source: 'job_changes',
    by: 'feed',
    hours: 'night',
  },
} as const satisfies Record<string, Voice>;

/** Held to the rules like a person. */
export const removalGate: Voice = {
  actor: { id: 'removal-gate', kind: 'policy' },
  source: 'policy',
  by: 'person',
  policy: { name: 'removal_gate', version: 1 },
  hours: 'night',
};

const colleague = (id: string, team: string): Voice => ({
  actor: { id, kind: 'person', team },
  source: 'console',
  by: 'person',
  hours: 'people',
});
export const successManager = (account: DemoAccount): Voice => colleague(account.owner, 'customer_success');
export const operations = (world: World): Voice => colleague(world.random.pick(world.stewards), 'operations');
export const accountManager = (world: World): Voice =>
  colleague(world.random.pick(world.accountManagers), 'sales');

export function makeTeam(random: Random, count: number): string[] {
  const team = new Set<string>();
  while (team.size < count) {
    const { given, family } = makeName(random, random.pick(['en', 'de', 'fr', 'es', 'hi', 'sv', 'pl', 'it']));
    team.add(`${asciiOf(given)}.${asciiOf(family.split(' ')[0]!)}`);
  }
  return [...team];
}

/** Says something of a person, after the person is known; returns the instant at which it is learned. */
export function tell(world: World, person: Person, entry: Entry): number {
  const afterMs = Math.max(person.readyMs, entry.afterMs ?? person.readyMs);
  const learnedAtMs = world.journal.write({ ...entry, afterMs });
  person.lastToldMs = Math.max(person.lastToldMs, learnedAtMs);
  return learnedAtMs;
}

/** Whether chance may do something with the person: there, known, and not in the middle of something else. */
export function isAround(person: Person, day: Day): boolean {
  const { gone, scripted, startDay, freeFrom, readyMs } = person;
  return !gone && !scripted && startDay < day && freeFrom <= day && readyMs < day * dayMs;
}

export const titleOf = (person: Person): string => person.role.titles[person.rank]!;
export const money = (account: DemoAccount, minorUnits: number) => ({
  minorUnits,
  currency: account.country.currency,
});

/** A local part in the account's own style that nobody there has yet. */
export function makeEmail(account: DemoAccount, name: PersonName): string {
  const given = asciiOf(name.given);
  const family = asciiOf(name.family);
  const local = {
    'first.last': `${given}.${family}`,
    flast: `${given.charAt(0)}${family}`,
    first_last: `${given}_${family}`,
    'last.first': `${family}.${given}`,
  }[account.addressStyle];
  let free = local;
  for (let number = 2; account.takenLocalParts.has(free); number++) free = `${local}${number}`;
  account.takenLocalParts.add(free);
  return `${free}@${account.domain}`;
}
