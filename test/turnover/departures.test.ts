// A departure is found whatever else was learned in the same moment, and in whichever order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { believe } from '../../src/contact/belief.ts';
import type { ContactEvent } from '../../src/contact/events.ts';
import { defaultDefinition } from '../../src/turnover/definition.ts';
import { departuresOf } from '../../src/turnover/departures.ts';
import {
  buyingRoleAssigned,
  buyingRoleRevoked,
  contactRegistered,
  contactTypeChanged,
  history,
  placementEnded,
  placementStarted,
  titleChanged,
} from '../support/builders.ts';

const learnedAt = '2026-06-10T12:00:00Z';
const definition = {
  ...defaultDefinition,
  keyRoles: { ...defaultDefinition.keyRoles, titles: ['Chief Programme Officer'] },
};
const causesOf = (events: readonly ContactEvent[]) =>
  departuresOf(believe(events)!, definition, () => null, 'UTC').map(({ departure }) => departure.cause);

const ofRoles = [
  { held: { contactType: 'champion' }, lost: contactTypeChanged({ contactType: 'former' }, { learnedAt }) },
  { held: { title: 'Chief Programme Officer' }, lost: titleChanged({ title: 'none' }, { learnedAt }) },
  {
    held: { buyingRoles: ['adoption_champion'] },
    lost: buyingRoleRevoked({ buyingRole: 'adoption_champion' }, { learnedAt }),
  },
];

test('learned in one moment, in whatever order, the start, the loss of the roles and the end are one departure', () => {
  const some = fc.subarray(ofRoles, { minLength: 1 }).chain((roles) =>
    fc.record({
      started: fc.constant(
        placementStarted(Object.assign({}, ...roles.map(({ held }) => held)), { learnedAt }),
      ),
      told: fc.shuffledSubarray([placementEnded({}, { learnedAt }), ...roles.map(({ lost }) => lost)], {
        minLength: roles.length + 1,
      }),
    }),
  );
  fc.assert(
    fc.property(some, ({ started, told }) => {
      const events = history<ContactEvent>(contactRegistered({}, { learnedAt }), started, ...told);
      expect(causesOf(events)).toEqual(['left']);
    }),
  );
});

test('a role given in the moment in which somebody leaves was held', () => {
  const assigned = buyingRoleAssigned({ buyingRole: 'adoption_champion' }, { learnedAt });
  const ended = placementEnded({}, { learnedAt });
  for (const told of [
    [assigned, ended],
    [ended, assigned],
  ])
    expect(causesOf(history<ContactEvent>(contactRegistered(), placementStarted(), ...told))).toEqual([
      'left',
    ]);
});

test('a title that somebody lost after leaving was held', () => {
  const events = history<ContactEvent>(
    contactRegistered(),
    placementStarted({ title: 'Chief Programme Officer' }),
    placementEnded({}, { learnedAt }),
    titleChanged({ title: 'none' }, { learnedAt: '2026-07-01' }),
  );
  expect(causesOf(events)).toEqual(['left']);
});
