// Founds the accounts of the demo: figures that fit the segment, groups with subsidiaries, and the vendor's team for each.
import { type Day, isoFromDay } from '../time/day.ts';
import {
  freeName,
  makeCompanyName,
  products,
  type Segment,
  segmentFigures,
  segmentShares,
  tiers,
  touchModels,
} from './companies.ts';
import { dayMs, longRemembered } from './dates.ts';
import type { Voice } from './journal.ts';
import { asciiOf } from './names.ts';
import { type Country, makeAddress, officePhone, pickCountry, pickPlace } from './places.ts';
import type { Random } from './random.ts';
import { accountManager, type DemoAccount, feeds, money, operations, type World } from './world.ts';

/** What a planted story wants of its account; the rest is chance. */
export interface AccountWish {
  id: string;
  name: string;
  industry: string;
  country: Country;
  segment: Segment;
  parent?: DemoAccount;
}

const daysPerYear = 365;
const shareOfSubsidiaries = 0.12;

/** An account on paper; `registerAccount` makes it known. */
export function foundAccount(world: World, joinDay: Day, wish?: AccountWish): DemoAccount {
  const { random } = world;
  const segment = wish?.segment ?? random.weighted(segmentShares);
  const country = wish?.country ?? pickCountry(random);
  const group = wish || !random.chance(shareOfSubsidiaries) ? undefined : pickGroup(world, joinDay);
  const named = wish ? undefined : makeNames(world, country, group);
  const name = wish?.name ?? named!.name;
  const isInitial = joinDay === world.startDay;
  const relationship = wish
    ? 'customer'
    : isInitial
      ? random.weighted([
          ['customer', 86],
          ['prospect', 7],
          ['partner', 4],
          ['former', 3],
        ] as const)
      : 'prospect';
  const account: DemoAccount = {
    id: wish?.id ?? random.uuid(),
    name,
    root: named?.root ?? name,
    industry: wish?.industry ?? named!.industry,
    domain: freeDomain(world, name),
    country,
    segment,
    relationship,
    arrMinor: relationship === 'customer' ? makeArr(random, segment) : 0,
    renewalDay: relationship === 'customer' ? world.startDay + random.int(20, daysPerYear + 10) : undefined,
    productLines: relationship === 'customer' ? makeProducts(random) : [],
    owner: random.pick(world.successManagers),
    parent: wish?.parent ?? group,
    addressStyle: random.weighted([
      ['first.last', 60],
      ['flast', 20],
      ['first_last', 8],
      ['last.first', 12],
    ]),
    takenLocalParts: new Set(),
    people: [],
    readyMs: 0,
    joinDay,
    livesFrom: joinDay,
    closedOn: undefined,
    staged: wish !== undefined,
  };
  world.accounts.push(account);
  return account;
}

function pickGroup(world: World, joinDay: Day): DemoAccount | undefined {
  const heads = world.accounts.filter(
    (each) => each.segment !== 'small_business' && !each.parent && each.joinDay <= joinDay,
  );
  // The first few heads get most of the subsidiaries, so that some groups are large.
  return heads.length ? heads[Math.floor(world.random.next() ** 2 * Math.min(heads.length, 60))] : undefined;
}

function makeNames(world: World, country: Country, group: DemoAccount | undefined) {
  if (!group) return makeCompanyName(world.random, world.takenNames);
  const name = freeName(`${group.name} ${country.label}`, world.takenNames);
  return { root: group.root, name, industry: group.industry };
}

const slug = (name: string) =>
  name
    .split(/[\s&-]+/)
    .map(asciiOf)
    .filter((word) => word !== '')
    .join('-');

/** Under .example, which is set aside for documentation (RFC 2606). Names are distinct, but not always after folding. */
function freeDomain(world: World, name: string): string {
  return `${freeName(slug(name), world.takenNames)}.example`.replaceAll(' ', '-');
}

export function makeArr(random: Random, segment: Segment): number {
  const [least, most] = segmentFigures[segment].arr;
  // Small contracts are commoner than large ones; round figures, as price lists give.
  return Math.round((least + (most - least) * random.next() ** 2) / 100) * 10_000;
}

export function makeProducts(random: Random): string[] {
  return products.filter((product) => product === 'core_platform' || random.chance(0.35));
}

/** Makes the account known with its figures, address, telephone and team. */
export function registerAccount(world: World, account: DemoAccount): void {
  const { random, journal, startDay } = world;
  const isInitial = account.joinDay === startDay;
  const voice: Voice = isInitial ? feeds.crm : accountManager(world);
  const { city, location } = pickPlace(random, account.country);
  const [sizeMin, sizeMax] = segmentFigures[account.segment].size;
  const since = startDay - random.int(60, 3_600);
  const day = account.joinDay;
  account.readyMs = journal.write({
    voice,
    day,
    afterMs: Math.max(account.readyMs, account.parent?.readyMs ?? 0),
    effectiveOn: isInitial ? longRemembered(random, since, startDay) : isoFromDay(day),
    ...(isInitial && { sourceRecord: random.digits('ACC-XXXXXXX') }),
    command: {
      type: 'RegisterAccount',
      accountId: account.id,
      name: account.name,
      domains: [account.domain],
      location,
      segment: account.segment,
      industry: account.industry,
      size: Math.round(sizeMin + (sizeMax - sizeMin) * random.next() ** 3),
      relationship: account.relationship,
      touchModel: touchModels[account.segment],
      tier: random.pick(tiers[account.segment]),
      ...(account.parent && { parentId: account.parent.id }),
      ...(account.productLines.length > 0 && { productLines: [...account.productLines] }),
      ...figuresOf(world, account),
      ...(account.renewalDay !== undefined && { renewalOn: isoFromDay(account.renewalDay) }),
      externalId: { source: 'crm', id: random.digits('001XXXXXXXXX') },
    },
  });
  const address = makeAddress(random, account.country, city);
  const phone = officePhone(random, account.country);
  say(world, account, voice, { type: 'ChangeAccountAddress', accountId: account.id, address, location });
  if (phone) say(world, account, voice, { type: 'ChangeAccountPhone', accountId: account.id, phone });
  const team = {
    owner: account.owner,
    ...(account.segment !== 'small_business' && { account_manager: random.pick(world.accountManagers) }),
    steward: random.pick(world.stewards),
  };
  for (const [teamRole, member] of Object.entries(team))
    say(world, account, voice, { type: 'ChangeAccountTeam', accountId: account.id, teamRole, member });
}

function say(
  world: World,
  account: DemoAccount,
  voice: Voice,
  command: Parameters<World['journal']['write']>[0]['command'],
) {
  world.journal.write({ voice, day: account.joinDay, afterMs: account.readyMs, command });
}

/** ARR and, a little above it, ACV; nothing while there is no contract. */
export function figuresOf(world: World, account: DemoAccount) {
  if (account.arrMinor === 0) return {};
  const extra = world.random.pick([1, 1, 1, 1.05, 1.12]);
  return {
    arr: money(account, account.arrMinor),
    acv: money(account, Math.round(account.arrMinor * extra)),
  };
}

/** A prospect becomes a customer: products, figures and the first renewal a year later. */
export function signProspect(world: World, account: DemoAccount, day: Day): void {
  const { random, journal } = world;
  const voice = operations(world);
  account.relationship = 'customer';
  account.livesFrom = day + 10;
  account.arrMinor = makeArr(random, account.segment);
  account.renewalDay = day + daysPerYear;
  account.productLines = makeProducts(random);
  const entry = { voice, day, afterMs: Math.max(account.readyMs, day * dayMs), effectiveOn: isoFromDay(day) };
  const accountId = account.id;
  journal.write({
    ...entry,
    reasonCode: 'contract_signed',
    command: {
      type: 'ClassifyAccount',
      accountId,
      relationship: 'customer',
      productLines: [...account.productLines],
    },
  });
  journal.write({
    ...entry,
    command: { type: 'ChangeAccountValue', accountId, ...figuresOf(world, account) },
  });
  journal.write({
    ...entry,
    command: { type: 'ScheduleAccountRenewal', accountId, renewalOn: isoFromDay(account.renewalDay) },
  });
}
