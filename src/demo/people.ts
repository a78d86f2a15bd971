// Brings people into the demo: a contact with its ways to be reached, its placement, and whom it reports to.
import { type Day, isoFromDay } from '../time/day.ts';
import { longRemembered, remembered } from './dates.ts';
import type { Entry, Voice } from './journal.ts';
import { displayName, makeName, type PersonName } from './names.ts';
import { makeAddress, mobilePhone, officePhone, pickCountry, pickPlace } from './places.ts';
import type { Role } from './roles.ts';
import { type DemoAccount, feeds, isAround, makeEmail, type Person, tell, type World } from './world.ts';

/** Where a person comes from; a planted story names more of it than chance does. */
export interface Arrival {
  role: Role;
  startDay: Day;
  learnedDay: Day;
  voice: Voice;
  /** EDTF; where it is not given, as well as people remember. */
  startsOn?: string;
  wish?: { id: string; placementId: string; name: PersonName; rank: number };
}

/** What a placement says of the role that it is in. */
export function placementDetails(person: Pick<Person, 'role' | 'rank'>) {
  const { role } = person;
  return {
    ...(role.post !== undefined && { post: role.post }),
    title: role.titles[person.rank]!,
    function: role.function,
    department: role.department,
    contactType: role.contactType,
    importance: role.importance,
    interactionClass: role.interactionClass,
    ...(role.buyingRoles.length > 0 && { buyingRoles: [...role.buyingRoles] }),
  };
}

export function arrive(world: World, account: DemoAccount, arrival: Arrival): Person {
  const { random } = world;
  const { role, startDay, wish } = arrival;
  const abroad = random.chance(account.segment === 'enterprise' ? 0.25 : 0.08);
  const country = abroad && !wish ? pickCountry(random) : account.country;
  const name = wish?.name ?? makeName(random, random.pick(country.names));
  const person: Person = {
    id: wish?.id ?? random.uuid(),
    name,
    account,
    placementId: wish?.placementId ?? random.uuid(),
    role,
    rank: wish?.rank ?? Math.min(random.int(0, role.titles.length), role.titles.length - 1),
    email: makeEmail(account, name),
    mobile: undefined,
    manager: undefined,
    startDay,
    readyMs: account.readyMs,
    lastToldMs: account.readyMs,
    freeFrom: startDay,
    gone: false,
    scripted: wish !== undefined,
  };
  register(world, person, arrival, country);
  const isOld = arrival.learnedDay - startDay > 400;
  const startsOn = isOld
    ? longRemembered(random, startDay, arrival.learnedDay)
    : remembered(random, startDay);
  person.readyMs = tell(world, person, {
    ...heard(world, arrival),
    effectiveOn: arrival.startsOn ?? startsOn,
    command: {
      type: 'StartPlacement',
      contactId: person.id,
      placementId: person.placementId,
      accountId: account.id,
      ...placementDetails(person),
    },
  });
  reportTo(world, person, pickManager(account, role, startDay), heard(world, arrival));
  account.people.push(person);
  return person;
}

function heard(world: World, { voice, learnedDay }: Arrival) {
  return {
    voice,
    day: learnedDay,
    ...(voice.source === 'crm' && { sourceRecord: world.random.digits('ACR-XXXXXXXX') }),
  };
}

function register(
  world: World,
  person: Person,
  arrival: Arrival,
  country: Parameters<typeof pickPlace>[1],
): void {
  const { random } = world;
  const { account, id: contactId } = person;
  const { city, location } = pickPlace(random, country);
  const office = random.chance(0.6) ? officePhone(random, country) : undefined;
  const isKey = person.role.post !== undefined;
  const attributes = [
    { name: 'preferred_language', value: random.chance(0.8) ? country.language : 'en' },
    ...(random.chance(0.5) ? [{ name: 'time_zone', value: country.timeZone }] : []),
    ...(random.chance(0.4)
      ? [{ name: 'newsletter_consent', value: random.pick(['granted', 'granted', 'withdrawn']) }]
      : []),
  ];
  const entry = heard(world, arrival);
  person.readyMs = tell(world, person, {
    ...entry,
    command: {
      type: 'RegisterContact',
      contactId,
      name: displayName(person.name),
      email: person.email,
      ...(office && { phone: office }),
      attributes,
      ...(random.chance(0.85) && { location }),
      ...(isKey && { owner: account.owner }),
      ...(arrival.voice.source === 'crm' && {
        externalId: { source: 'crm', id: random.digits('003XXXXXXXXX') },
      }),
    },
  });
  const mobile = random.chance(isKey ? 0.6 : 0.2) ? mobilePhone(random, country) : undefined;
  if (mobile) {
    person.mobile = mobile;
    const command = {
      type: 'ChangeContactPhone',
      contactId,
      kind: 'mobile',
      line: 'mobile',
      phone: mobile,
    } as const;
    tell(world, person, { ...entry, command });
  }
  if (random.chance(0.1)) {
    const address = makeAddress(random, country, city);
    tell(world, person, {
      ...entry,
      command: { type: 'ChangeContactAddress', contactId, kind: 'work', address },
    });
  }
}

/** The nearest above who is there; of several, the first, so that teams have one head. */
export function pickManager(account: DemoAccount, role: Role, day: Day): Person | undefined {
  let nearest: Person | undefined;
  for (const each of account.people) {
    if (each.role.level >= role.level || each.gone || each.scripted || each.startDay > day) continue;
    if (!nearest || each.role.level > nearest.role.level) nearest = each;
  }
  return nearest;
}

export function reportTo(
  world: World,
  person: Person,
  manager: Person | undefined,
  entry: Pick<Entry, 'voice' | 'day' | 'effectiveOn'>,
): void {
  if (!manager || manager === person.manager || manager === person) return;
  person.manager = manager;
  tell(world, person, {
    ...entry,
    afterMs: manager.readyMs,
    command: {
      type: 'ChangeReportsTo',
      contactId: person.id,
      placementId: person.placementId,
      managerId: manager.id,
    },
  });
}

/** Somebody new, heard of days to weeks after the first day. */
export function hire(world: World, account: DemoAccount, role: Role, startDay: Day, voice: Voice): Person {
  const { random } = world;
  const lagDays = random.chance(0.35) ? random.int(0, 5) : Math.min(random.longTail(16), 150);
  return arrive(world, account, { role, startDay, learnedDay: startDay + lagDays, voice });
}

/** From one placement to another as one change, within the account or to another one. */
export function move(
  world: World,
  person: Person,
  to: { account: DemoAccount; role: Role; day: Day; learnedDay: Day; voice: Voice; reasonText?: string },
): void {
  const { random } = world;
  const from = person.account;
  const { account, role, day, learnedDay, voice, reasonText } = to;
  const oldPlacementId = person.placementId;
  Object.assign(person, {
    account,
    role,
    rank: random.int(0, role.titles.length - 1),
    placementId: random.uuid(),
    startDay: day,
    freeFrom: learnedDay + 3,
    manager: undefined,
  });
  person.readyMs = tell(world, person, {
    voice,
    day: learnedDay,
    afterMs: account.readyMs,
    effectiveOn: isoFromDay(day),
    reasonCode: from === account ? 'internal_move' : 'joined_other_account',
    ...(reasonText && { reasonText }),
    command: {
      type: 'MovePlacement',
      contactId: person.id,
      placementId: oldPlacementId,
      newPlacementId: person.placementId,
      accountId: account.id,
      ...placementDetails(person),
    },
  });
  if (from !== account) {
    from.people = from.people.filter((each) => each !== person);
    account.people.push(person);
    person.email = makeEmail(account, person.name);
    const address = person.email;
    tell(world, person, {
      voice,
      day: learnedDay,
      effectiveOn: isoFromDay(day),
      command: { type: 'ChangeContactEmail', contactId: person.id, address },
    });
  }
  reportTo(world, person, pickManager(account, role, day), { voice, day: learnedDay });
}

/** Who takes part when colleagues are asked. */
export function colleagueOf(world: World, person: Person, day: Day): Person | undefined {
  const around = person.account.people.filter((each) => each !== person && isAround(each, day));
  return around.length ? world.random.pick(around) : undefined;
}

/** The people of an account when it becomes known, the most important first. */
export function settle(world: World, account: DemoAccount, team: readonly Role[], voice: Voice): void {
  const { random, startDay } = world;
  const isInitial = account.joinDay === startDay;
  for (const role of team) {
    const tenureDays = Math.min(30 + random.longTail(800), 6_000);
    const learnedDay = isInitial ? startDay : account.joinDay + Math.min(random.longTail(12), 90);
    arrive(world, account, {
      role,
      startDay: account.joinDay - tenureDays,
      learnedDay,
      voice: isInitial ? feeds.crm : voice,
    });
  }
}
