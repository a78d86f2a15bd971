// What is believed about a contact: cuts of knowledge, void events, reverts, confirmations, proposals and merges.
import { describe, expect, it } from 'vitest';
import { believe, type ContactBelief } from '../../src/contact/belief.ts';
import type { ContactEvent } from '../../src/contact/events.ts';
import type { MergeIn } from '../../src/merge.ts';
import { latest } from '../../src/timeline.ts';
import * as build from '../support/builders.ts';
import { ann, at, bob, eventIdOf, factIdOf, globex, job, nextJob } from '../support/ids.ts';

const { history, contactRegistered, placementStarted, placementEnded, titleChanged, contactNameChanged } =
  build;
const tell = (...events: ContactEvent[]) => history(...events);
const believed = (...events: ContactEvent[]) => believe(tell(...events))!;
const nameOf = (belief: ContactBelief | null) => belief && latest(belief.name);
const placementOf = (belief: ContactBelief | null, id = job) =>
  belief!.placements.find((one) => one.id === id)!;
const titleOf = (belief: ContactBelief | null) => latest(placementOf(belief).title);

function voidOf(events: readonly ContactEvent[]): string[] {
  const seen: string[] = [];
  believe(events, {}, {}, (event, before, after, isVoid) => {
    if (isVoid) {
      seen.push(event.type);
      expect(after).toBe(before);
    }
  });
  return seen;
}

describe('cuts of knowledge', () => {
  const events = tell(
    contactRegistered({ name: 'Ann' }, { learnedAt: '2026-01-01' }),
    contactNameChanged({ name: 'Late' }, { learnedAt: '2026-03-01' }),
    contactNameChanged({ name: 'Heard later' }, { learnedAt: '2026-02-01' }),
  );

  it('show what had been learned by an instant, whenever it was stored', () => {
    expect(believe(events, { knownAtMs: at('2025-12-31') })).toBeNull();
    expect(nameOf(believe(events, { knownAtMs: at('2026-01-01') }))).toBe('Ann');
    expect(nameOf(believe(events, { knownAtMs: at('2026-02-15') }))).toBe('Heard later');
    expect(nameOf(believe(events))).toBe('Late');
  });

  it('show what the ledger held at a position', () => {
    expect(believe(events, { atPosition: 0 })).toBeNull();
    expect(nameOf(believe(events, { atPosition: 2 }))).toBe('Late');
    expect(believe(events, { atPosition: 3 })).toEqual(believe(events));
  });

  it('go together: a backdated import changes what was known at a time, unless the position is held too', () => {
    const knownAtMs = at('2026-02-15');
    expect(nameOf(believe(events, { knownAtMs, atPosition: 2 }))).toBe('Ann');
    expect(nameOf(believe(events, { knownAtMs, atPosition: 3 }))).toBe('Heard later');
  });

  it('let the later position win among what was learned at one instant', () => {
    const same = { learnedAt: '2026-01-02' };
    const belief = believed(
      contactRegistered({}, { learnedAt: '2026-01-01' }),
      contactNameChanged({ name: 'First' }, same),
      contactNameChanged({ name: 'Second' }, same),
    );
    expect(nameOf(belief)).toBe('Second');
  });
});

describe('an event that does not apply', () => {
  it('is void: before its contact or placement was known, after it was withdrawn, or said differently', () => {
    expect(voidOf(tell(contactNameChanged(), contactRegistered()))).toEqual(['ContactNameChanged']);
    expect(voidOf(tell(contactRegistered(), titleChanged()))).toEqual(['TitleChanged']);
    expect(
      voidOf(tell(contactRegistered(), placementStarted(), build.placementWithdrawn(), titleChanged())),
    ).toEqual(['TitleChanged']);
    expect(
      voidOf(tell(contactRegistered(), placementStarted(), placementStarted({ accountId: globex }))),
    ).toEqual(['PlacementStarted']);
    expect(voidOf(tell(contactRegistered(), contactRegistered({ name: 'Bob' })))).toEqual([
      'ContactRegistered',
    ]);
    expect(voidOf(tell(contactRegistered(), build.contactUnmerged()))).toEqual(['ContactUnmerged']);
    expect(voidOf(tell(contactRegistered(), build.changeAccepted()))).toEqual(['ChangeAccepted']);
  });

  it('is not void where it only says again what is believed', () => {
    const known = [contactRegistered(), placementStarted()];
    for (const again of [
      ...known,
      build.contactRestored(),
      build.placementRestored(),
      build.buyingRoleRevoked(),
    ]) {
      const events = tell(...known, again, build.claimConfirmed(again));
      expect(voidOf(events)).toEqual([]);
      expect(believe(events)).toEqual(believe(events.slice(0, 2)));
    }
  });

  it('may apply after all once something is learned that came before it', () => {
    const events = tell(
      contactRegistered({}, { learnedAt: '2026-01-01' }),
      titleChanged({ title: 'CEO' }, { learnedAt: '2026-03-01' }),
      placementStarted({ title: 'CIO' }, { learnedAt: '2026-02-01' }),
    );
    expect(voidOf(events.slice(0, 2))).toEqual(['TitleChanged']);
    expect(voidOf(events)).toEqual([]);
    expect(titleOf(believe(events))).toBe('CEO');
  });

  it('is what a merged contact learned after its merge, until it is unmerged', () => {
    const merged = [contactRegistered({ name: 'Ann' }), build.contactMerged()];
    expect(voidOf(tell(...merged, contactNameChanged({ name: 'X' })))).toEqual(['ContactNameChanged']);
    expect(nameOf(believed(...merged, contactNameChanged({ name: 'X' })))).toBe('Ann');
    expect(nameOf(believed(...merged, build.contactUnmerged(), contactNameChanged({ name: 'X' })))).toBe('X');
    expect(voidOf(tell(...merged, build.contactMerged({ intoId: factIdOf(1) })))).toEqual(['ContactMerged']);
  });
});

describe('reverts', () => {
  const known = [contactRegistered({ name: 'Ann' }), contactNameChanged({ name: 'Anna' })];

  it('leave events out, and tell the witness so', () => {
    const events = tell(...known, build.changesReverted([eventIdOf(2)]));
    expect(believe(events)).toEqual(believe(events.slice(0, 1)));
    expect(voidOf(events)).toEqual(['ContactNameChanged']);
  });

  it('can be reverted themselves, again and again', () => {
    const undone = [...known, build.changesReverted([eventIdOf(2)]), build.changesReverted([eventIdOf(3)])];
    expect(nameOf(believed(...undone))).toBe('Anna');
    expect(nameOf(believed(...undone, build.changesReverted([eventIdOf(4)])))).toBe('Ann');
    expect(
      nameOf(
        believed(...undone, build.changesReverted([eventIdOf(4)]), build.changesReverted([eventIdOf(5)])),
      ),
    ).toBe('Anna');
  });

  it('undo what they name also where they say they were learned before it', () => {
    const belief = believed(
      contactRegistered({ name: 'Ann' }, { learnedAt: '2026-01-01' }),
      contactNameChanged({ name: 'Anna' }, { learnedAt: '2026-02-01' }),
      build.changesReverted([eventIdOf(2)], { learnedAt: '2026-03-01' }),
      build.changesReverted([eventIdOf(3)], { learnedAt: '2026-01-15' }),
    );
    expect(nameOf(belief)).toBe('Anna');
  });

  it('are not known before they were learned', () => {
    const events = tell(...known, build.changesReverted([eventIdOf(2)], { learnedAt: '2026-06-01' }));
    expect(nameOf(believe(events, { knownAtMs: at('2026-05-31') }))).toBe('Anna');
    expect(nameOf(believe(events, { knownAtMs: at('2026-06-01') }))).toBe('Ann');
  });

  it('of the registration leave nobody, and what came after it void', () => {
    const events = tell(...known, build.changesReverted([eventIdOf(1)]));
    expect(believe(events)).toBeNull();
    expect(voidOf(events)).toEqual(['ContactRegistered', 'ContactNameChanged', 'ChangesReverted']);
  });
});

describe('confirmations', () => {
  it('say again, so that they hold what they confirmed once the first word is reverted', () => {
    const ended = placementEnded(
      { destination: 'retired', reasonText: 'says the feed' },
      { effectiveOn: '2026-01', reasonCode: 'left' },
    );
    const confirmed = build.claimConfirmed(ended, { effectiveOn: '2026-01', reasonCode: 'left' });
    const known = [contactRegistered(), placementStarted(), ended, confirmed];
    const all = believed(...known);
    const without = believed(...known, build.changesReverted([eventIdOf(3)]));
    expect(placementOf(all).ended).toMatchObject({ eventId: eventIdOf(3), reasonText: 'says the feed' });
    expect(placementOf(without).ended).toEqual({
      ...placementOf(all).ended,
      eventId: eventIdOf(4),
      learnedAtMs: tell(...known)[3]!.learnedAtMs,
    });
  });

  it('carry the reason beside the claim, as the ledger writes them', () => {
    const ended = placementEnded({}, { effectiveOn: '2026-01' });
    const confirmed = build.claimConfirmed(ended);
    const spoken = { ...confirmed, personal: { ...confirmed.personal!, reasonText: 'says the feed' } };
    const belief = believed(contactRegistered(), placementStarted(), spoken);
    expect(placementOf(belief).ended?.reasonText).toBe('says the feed');
  });

  it('register where they are the first that remains', () => {
    const belief = believed(build.claimConfirmed(contactRegistered({ name: 'Ann' })));
    expect(nameOf(belief)).toBe('Ann');
  });
});

describe('proposals', () => {
  const proposal = build.changeProposed(
    placementEnded({ reasonText: 'old list' }, { effectiveOn: '2025-12', reasonCode: 'left' }),
  );
  const known = [contactRegistered(), placementStarted(), proposal];

  it('change nothing before somebody accepts them', () => {
    const belief = believed(...known);
    expect(placementOf(belief).ended).toBeNull();
    expect(belief.proposals).toMatchObject([
      { state: 'open', claimed: 'PlacementEnded', doubt: 'older_source' },
    ]);
  });

  it('bring dates and reasons of their own when accepted, learned at the acceptance', () => {
    const events = tell(
      ...known,
      build.changeAccepted({}, { reasonCode: 'checked', effectiveOn: '2026-02' }),
    );
    const belief = believe(events);
    expect(placementOf(belief).ended).toEqual({
      eventId: eventIdOf(4),
      learnedAtMs: events[3]!.learnedAtMs,
      effectiveOn: '2025-12',
      reasonCode: 'left',
      reasonText: 'old list',
    });
    expect(belief!.proposals[0]!.state).toBe('accepted');
  });

  it('stay without effect when declined, and are settled once', () => {
    const declined = believed(...known, build.changeDeclined(), build.changeAccepted());
    expect(placementOf(declined).ended).toBeNull();
    expect(declined.proposals[0]!.state).toBe('declined');
    expect(voidOf(tell(...known, build.changeDeclined(), build.changeAccepted()))).toEqual([
      'ChangeAccepted',
    ]);
  });

  it('are accepted without effect where they no longer apply', () => {
    const belief = believed(...known, build.placementWithdrawn(), build.changeAccepted());
    expect(belief.proposals[0]!.state).toBe('accepted');
    expect(placementOf(belief).ended).toBeNull();
  });

  it('are open again when the acceptance is reverted', () => {
    const belief = believed(...known, build.changeAccepted(), build.changesReverted([eventIdOf(4)]));
    expect(belief).toEqual(believed(...known));
  });
});

describe('what a merge carries', () => {
  const loser = believe(
    tell(
      contactRegistered(
        { name: 'Bob B', emailId: factIdOf(1), email: 'bob@acme.example', phoneId: factIdOf(2), phone: '+1' },
        { of: bob },
      ),
      placementStarted({ title: 'CIO' }, { of: bob }),
      placementStarted({ placementId: nextJob }, { of: bob }),
      build.contactMerged({ intoId: ann, carried: [factIdOf(1), job], choices: ['name'] }, { of: bob }),
    ),
  )!;
  const merged = (learnedAt: string, position = 100): MergeIn<ContactBelief> => ({
    learnedAtMs: at(learnedAt),
    position,
    loser,
  });
  const survivor = tell(
    contactRegistered({ name: 'Ann' }, { learnedAt: '2026-01-01' }),
    titleChanged({ title: 'CEO' }, { learnedAt: '2026-03-01' }),
  );

  it('appears on the survivor, nothing else does', () => {
    const belief = believe(survivor.slice(0, 1), {}, { brought: [merged('2026-02-01')] })!;
    expect(belief.id).toBe(ann);
    expect(nameOf(belief)).toBe('Bob B');
    expect(belief.emails.map((email) => email.id)).toEqual([factIdOf(1)]);
    expect(belief.phones).toEqual([]);
    expect(belief.placements.map((placement) => placement.id)).toEqual([job]);
  });

  it('takes what is said of it later, and not what was said before', () => {
    expect(titleOf(believe(survivor, {}, { brought: [merged('2026-02-01')] }))).toBe('CEO');
    expect(titleOf(believe(survivor, {}, { brought: [merged('2026-04-01')] }))).toBe('CIO');
  });

  it('is not known before the merge was, nor beyond the position that is asked for', () => {
    const merges = { brought: [merged('2026-02-01')] };
    expect(believe(survivor, { knownAtMs: at('2026-01-15') }, merges)!.placements).toEqual([]);
    expect(believe(survivor, { atPosition: 99 }, merges)!.placements).toEqual([]);
  });

  it('waits for a survivor that was learned of later than the merge', () => {
    const belief = believe(survivor, {}, { brought: [merged('2025-06-01')] });
    expect(titleOf(belief)).toBe('CEO');
    expect(nameOf(belief)).toBe('Bob B');
  });

  it('never replaces a fact that the survivor has', () => {
    const own = tell(
      contactRegistered({}, { learnedAt: '2026-01-01' }),
      placementStarted({ title: 'own' }, { learnedAt: '2026-01-02' }),
    );
    const belief = believe(own, {}, { brought: [merged('2026-02-01')] })!;
    expect(belief.placements).toHaveLength(1);
    expect(titleOf(belief)).toBe('own');
  });

  it('is nothing of one who is not merged any more', () => {
    const unmerged = { ...merged('2026-02-01'), loser: { ...loser, mergedInto: null } };
    expect(believe(survivor, {}, { brought: [unmerged] })).toEqual(believe(survivor));
  });
});
