// What is believed about an account: cuts, void events, reverts, confirmations, dated values, renewals and closing.
import { describe, expect, it } from 'vitest';
import { type AccountBelief, believeAccount } from '../../src/account/belief.ts';
import type { AccountEvent } from '../../src/account/events.ts';
import { parseEdtf } from '../../src/time/edtf.ts';
import { latest, valueOn } from '../../src/timeline.ts';
import * as build from '../support/builders.ts';
import { acme, at, eventIdOf, factIdOf, globex } from '../support/ids.ts';

const { accountRegistered, accountNameChanged, accountClassified } = build;
const tell = (...events: AccountEvent[]) => build.history(...events);
const believed = (...events: AccountEvent[]) => believeAccount(tell(...events))!;
const nameOf = (belief: AccountBelief | null) => belief && latest(belief.name);

function voidOf(events: readonly AccountEvent[]): string[] {
  const seen: string[] = [];
  believeAccount(events, {}, {}, (event, _before, _after, isVoid) => {
    if (isVoid) seen.push(event.type);
  });
  return seen;
}

describe('what is believed about an account', () => {
  it('is what had been learned, whenever it was stored', () => {
    const events = tell(
      accountRegistered({ name: 'Acme' }, { learnedAt: '2026-01-01' }),
      accountNameChanged({ name: 'Late' }, { learnedAt: '2026-03-01' }),
      accountNameChanged({ name: 'Heard later' }, { learnedAt: '2026-02-01' }),
    );
    expect(believeAccount(events, { knownAtMs: at('2025-12-31') })).toBeNull();
    expect(nameOf(believeAccount(events, { knownAtMs: at('2026-02-15') }))).toBe('Heard later');
    expect(nameOf(believeAccount(events, { knownAtMs: at('2026-02-15'), atPosition: 2 }))).toBe('Acme');
    expect(nameOf(believeAccount(events))).toBe('Late');
    expect(believeAccount(events)!.id).toBe(acme);
  });

  it('does not take what came before the registration, or another one', () => {
    expect(voidOf(tell(accountNameChanged(), accountRegistered()))).toEqual(['AccountNameChanged']);
    expect(voidOf(tell(accountRegistered(), accountRegistered({ name: 'Other' })))).toEqual([
      'AccountRegistered',
    ]);
    expect(voidOf(tell(accountRegistered(), accountRegistered()))).toEqual([]);
  });

  it('leaves out what was reverted, and takes it back', () => {
    const known = [accountRegistered(), accountNameChanged({ name: 'X' })];
    const reverted = [...known, build.accountChangesReverted([eventIdOf(2)])];
    expect(nameOf(believed(...reverted))).toBe('Acme');
    expect(voidOf(tell(...reverted))).toEqual(['AccountNameChanged']);
    expect(nameOf(believed(...reverted, build.accountChangesReverted([eventIdOf(3)])))).toBe('X');
  });

  it('holds what was confirmed once the first word is reverted', () => {
    const belief = believed(
      accountRegistered(),
      accountNameChanged({ name: 'X' }),
      build.claimConfirmed(accountNameChanged({ name: 'X' })),
      build.accountChangesReverted([eventIdOf(2)]),
    );
    expect(nameOf(belief)).toBe('X');
  });

  it('replaces only the keys that a classification names; null means none', () => {
    const belief = believed(
      accountRegistered({ segment: 'small', tier: 'gold' }),
      accountClassified({ segment: null, size: 100 }),
    );
    expect([latest(belief.segment), latest(belief.tier), latest(belief.size)]).toEqual([null, 'gold', 100]);
  });

  it('has each value on its day', () => {
    const belief = believed(
      accountRegistered({ arr: { minorUnits: 100, currency: 'EUR' } }),
      build.accountValueChanged({ arr: { minorUnits: 300, currency: 'EUR' } }, { effectiveOn: '2026-07-01' }),
      build.accountValueChanged({ arr: { minorUnits: 200, currency: 'EUR' } }, { effectiveOn: '2026-02-01' }),
    );
    const on = (day: string) => valueOn(belief.arr, parseEdtf(day)!.earliest, 'UTC')?.minorUnits;
    expect(['2026-01-31', '2026-02-01', '2026-06-30', '2026-07-01'].map(on)).toEqual([100, 200, 200, 300]);
  });

  it('keeps address and location, team roles and the parent apart', () => {
    const belief = believed(
      accountRegistered({ location: { country: 'FR' } }),
      build.accountAddressChanged(),
      build.accountTeamChanged(),
      build.accountTeamChanged({ teamRole: 'steward', member: 'csm-2' }),
      build.accountTeamChanged({ member: null }),
      build.accountParentChanged(),
    );
    expect(latest(belief.location)).toEqual({ country: 'DE' });
    expect(latest(belief.address)).toBe('1 Acme Way');
    expect(latest(belief.team['owner']!)).toBeNull();
    expect(latest(belief.team['steward']!)).toBe('csm-2');
    expect(latest(belief.parentId)).toBe(globex);
  });

  it('decides a renewal once, and the last word holds', () => {
    const belief = believed(
      accountRegistered(),
      build.renewalDecided({ outcome: 'renewed' }, { effectiveOn: '2026-06' }),
      build.renewalDecided({ outcome: 'reduced', competitor: 'Hooli' }, { effectiveOn: '2026-06' }),
      build.renewalDecided({ decisionId: factIdOf(10) }),
    );
    expect(belief.renewals).toMatchObject([
      { outcome: 'reduced', competitor: 'Hooli', decidedOn: '2026-06', eventId: eventIdOf(3) },
      { outcome: 'renewed', decidedOn: null },
    ]);
  });

  it('is closed for the last reason that was given', () => {
    const belief = believed(
      accountRegistered(),
      build.accountClosed(),
      build.accountClosed({ closing: 'acquired', intoId: globex }, { effectiveOn: '2026-01' }),
      build.accountClosed({ closing: 'acquired', intoId: globex }, { effectiveOn: '2026-01' }),
    );
    expect(belief.closed).toMatchObject({ closing: 'acquired', intoId: globex, eventId: eventIdOf(3) });
  });
});
