// What else becomes of a contact: new titles, names and addresses, new duties, and a second job in the same group.
import { type Day, isoFromDay } from '../time/day.ts';
import { remembered } from './dates.ts';
import { asciiOf, displayName, otherFamilyName } from './names.ts';
import { countries, makeAddress, mobilePhone, pickPlace } from './places.ts';
import { otherRole, roles } from './roles.ts';
import {
  accountManager,
  type DemoAccount,
  feeds,
  makeEmail,
  operations,
  type Person,
  successManager,
  tell,
  titleOf,
  type World,
} from './world.ts';

export type Change = (world: World, person: Person, day: Day) => void;

/** Most changes are heard of within days; some nobody mentions for months. */
function heardOn(world: World, day: Day): Day {
  return day + (world.random.chance(0.7) ? world.random.int(0, 9) : Math.min(world.random.longTail(45), 240));
}

const changeTitle: Change = (world, person, day) => {
  const { random } = world;
  const before = person.rank;
  person.rank = Math.min(before + 1, person.role.titles.length - 1);
  const title = person.rank === before ? `${titleOf(person)}, Regional` : titleOf(person);
  const entry = { voice: successManager(person.account), day: heardOn(world, day) };
  const { id: contactId, placementId } = person;
  const afterMs = tell(world, person, {
    ...entry,
    effectiveOn: remembered(random, day),
    ...(random.chance(0.5) && { evidence: [{ kind: 'reply', text: 'New signature under a mail.' }] }),
    command: { type: 'ChangeTitle', contactId, placementId, title },
  });
  if (!random.chance(0.15)) return;
  const importance = Math.max(1, person.role.importance - 1);
  tell(world, person, {
    ...entry,
    afterMs,
    command: {
      type: 'ChangeContactType',
      contactId,
      placementId,
      contactType: person.role.contactType,
      importance,
    },
  });
};

const changeFunction: Change = (world, person, day) => {
  const { random } = world;
  const to = otherRole(random);
  if (to.function === person.role.function) return;
  const entry = {
    voice: successManager(person.account),
    day: heardOn(world, day),
    effectiveOn: remembered(random, day),
  };
  const { id: contactId, placementId } = person;
  tell(world, person, {
    ...entry,
    command: { type: 'ChangeFunction', contactId, placementId, function: to.function },
  });
  if (to.department !== person.role.department)
    tell(world, person, {
      ...entry,
      command: { type: 'ChangeDepartment', contactId, placementId, department: to.department },
    });
};

const changeType: Change = (world, person, day) => {
  if (person.role.post) return;
  const { id: contactId, placementId } = person;
  const { contactType, importance, interactionClass } = otherRole(world.random);
  if (contactType === person.role.contactType) return;
  const entry = {
    voice: successManager(person.account),
    day: heardOn(world, day),
    effectiveOn: isoFromDay(day),
  };
  tell(world, person, {
    ...entry,
    command: { type: 'ChangeContactType', contactId, placementId, contactType, importance },
  });
  tell(world, person, {
    ...entry,
    command: { type: 'ChangeInteractionClass', contactId, placementId, interactionClass },
  });
};

const takeBuyingRole: Change = (world, person, day) => {
  if (person.role.buyingRoles.length > 0) return;
  const { random } = world;
  const buyingRole = random.pick([
    'power_user',
    'executive_under_sponsor',
    'adoption_champion',
    'decision_maker',
  ]);
  const { id: contactId, placementId } = person;
  const voice = accountManager(world);
  const afterMs = tell(world, person, {
    voice,
    day,
    effectiveOn: isoFromDay(day),
    command: { type: 'AssignBuyingRole', contactId, placementId, buyingRole },
  });
  if (!random.chance(0.3)) return;
  const until = day + random.int(60, 300);
  tell(world, person, {
    voice,
    day: until,
    afterMs,
    effectiveOn: isoFromDay(until),
    command: { type: 'RevokeBuyingRole', contactId, placementId, buyingRole },
  });
};

/** A wedding: the name first, the address at the company a few days later. */
const marry: Change = (world, person, day) => {
  const family = otherFamilyName(world.random, person.name.language);
  if (asciiOf(family) === asciiOf(person.name.family)) return;
  person.name = { ...person.name, family };
  const voice = successManager(person.account);
  const afterMs = tell(world, person, {
    voice,
    day: heardOn(world, day),
    effectiveOn: isoFromDay(day),
    reasonCode: 'marriage',
    evidence: [{ kind: 'reply', text: 'Told us the new name in a mail.' }],
    command: { type: 'ChangeContactName', contactId: person.id, name: displayName(person.name) },
  });
  person.email = makeEmail(person.account, person.name);
  tell(world, person, {
    voice,
    day: day + world.random.int(3, 20),
    afterMs,
    command: { type: 'ChangeContactEmail', contactId: person.id, address: person.email },
  });
};

const addEmail: Change = (world, person, day) => {
  const local = `${asciiOf(person.name.given)}${asciiOf(person.name.family).slice(0, 6)}${world.random.int(2, 99)}`;
  const address = `${local}@${world.random.pick(['post.example', 'mail.example', 'inbox.example'])}`;
  tell(world, person, {
    voice: feeds.webForm,
    day,
    command: { type: 'AddContactEmail', contactId: person.id, address },
  });
};

const changeMobile: Change = (world, person, day) => {
  const { random } = world;
  const phone = random.chance(0.12) ? null : mobilePhone(random, person.account.country);
  if (phone === undefined || (phone === null && person.mobile === undefined)) return;
  person.readyMs = tell(world, person, {
    voice: successManager(person.account),
    day,
    command: {
      type: 'ChangeContactPhone',
      contactId: person.id,
      ...(person.mobile && { was: person.mobile }),
      kind: 'mobile',
      line: 'mobile',
      phone,
    },
  });
  person.mobile = phone ?? undefined;
};

const changeLocation: Change = (world, person, day) => {
  const { random } = world;
  const country = random.chance(0.75) ? person.account.country : random.pick(countries);
  const { city, location } = pickPlace(random, country);
  const entry = {
    voice: successManager(person.account),
    day: heardOn(world, day),
    effectiveOn: remembered(random, day),
  };
  const contactId = person.id;
  tell(world, person, { ...entry, command: { type: 'ChangeContactLocation', contactId, location } });
  if (!random.chance(0.4)) return;
  const address = makeAddress(random, country, city);
  tell(world, person, {
    ...entry,
    command: { type: 'ChangeContactAddress', contactId, kind: 'work', address },
  });
};

const changeAttribute: Change = (world, person, day) => {
  const [attribute, value] = world.random.pick([
    ['newsletter_consent', 'withdrawn'],
    ['newsletter_consent', 'granted'],
    ['preferred_language', 'en'],
    ['assistant', 'reachable through the front office'],
    ['pronouns', 'they/them'],
  ] as const);
  const voice = attribute === 'newsletter_consent' ? feeds.webForm : successManager(person.account);
  tell(world, person, {
    voice,
    day,
    effectiveOn: isoFromDay(day),
    command: { type: 'ChangeContactAttribute', contactId: person.id, attribute, value },
  });
};

const changeOwner: Change = (world, person, day) => {
  tell(world, person, {
    voice: operations(world),
    day,
    effectiveOn: isoFromDay(day),
    command: { type: 'ChangeContactOwner', contactId: person.id, owner: person.account.owner },
  });
};

const groupOf = (world: World, account: DemoAccount, day: Day) =>
  world.accounts.filter(
    (each) =>
      each !== account &&
      each.joinDay < day &&
      each.closedOn === undefined &&
      (each === account.parent ||
        each.parent === account ||
        (each.parent !== undefined && each.parent === account.parent)),
  );

/** A second placement in the same group, the first one kept. */
const workElsewhereToo: Change = (world, person, day) => {
  const sisters = groupOf(world, person.account, day);
  if (sisters.length === 0) return;
  const account = world.random.pick(sisters);
  const { contactType, importance, interactionClass } = roles.endUser;
  tell(world, person, {
    voice: successManager(account),
    day: heardOn(world, day),
    afterMs: account.readyMs,
    effectiveOn: remembered(world.random, day),
    reasonText: 'Looks after the sister company as well.',
    command: {
      type: 'StartPlacement',
      contactId: person.id,
      placementId: world.random.uuid(),
      accountId: account.id,
      title: titleOf(person),
      function: person.role.function,
      contactType,
      importance,
      interactionClass,
    },
  });
};

const changePayer: Change = (world, person, day) => {
  const payer = person.account.parent;
  if (!payer || payer.closedOn !== undefined) return;
  tell(world, person, {
    voice: accountManager(world),
    day,
    afterMs: payer.readyMs,
    effectiveOn: isoFromDay(day),
    command: {
      type: 'ChangePayingOrganisation',
      contactId: person.id,
      placementId: person.placementId,
      payingAccountId: payer.id,
    },
  });
};

/** Chance per contact and month, in 1/10,000. */
export const ordinaryChanges: readonly (readonly [Change, number])[] = [
  [changeTitle, 70],
  [changeFunction, 25],
  [changeType, 20],
  [takeBuyingRole, 25],
  [marry, 6],
  [addEmail, 15],
  [changeMobile, 35],
  [changeLocation, 20],
  [changeAttribute, 25],
  [changeOwner, 10],
  [workElsewhereToo, 12],
  [changePayer, 10],
];
