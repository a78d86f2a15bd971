// What becomes of accounts: renewals decided with their root causes, new owners, growth, new names, and the odd closing.

import type { AccountCommand } from '../account/commands.ts';
import { type Day, isoFromDay } from '../time/day.ts';
import { figuresOf } from './accounts.ts';
import { competitors, products, rootCauses, type Segment, tiers, touchModels } from './companies.ts';
import type { Entry } from './journal.ts';
import { makeAddress, officePhone, pickPlace } from './places.ts';
import { verifyContacts } from './signals.ts';
import { accountManager, type DemoAccount, money, operations, successManager, type World } from './world.ts';

const daysPerYear = 365;
const verificationLeadDays = 120;

export function say(
  world: World,
  account: DemoAccount,
  entry: Omit<Entry, 'command'> & { command: AccountCommand },
): number {
  return world.journal.write({
    ...entry,
    afterMs: Math.max(account.readyMs, entry.afterMs ?? account.readyMs),
  });
}

/** One month of an account; [from, to) are its days. */
export function liveAccount(world: World, account: DemoAccount, from: Day, to: Day): void {
  const { random } = world;
  if (account.closedOn !== undefined || account.livesFrom >= from) return;
  const { renewalDay } = account;
  const checkOn = renewalDay === undefined ? undefined : renewalDay - verificationLeadDays;
  if (checkOn !== undefined && checkOn >= from && checkOn < to && account.segment !== 'enterprise')
    verifyContacts(world, account, checkOn);
  if (renewalDay !== undefined && renewalDay >= from && renewalDay < to)
    decideRenewal(world, account, renewalDay);
  if (account.staged) return;
  const day = random.int(from, to - 1);
  if (random.chance(0.006))
    changeOwner(world, account, day, random.pick(world.successManagers), 'rebalanced');
  if (!random.chance(0.016)) return;
  random.weighted(happenings)(world, account, day);
}

export function changeOwner(
  world: World,
  account: DemoAccount,
  day: Day,
  member: string,
  reasonCode: string,
): void {
  if (member === account.owner) return;
  account.owner = member;
  say(world, account, {
    voice: operations(world),
    day,
    effectiveOn: isoFromDay(day),
    reasonCode,
    command: { type: 'ChangeAccountTeam', accountId: account.id, teamRole: 'owner', member },
  });
}

/** Each product line is decided; the account goes on unless the platform itself is not renewed. */
function decideRenewal(world: World, account: DemoAccount, renewalDay: Day): void {
  const { random } = world;
  const accountId = account.id;
  const outcome = random.weighted([
    ['renewed', 62],
    ['expanded', 20],
    ['reduced', 11],
    ['not_renewed', 7],
  ] as const);
  const factor = {
    renewed: 1,
    expanded: 1.1 + random.next() * 0.5,
    reduced: 0.6 + random.next() * 0.3,
    not_renewed: 0,
  };
  const before = account.arrMinor;
  account.arrMinor = Math.round((before * factor[outcome]) / 10_000) * 10_000;
  const isLoss = outcome === 'reduced' || outcome === 'not_renewed';
  const product = outcome === 'reduced' ? account.productLines.at(-1)! : 'core_platform';
  const entry = {
    voice: accountManager(world),
    day: renewalDay + random.int(0, 6),
    effectiveOn: isoFromDay(renewalDay),
  };
  const afterMs = say(world, account, {
    ...entry,
    command: {
      type: 'DecideRenewal',
      accountId,
      product,
      outcome,
      amount: money(account, isLoss ? before - account.arrMinor : account.arrMinor),
      rootCause: isLoss ? random.pick(rootCauses) : null,
      ...(isLoss && random.chance(0.35) && { competitor: random.pick(competitors) }),
    },
  });
  if (outcome === 'not_renewed') {
    account.relationship = 'former';
    account.renewalDay = undefined;
    const gone = { arr: null, acv: null };
    say(world, account, { ...entry, afterMs, command: { type: 'ChangeAccountValue', accountId, ...gone } });
    say(world, account, {
      ...entry,
      afterMs,
      command: { type: 'ScheduleAccountRenewal', accountId, renewalOn: null },
    });
    const command = { type: 'ClassifyAccount', accountId, relationship: 'former', productLines: [] } as const;
    say(world, account, {
      ...entry,
      afterMs,
      reasonCode: 'not_renewed',
      command: { ...command, productLines: [] },
    });
    return;
  }
  account.renewalDay = renewalDay + daysPerYear;
  const renewalOn = isoFromDay(account.renewalDay);
  say(world, account, {
    ...entry,
    afterMs,
    command: { type: 'ScheduleAccountRenewal', accountId, renewalOn },
  });
  if (outcome === 'renewed') return;
  const value = figuresOf(world, account);
  say(world, account, { ...entry, afterMs, command: { type: 'ChangeAccountValue', accountId, ...value } });
}

type Happening = (world: World, account: DemoAccount, day: Day) => void;

const larger: Readonly<Record<Segment, Segment>> = {
  small_business: 'mid_market',
  mid_market: 'enterprise',
  enterprise: 'enterprise',
};

const outgrowSegment: Happening = (world, account, day) => {
  if (account.relationship !== 'customer' || larger[account.segment] === account.segment) return;
  account.segment = larger[account.segment];
  const { segment } = account;
  const [tier] = tiers[segment];
  say(world, account, {
    voice: operations(world),
    day,
    effectiveOn: isoFromDay(day),
    reasonCode: 'segment_review',
    command: {
      type: 'ClassifyAccount',
      accountId: account.id,
      segment,
      touchModel: touchModels[segment],
      tier,
    },
  });
};

const addProduct: Happening = (world, account, day) => {
  const fresh = products.filter((product) => !account.productLines.includes(product));
  if (account.relationship !== 'customer' || fresh.length === 0) return;
  account.productLines = [...account.productLines, world.random.pick(fresh)];
  account.arrMinor = Math.round((account.arrMinor * 1.12) / 10_000) * 10_000;
  const entry = { voice: accountManager(world), day, effectiveOn: isoFromDay(day) };
  const accountId = account.id;
  const productLines = [...account.productLines];
  say(world, account, { ...entry, command: { type: 'ClassifyAccount', accountId, productLines } });
  const value = figuresOf(world, account);
  say(world, account, { ...entry, command: { type: 'ChangeAccountValue', accountId, ...value } });
};

const moveOffice: Happening = (world, account, day) => {
  const { random } = world;
  const { city, location } = pickPlace(random, account.country);
  const entry = { voice: successManager(account), day, effectiveOn: isoFromDay(day) };
  const accountId = account.id;
  const address = makeAddress(random, account.country, city);
  say(world, account, { ...entry, command: { type: 'ChangeAccountAddress', accountId, address, location } });
  const phone = officePhone(random, account.country);
  if (phone) say(world, account, { ...entry, command: { type: 'ChangeAccountPhone', accountId, phone } });
};

const rename: Happening = (world, account, day) => {
  const name = `${account.name.replace(/ (Group|Holding)$/, '')} ${world.random.pick(['Group', 'Holding'])}`;
  if (world.takenNames.has(name)) return;
  world.takenNames.add(name);
  account.name = name;
  say(world, account, {
    voice: operations(world),
    day,
    effectiveOn: isoFromDay(day),
    reasonCode: 'rebranded',
    command: { type: 'ChangeAccountName', accountId: account.id, name },
  });
};

/** Sold to another group: only heads without a parent buy, and only what has no subsidiaries, so that no circle closes. */
const joinGroup: Happening = (world, account, day) => {
  const parent = world.random.pick(world.accounts);
  const isHead = world.accounts.some((each) => each.parent === account);
  if (isHead || parent === account || parent.parent || parent.closedOn !== undefined || parent.joinDay >= day)
    return;
  account.parent = parent;
  say(world, account, {
    voice: operations(world),
    day,
    afterMs: parent.readyMs,
    effectiveOn: isoFromDay(day),
    reasonCode: 'acquired',
    command: { type: 'ChangeAccountParent', accountId: account.id, parentId: parent.id },
  });
};

const addDomain: Happening = (world, account, day) => {
  const domains = [account.domain, account.domain.replace('.example', '-mail.example')];
  say(world, account, {
    voice: operations(world),
    day,
    command: { type: 'ChangeAccountDomains', accountId: account.id, domains },
  });
};

const close: Happening = (world, account, day) => {
  const buyer = world.random.pick(world.accounts);
  const isSold = buyer !== account && buyer.closedOn === undefined && buyer.joinDay < day;
  account.closedOn = day;
  account.renewalDay = undefined;
  say(world, account, {
    voice: operations(world),
    // After all that was said of it before: a closed account takes no more changes.
    day: day + 45,
    ...(isSold && { afterMs: buyer.readyMs }),
    effectiveOn: isoFromDay(day),
    command: {
      type: 'CloseAccount',
      accountId: account.id,
      closing: isSold ? 'acquired' : 'out_of_business',
      intoId: isSold ? buyer.id : null,
    },
  });
};

const happenings: readonly (readonly [Happening, number])[] = [
  [outgrowSegment, 12],
  [addProduct, 40],
  [moveOffice, 18],
  [rename, 6],
  [joinGroup, 6],
  [addDomain, 8],
  [close, 4],
];
