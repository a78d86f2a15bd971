// What is allowed on a contact's placements: start, end, move, correct, withdraw, remove, and what is said of one.
import { describe, it } from 'vitest';
import {
  accountRegistered,
  buyingRoleAssigned,
  buyingRoleRevoked,
  contactRegistered,
  contactTypeChanged,
  departmentChanged,
  functionChanged,
  interactionClassChanged,
  payingOrganisationChanged,
  placementCorrected,
  placementEnded,
  placementRemoved,
  placementRestored,
  placementStarted,
  placementWithdrawn,
  reportsToChanged,
  titleChanged,
} from '../support/builders.ts';
import { given } from '../support/given-when-then.ts';
import {
  acme,
  ann,
  bob,
  cleo,
  factIdOf,
  globex,
  initech,
  job,
  nextJob,
  placementIdOf,
  postIdOf,
} from '../support/ids.ts';

const feed = { by: 'feed' } as const;
const accounts = [accountRegistered({}, { of: acme }), accountRegistered({ name: 'Globex' }, { of: globex })];
const started = placementStarted({ title: 'CIO' }, { effectiveOn: '2024-03' });
const employed = () => given(...accounts, contactRegistered(), started);
const on = { contactId: ann, placementId: job };

describe('starting a placement', () => {
  const start = { type: 'StartPlacement', ...on, accountId: acme } as const;
  const details = {
    title: 'CIO',
    function: 'IT',
    department: 'Platforms',
    contactType: 'main',
    importance: 1,
    interactionClass: 'monthly',
    buyingRoles: ['champion'],
  };

  it('keeps all that is known from the start', () => {
    given(...accounts, contactRegistered())
      .when({ ...start, post: 'champion', ...details }, { effectiveOn: '2024-03' })
      .then(placementStarted({ postId: postIdOf(acme, 'champion'), postName: 'champion', ...details }))
      .andAgainNothing();
  });

  it('needs an account that is known', () => {
    given(...accounts, contactRegistered())
      .when({ ...start, accountId: initech })
      .thenRejected('ACCOUNT_UNKNOWN', 'accountId');
  });

  it('may be said again, also after the title has changed', () => {
    given(...accounts, contactRegistered(), started, titleChanged({ title: 'CEO' }))
      .when({ ...start, title: 'CIO' }, { effectiveOn: '2024-03' })
      .thenNothing();
    employed()
      .when({ ...start, title: 'CIO' }, { ...feed, effectiveOn: '2024-03' })
      .andAgainNothing();
  });

  it.each([
    ['account', { accountId: globex }, '2024-03'],
    ['post', { post: 'champion' }, '2024-03'],
    ['start', {}, '2024-04'],
    ['title', { title: 'CEO' }, '2024-03'],
    ['function', { function: 'Finance' }, '2024-03'],
    ['department', { department: 'Labs' }, '2024-03'],
    ['contact type', { contactType: 'other' }, '2024-03'],
    ['importance', { importance: 2 }, '2024-03'],
    ['interaction class', { interactionClass: 'weekly' }, '2024-03'],
    ['buying role', { buyingRoles: ['champion'] }, '2024-03'],
  ])('refuses the same id with another %s', (_, other, effectiveOn) => {
    employed()
      .when({ ...start, ...other }, { effectiveOn })
      .thenRejected('PLACEMENT_ALREADY_STARTED', 'placementId');
  });

  it('may happen after all once it was withdrawn', () => {
    given(...accounts, contactRegistered(), started, placementWithdrawn())
      .when({ ...start, accountId: globex })
      .then(placementStarted({ accountId: globex }))
      .andAgainNothing();
  });
});

describe('ending a placement', () => {
  const end = { type: 'EndPlacement', ...on } as const;

  it('says when and where the person went', () => {
    const destination = {
      destination: 'another_company',
      destinationAccountId: globex,
      destinationName: 'Globex',
    } as const;
    employed()
      .when({ ...end, ...destination }, { effectiveOn: '2026-01-31' })
      .then(placementEnded(destination))
      .andAgainNothing();
  });

  it('may leave the day open, or lie in the future', () => {
    employed().when(end).then(placementEnded()).andAgainNothing();
    employed().when(end, { effectiveOn: '2099-12-31' }).then(placementEnded()).andAgainNothing();
  });

  it('is refused for a placement that is unknown or withdrawn', () => {
    employed()
      .when({ ...end, placementId: nextJob })
      .thenRejected('PLACEMENT_UNKNOWN', 'placementId');
    given(...accounts, contactRegistered(), started, placementWithdrawn())
      .when(end, feed)
      .thenRejected('PLACEMENT_UNKNOWN');
  });

  it('is refused to a person for sure before the start, and taken from a feed', () => {
    employed().when(end, { effectiveOn: '2024-02-29' }).thenRejected('END_BEFORE_START', 'effectiveOn');
    employed().when(end, { effectiveOn: '2024' }).then(placementEnded());
    employed().when(end, { effectiveOn: '2024-03-01' }).then(placementEnded());
    employed()
      .when(end, { ...feed, effectiveOn: '2024-02-29' })
      .then(placementEnded())
      .andAgainNothing();
  });

  it('is refused to a person on another day than believed, and taken from a feed', () => {
    const ended = given(
      ...accounts,
      contactRegistered(),
      started,
      placementEnded({}, { effectiveOn: '2026-01' }),
    );
    ended.when(end, { effectiveOn: '2026-02' }).thenRejected('PLACEMENT_ALREADY_ENDED', 'placementId');
    ended.when(end).thenRejected('PLACEMENT_ALREADY_ENDED');
    ended.when(end, { effectiveOn: '2026-01' }).thenNothing();
    ended
      .when(end, { ...feed, effectiveOn: '2026-02' })
      .then(placementEnded())
      .andAgainNothing();
  });
});

describe('moving', () => {
  const move = { type: 'MovePlacement', ...on, newPlacementId: nextJob, accountId: globex } as const;

  it('ends one placement and starts another as one change', () => {
    employed()
      .when({ ...move, title: 'CTO' }, { effectiveOn: '2026-02-01' })
      .then(
        placementEnded({ destination: 'another_company', destinationAccountId: globex }),
        placementStarted({ placementId: nextJob, accountId: globex, movedFrom: job, title: 'CTO' }),
      )
      .andAgainNothing();
  });

  it('within the account goes to the same company', () => {
    employed()
      .when({ ...move, accountId: acme })
      .then(
        placementEnded({ destination: 'same_company', destinationAccountId: acme }),
        placementStarted({ placementId: nextJob, accountId: acme, movedFrom: job }),
      )
      .andAgainNothing();
  });

  it('is refused from nowhere, to nowhere, onto another placement and onto itself', () => {
    employed()
      .when({ ...move, placementId: placementIdOf(9) })
      .thenRejected('PLACEMENT_UNKNOWN', 'placementId');
    employed()
      .when({ ...move, accountId: initech })
      .thenRejected('ACCOUNT_UNKNOWN', 'accountId');
    employed()
      .when({ ...move, newPlacementId: job })
      .thenRejected('PLACEMENT_ALREADY_STARTED', 'newPlacementId');
    given(...accounts, contactRegistered(), started, placementStarted({ placementId: nextJob }))
      .when(move)
      .thenRejected('PLACEMENT_ALREADY_STARTED', 'newPlacementId');
  });

  it('is refused before the start, and twice with different days', () => {
    employed().when(move, { effectiveOn: '2024-01' }).thenRejected('END_BEFORE_START', 'effectiveOn');
    given(...accounts, contactRegistered(), started, placementEnded({}, { effectiveOn: '2025' }))
      .when(move, { effectiveOn: '2026' })
      .thenRejected('PLACEMENT_ALREADY_ENDED', 'placementId');
  });
});

describe('correcting a placement', () => {
  const correct = { type: 'CorrectPlacement', ...on } as const;

  it('replaces what is named and nothing else', () => {
    employed()
      .when({ ...correct, startsOn: '2023', endsOn: '2025-12-31' })
      .then(placementCorrected({ startsOn: '2023', endsOn: '2025-12-31' }))
      .andAgainNothing();
    employed()
      .when({ ...correct, title: 'CFO', endReason: 'left' })
      .then(placementCorrected({ corrects: ['title', 'reason'], title: 'CFO', endReason: 'left' }));
    employed()
      .when({ ...correct, title: null })
      .then(placementCorrected({ corrects: ['title'], title: null }))
      .andAgainNothing();
  });

  it('finds the post within the account that it is corrected to, else within its own', () => {
    employed()
      .when({ ...correct, accountId: globex, post: 'champion' })
      .then(
        placementCorrected({
          accountId: globex,
          postId: postIdOf(globex, 'champion'),
          postName: 'champion',
        }),
      )
      .andAgainNothing();
    employed()
      .when({ ...correct, post: 'champion' })
      .then(placementCorrected({ postId: postIdOf(acme, 'champion'), postName: 'champion' }));
    const seated = () =>
      given(
        ...accounts,
        contactRegistered(),
        placementStarted({ postId: postIdOf(acme, 'champion'), postName: 'champion' }),
      );
    const there = { accountId: globex, postId: postIdOf(globex, 'champion'), postName: 'champion' };
    seated()
      .when({ ...correct, accountId: globex })
      .then(placementCorrected(there))
      .andAgainNothing();
    seated()
      .when({ ...correct, accountId: acme })
      .thenNothing();
    seated()
      .when({ ...correct, accountId: globex }, feed)
      .then(placementCorrected({ accountId: globex }));
    seated()
      .when({ ...correct, accountId: globex, post: null })
      .then(placementCorrected({ accountId: globex, postId: null, postName: null }));
    given(...accounts, contactRegistered(), placementStarted({ postId: factIdOf(8), postName: 'champion' }))
      .when({ ...correct, post: null })
      .then(placementCorrected({ postId: null, postName: null }))
      .andAgainNothing();
  });

  it('opens it again and forgets when it began', () => {
    given(...accounts, contactRegistered(), started, placementEnded({}, { effectiveOn: '2025' }))
      .when({ ...correct, startsOn: null, endsOn: null })
      .then(placementCorrected({ startsOn: null, endsOn: null }))
      .andAgainNothing();
  });

  it('is refused to a person where the end would lie before the start', () => {
    employed()
      .when({ ...correct, endsOn: '2023' })
      .thenRejected('END_BEFORE_START', 'endsOn');
    given(...accounts, contactRegistered(), started, placementEnded({}, { effectiveOn: '2025' }))
      .when({ ...correct, startsOn: '2026' })
      .thenRejected('END_BEFORE_START', 'startsOn');
    employed()
      .when({ ...correct, endsOn: '2023' }, feed)
      .then(placementCorrected({ endsOn: '2023' }));
  });

  it('is refused for unknown placements and accounts', () => {
    employed()
      .when({ ...correct, accountId: initech })
      .thenRejected('ACCOUNT_UNKNOWN', 'accountId');
    employed()
      .when({ ...correct, placementId: nextJob, title: 'CFO' })
      .thenRejected('PLACEMENT_UNKNOWN', 'placementId');
  });
});

describe('withdrawing a placement', () => {
  it('says that it never was', () => {
    employed()
      .when({ type: 'WithdrawPlacement', ...on })
      .then(placementWithdrawn())
      .andAgainNothing();
    employed()
      .when({ type: 'WithdrawPlacement', ...on, placementId: nextJob })
      .thenRejected('PLACEMENT_UNKNOWN', 'placementId');
  });
});

describe('removing a placement', () => {
  const remove = { type: 'RemovePlacement', ...on } as const;

  it('takes a reason and names the last state', () => {
    employed()
      .when(remove, { reasonCode: 'bounced_and_inactive' })
      .then(placementRemoved({ lastState: 2 }))
      .andAgainNothing();
    employed().when(remove).thenRejected('REASON_REQUIRED', 'reasonCode');
    employed().when(remove, feed).thenRejected('REASON_REQUIRED');
    employed()
      .when({ ...remove, placementId: nextJob }, { reasonCode: 'x' })
      .thenRejected('PLACEMENT_UNKNOWN');
  });

  it('is refused to a person for a second reason, and taken from a feed', () => {
    const removed = given(
      ...accounts,
      contactRegistered(),
      started,
      placementRemoved({}, { reasonCode: 'bounced_and_inactive' }),
    );
    removed.when(remove, { reasonCode: 'left' }).thenRejected('PLACEMENT_REMOVED', 'placementId');
    removed.when(remove, { ...feed, reasonCode: 'left' }).then(placementRemoved({ lastState: 3 }));
  });

  it('can be taken back', () => {
    given(...accounts, contactRegistered(), started, placementRemoved({}, { reasonCode: 'left' }))
      .when({ type: 'RestorePlacement', ...on })
      .then(placementRestored())
      .andAgainNothing();
    employed()
      .when({ type: 'RestorePlacement', ...on })
      .thenNothing();
    employed()
      .when({ type: 'RestorePlacement', ...on, placementId: nextJob })
      .thenRejected('PLACEMENT_UNKNOWN');
  });
});

describe('what is said of a placement', () => {
  const bobKnown = contactRegistered({ name: 'Bob' }, { of: bob });
  const changes = [
    [{ type: 'ChangeTitle', ...on, title: 'CEO' }, titleChanged({ title: 'CEO' })],
    [{ type: 'ChangeTitle', ...on, title: null }, titleChanged({ title: null })],
    [{ type: 'ChangeFunction', ...on, function: 'Finance' }, functionChanged({ function: 'Finance' })],
    [{ type: 'ChangeDepartment', ...on, department: 'Labs' }, departmentChanged({ department: 'Labs' })],
    [{ type: 'ChangeReportsTo', ...on, managerId: bob }, reportsToChanged({ managerId: bob })],
    [{ type: 'ChangeReportsTo', ...on, managerId: null }, reportsToChanged({ managerId: null })],
    [
      { type: 'ChangePayingOrganisation', ...on, payingAccountId: globex },
      payingOrganisationChanged({ payingAccountId: globex }),
    ],
    [
      { type: 'ChangePayingOrganisation', ...on, payingAccountId: null },
      payingOrganisationChanged({ payingAccountId: null }),
    ],
    [
      { type: 'ChangeContactType', ...on, contactType: 'main', importance: 1 },
      contactTypeChanged({ contactType: 'main', importance: 1 }),
    ],
    [
      { type: 'ChangeInteractionClass', ...on, interactionClass: 'weekly' },
      interactionClassChanged({ interactionClass: 'weekly' }),
    ],
    [{ type: 'AssignBuyingRole', ...on, buyingRole: 'champion' }, buyingRoleAssigned()],
  ] as const;

  it.each(changes.map(([command, event]) => [command.type, command, event] as const))(
    '%s is taken once',
    (_, command, event) => {
      given(...accounts, bobKnown, contactRegistered(), started)
        .when(command)
        .then(event)
        .andAgainNothing();
    },
  );

  it.each(changes.map(([command]) => [command.type, command] as const))(
    '%s is refused where there is no such placement',
    (_, command) => {
      given(...accounts, bobKnown, contactRegistered())
        .when(command)
        .thenRejected('PLACEMENT_UNKNOWN', 'placementId');
    },
  );

  it('revokes a buying role that is held, and has nothing to do for another', () => {
    given(...accounts, contactRegistered(), started, buyingRoleAssigned())
      .when({ type: 'RevokeBuyingRole', ...on, buyingRole: 'champion' })
      .then(buyingRoleRevoked())
      .andAgainNothing();
    employed()
      .when({ type: 'RevokeBuyingRole', ...on, buyingRole: 'champion' })
      .thenNothing();
  });

  it('moves the days of a buying role back, and takes what is said of a later day for known', () => {
    const assign = { type: 'AssignBuyingRole', ...on, buyingRole: 'champion' } as const;
    const revoke = { type: 'RevokeBuyingRole', ...on, buyingRole: 'champion' } as const;
    const held = () =>
      given(...accounts, contactRegistered(), started, buyingRoleAssigned({}, { effectiveOn: '2025-06-01' }));
    held().when(assign, { effectiveOn: '2025-05' }).then(buyingRoleAssigned()).andAgainNothing();
    held().when(assign, { effectiveOn: '2025-06' }).then(buyingRoleAssigned()).andAgainNothing();
    for (const effectiveOn of ['2025-06-01', '2025-07']) held().when(assign, { effectiveOn }).thenNothing();
    held().when(assign).thenNothing();
    const revoked = () =>
      given(
        ...accounts,
        contactRegistered(),
        started,
        buyingRoleAssigned({}, { effectiveOn: '2025-06-01' }),
        buyingRoleRevoked({}, { effectiveOn: '2026-02' }),
      );
    revoked().when(revoke, { effectiveOn: '2026-01-31' }).then(buyingRoleRevoked()).andAgainNothing();
    revoked().when(revoke, { effectiveOn: '2026-03' }).thenNothing();
    revoked().when(revoke).thenNothing();
    revoked().when(revoke, { effectiveOn: '2025-05' }).thenRejected('END_BEFORE_START', 'effectiveOn');
    held().when(revoke, { effectiveOn: '2025-05', by: 'feed' }).then(buyingRoleRevoked());
  });

  it('names only managers and payers that are known', () => {
    employed()
      .when({ type: 'ChangeReportsTo', ...on, managerId: cleo })
      .thenRejected('CONTACT_UNKNOWN', 'managerId');
    employed()
      .when({ type: 'ChangePayingOrganisation', ...on, payingAccountId: initech })
      .thenRejected('ACCOUNT_UNKNOWN', 'payingAccountId');
  });
});
