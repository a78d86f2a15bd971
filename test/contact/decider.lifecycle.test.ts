// What is allowed on a contact as a whole: removal, death, merges, proposals and reverts.
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/command.ts';
import {
  accountRegistered,
  changeAccepted,
  changeDeclined,
  changeProposed,
  changesReverted,
  contactDied,
  contactEmailAdded,
  contactMerged,
  contactNameChanged,
  contactRegistered,
  contactRemoved,
  contactRestored,
  contactUnmerged,
  placementStarted,
  titleChanged,
} from '../support/builders.ts';
import { given } from '../support/given-when-then.ts';
import { acme, ann, bob, cleo, eventIdOf, factIdOf, job, proposalIdOf } from '../support/ids.ts';
import { carryOut } from '../support/ledger-in-memory.ts';

const feed = { by: 'feed' } as const;
const bobKnown = contactRegistered({ name: 'Bob' }, { of: bob });
const cleoKnown = contactRegistered({ name: 'Cleo' }, { of: cleo });

describe('removing a contact', () => {
  const remove = { type: 'RemoveContact', contactId: ann } as const;

  it('takes a reason and names the last state', () => {
    given(contactRegistered())
      .when({ ...remove, destination: 'retired' }, { reasonCode: 'no_longer_at_company' })
      .then(contactRemoved({ lastState: 1, destination: 'retired' }))
      .andAgainNothing();
    given(contactRegistered()).when(remove).thenRejected('REASON_REQUIRED', 'reasonCode');
  });

  it('may be said again by a feed for another reason', () => {
    given(contactRegistered(), contactRemoved({}, { reasonCode: 'deleted_in_source' }))
      .when(remove, { ...feed, reasonCode: 'no_longer_at_company' })
      .then(contactRemoved({ lastState: 2 }));
  });

  it('can be taken back; restoring what was not removed has nothing to do', () => {
    given(contactRegistered(), contactRemoved({}, { reasonCode: 'left' }))
      .when({ type: 'RestoreContact', contactId: ann })
      .then(contactRestored())
      .andAgainNothing();
    given(contactRegistered()).when({ type: 'RestoreContact', contactId: ann }).thenNothing();
  });

  it('leaves a confirmation behind when a feed restores what was not removed', () => {
    const { events } = given(contactRegistered());
    const { appended } = carryOut(events, { type: 'RestoreContact', contactId: ann }, feed);
    expect(appended).toMatchObject([{ type: 'ClaimConfirmed', data: { claimed: 'ContactRestored' } }]);
  });
});

describe('a death', () => {
  it('is recorded once', () => {
    given(contactRegistered())
      .when({ type: 'RecordDeath', contactId: ann }, { effectiveOn: '2026-01' })
      .then(contactDied())
      .andAgainNothing();
  });
});

describe('merging contacts', () => {
  const merge = { type: 'MergeContacts', contactId: ann, intoId: bob } as const;
  const rich = [
    bobKnown,
    contactRegistered({
      emailId: factIdOf(1),
      email: 'ann@acme.example',
      phoneId: factIdOf(2),
      phone: '1',
      attributeIds: [factIdOf(4)],
      attributes: [['hobby', 'chess']],
    }),
    placementStarted(),
  ];

  it('carries all facts when a person says nothing else', () => {
    given(...rich)
      .when(merge)
      .then(contactMerged({ intoId: bob, carried: [factIdOf(1), factIdOf(2), factIdOf(4), job] }))
      .andAgainNothing();
  });

  it('carries nothing when a feed says so', () => {
    given(...rich)
      .when(merge, feed)
      .then(contactMerged({ intoId: bob }))
      .andAgainNothing();
  });

  it('carries what is named, and takes over the values that were chosen', () => {
    given(...rich)
      .when({ ...merge, carried: [job], choices: ['name', 'owner'] })
      .then(contactMerged({ carried: [job], choices: ['name', 'owner'] }));
    given(...rich)
      .when({ ...merge, carried: [factIdOf(9)] })
      .thenRejected('FACT_UNKNOWN', 'carried');
  });

  it('is refused into itself and into nobody', () => {
    given(...rich)
      .when({ ...merge, intoId: ann })
      .thenRejected('MERGE_INTO_ITSELF', 'intoId');
    given(...rich)
      .when({ ...merge, intoId: cleo })
      .thenRejected('CONTACT_UNKNOWN', 'intoId');
  });

  it('is refused into another survivor before it is unmerged', () => {
    given(...rich, cleoKnown, contactMerged())
      .when({ ...merge, intoId: cleo })
      .thenRejected('CONTACT_MERGED', 'contactId');
    given(...rich, cleoKnown, contactMerged(), contactUnmerged())
      .when({ ...merge, intoId: cleo }, feed)
      .then(contactMerged({ intoId: cleo }));
  });

  it('is refused where it would close a cycle, directly or by way of others', () => {
    given(bobKnown, contactRegistered(), contactMerged({ intoId: ann }, { of: bob }))
      .when(merge)
      .thenRejected('MERGE_CYCLE', 'intoId');
    given(
      bobKnown,
      cleoKnown,
      contactRegistered(),
      contactMerged({ intoId: cleo }, { of: bob }),
      contactMerged({ intoId: ann }, { of: cleo }),
    )
      .when(merge)
      .thenRejected('MERGE_CYCLE', 'intoId');
  });

  it('may go on into one who was merged into somebody else', () => {
    given(bobKnown, cleoKnown, contactRegistered(), contactMerged({ intoId: cleo }, { of: bob }))
      .when(merge)
      .then(contactMerged({ intoId: bob }));
  });
});

describe('a merged contact', () => {
  const merged = given(
    bobKnown,
    accountRegistered(),
    contactRegistered({}, { learnedAt: '2026-02-01' }),
    placementStarted({}, { learnedAt: '2026-02-02' }),
    contactMerged({}, { learnedAt: '2026-03-01', id: eventIdOf(77) }),
  );

  it.each<Command>([
    { type: 'ChangeContactName', contactId: ann, name: 'Ann' },
    { type: 'AddContactEmail', contactId: ann, address: 'a@b.example' },
    { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme },
    { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'CEO' },
    { type: 'RemoveContact', contactId: ann },
    { type: 'RestoreContact', contactId: ann },
    { type: 'RecordDeath', contactId: ann },
    { type: 'AcceptChange', contactId: ann, proposalId: proposalIdOf(1) },
  ])('takes no $type', (command) => {
    merged.when(command).thenRejected('CONTACT_MERGED', 'contactId');
    merged.when(command, feed).thenRejected('CONTACT_MERGED');
  });

  it('still takes what was learned before the merge', () => {
    merged
      .when({ type: 'ChangeContactName', contactId: ann, name: 'Ann' }, { learnedAt: '2026-02-15' })
      .then(contactNameChanged({ name: 'Ann' }));
  });

  it('is unmerged once', () => {
    merged.when({ type: 'UnmergeContacts', contactId: ann }).then(contactUnmerged({ fromId: bob }));
    given(contactRegistered())
      .when({ type: 'UnmergeContacts', contactId: ann })
      .thenRejected('CONTACT_NOT_MERGED', 'contactId');
  });

  it('takes a revert of the merge', () => {
    merged
      .when({ type: 'RevertContactChanges', contactId: ann, eventIds: [eventIdOf(77)] })
      .then(changesReverted([eventIdOf(77)]));
  });
});

describe('proposed changes', () => {
  const proposed = given(contactRegistered(), placementStarted(), changeProposed(titleChanged()));
  const accept = { type: 'AcceptChange', contactId: ann, proposalId: proposalIdOf(1) } as const;
  const decline = { ...accept, type: 'DeclineChange' } as const;

  it('are made of a claim that is in doubt', () => {
    const { events } = given(accountRegistered(), contactRegistered(), placementStarted());
    const { appended } = carryOut(
      events,
      { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'Director' },
      { asProposal: { doubt: 'older_source' } },
    );
    const [expected] = [changeProposed(titleChanged())];
    expect(appended).toMatchObject([
      {
        type: 'ChangeProposed',
        personal: expected.personal,
        data: { ...expected.data, proposalId: expect.any(String) },
      },
    ]);
  });

  it('are accepted or declined', () => {
    proposed.when(accept).then(changeAccepted()).andAgainNothing();
    proposed.when(decline).then(changeDeclined()).andAgainNothing();
  });

  it('are settled once', () => {
    given(contactRegistered(), changeProposed(contactNameChanged()), changeAccepted())
      .when(decline)
      .thenRejected('PROPOSAL_SETTLED', 'proposalId');
    given(contactRegistered(), changeProposed(contactNameChanged()), changeDeclined())
      .when(accept)
      .thenRejected('PROPOSAL_SETTLED', 'proposalId');
  });

  it('must be there', () => {
    given(contactRegistered()).when(accept).thenRejected('PROPOSAL_UNKNOWN', 'proposalId');
    given(contactRegistered()).when(decline).thenRejected('PROPOSAL_UNKNOWN', 'proposalId');
  });
});

describe('reverting changes', () => {
  it('names events of this history', () => {
    given(contactRegistered(), contactEmailAdded())
      .when({ type: 'RevertContactChanges', contactId: ann, eventIds: [eventIdOf(2)] })
      .then(changesReverted([eventIdOf(2)]));
    given(contactRegistered(), bobKnown)
      .when({ type: 'RevertContactChanges', contactId: ann, eventIds: [eventIdOf(1), eventIdOf(2)] })
      .thenRejected('EVENT_UNKNOWN', 'eventIds');
  });

  it('can bring back a contact whose registration was reverted', () => {
    given(contactRegistered(), changesReverted([eventIdOf(1)]))
      .when({ type: 'RevertContactChanges', contactId: ann, eventIds: [eventIdOf(2)] })
      .then(changesReverted([eventIdOf(2)]));
    given()
      .when({ type: 'RevertContactChanges', contactId: ann, eventIds: [eventIdOf(1)] })
      .thenRejected('CONTACT_UNKNOWN', 'contactId');
  });
});
