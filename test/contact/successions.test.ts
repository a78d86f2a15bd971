// Who followed whom in a post: departures, tenures, gaps and what uncertain dates leave of them.
import { describe, expect, it } from 'vitest';
import { findSuccessions, type Term } from '../../src/contact/successions.ts';
import { dayFromIso } from '../../src/time/day.ts';
import { parseEdtf } from '../../src/time/edtf.ts';
import { endedWithoutDate, openEnd, unknownStart } from '../../src/time/interval.ts';

const today = dayFromIso('2026-06-01')!;

/** `contact start end`: a date of EDTF, `?` for an unknown start, `…` for open, `†DATE` for an end of which only the learning is known. */
function term(text: string, index: number): Term {
  const [contactId, startsOn, endsOn] = text.split(' ') as [string, string, string];
  const start = startsOn === '?' ? unknownStart : parseEdtf(startsOn)!;
  const placementId = `p${index + 1}`;
  if (endsOn.startsWith('†'))
    return { contactId, placementId, interval: endedWithoutDate(start, dayFromIso(endsOn.slice(1))!) };
  return { contactId, placementId, interval: { start, end: endsOn === '…' ? openEnd : parseEdtf(endsOn)! } };
}

/** Rows as `departed → successor min..max`, with ! where the same person came back. */
function successionsOf(...terms: string[]): string[] {
  const given = terms.map(term);
  const rows = findSuccessions(given, today);
  // The order in which placements are told must not matter.
  expect(findSuccessions(given.toReversed(), today)).toEqual(rows);
  return rows.map(({ departed, successor, gap, samePersonReturned }) => {
    const days = `${gap.minDays}..${gap.maxDays}`;
    const next = successor ? `${successor.contactId}/${successor.placementId}` : 'vacant';
    return `${departed.contactId}/${departed.placementId} → ${next} ${days}${samePersonReturned ? '!' : ''}`;
  });
}

describe('a departure', () => {
  it('is followed by the first to begin at or after the end', () => {
    expect(
      successionsOf('ann 2010-01-01 2012-01-01', 'cleo 2014-01-01 …', 'bob 2012-01-11 2014-01-01'),
    ).toEqual(['ann/p1 → bob/p3 10..10', 'bob/p3 → cleo/p2 0..0']);
  });

  it('leaves no gap where the next begins on the day of the end', () => {
    expect(successionsOf('ann 1789-04-30 1797-03-04', 'bob 1797-03-04 …')).toEqual(['ann/p1 → bob/p2 0..0']);
  });

  it('does not count while somebody else certainly goes on holding the post', () => {
    expect(successionsOf('ann 2010-01-01 2012-01-01', 'bob 2011-12-31 2013-01-01')).toEqual([
      'bob/p2 → vacant 4899..Infinity',
    ]);
  });

  it('counts where the other left on the same day', () => {
    expect(
      successionsOf('ann 2010-01-01 2012-01-01', 'bob 2011-01-01 2012-01-01', 'cleo 2012-01-03 …'),
    ).toEqual(['ann/p1 → cleo/p3 2..2', 'bob/p2 → cleo/p3 2..2']);
  });

  it('counts where the other only possibly goes on, and then the gap may be shorter', () => {
    expect(successionsOf('ann 2010-01-01 2012-06-01', 'bob 2011-01-01 2012', 'cleo 2013-01-01 …')).toEqual([
      'ann/p1 → cleo/p3 1..214',
      'bob/p2 → cleo/p3 1..366',
    ]);
  });

  it('of a placement that holds no day is none', () => {
    expect(successionsOf('ann 2012-01-01 2010-01-01', 'bob 2012-01-01 2012-01-01')).toEqual([]);
    expect(
      successionsOf('ann 2010-01-01 2011-01-01', 'bob 2011-02-01 2011-01-15', 'cleo 2012-01-01 …'),
    ).toEqual(['ann/p1 → cleo/p3 365..365']);
  });

  it('leaves the post vacant up to today, with no limit, until somebody follows', () => {
    expect(successionsOf('ann 2010-01-01 2026-05-22')).toEqual(['ann/p1 → vacant 10..Infinity']);
  });

  it('that lies ahead has no gap yet', () => {
    expect(successionsOf('ann 2010-01-01 2027-01-01')).toEqual(['ann/p1 → vacant 0..Infinity']);
    expect(successionsOf('ann 2010-01-01 2027-01-01', 'bob 2027-01-05 …')).toEqual(['ann/p1 → bob/p2 4..4']);
  });

  it('is none while the term is open', () => {
    expect(successionsOf('ann 2010-01-01 …')).toEqual([]);
  });
});

describe('several terms of one person', () => {
  it('with at most a day between them are one tenure, seen from both sides', () => {
    expect(
      successionsOf(
        'ann 2008-01-01 2010-01-01',
        'bob 2010-01-02 2012-01-01',
        'bob 2012-01-02 2014-01-01',
        'cleo 2014-01-01 …',
      ),
    ).toEqual(['ann/p1 → bob/p2 1..1', 'bob/p3 → cleo/p4 0..0']);
  });

  it('with two days between them are a departure and a return', () => {
    expect(successionsOf('ann 2010-01-01 2012-01-01', 'ann 2012-01-03 …')).toEqual(['ann/p1 → ann/p2 2..2!']);
  });

  it('are no return where somebody else came in between', () => {
    expect(
      successionsOf('ann 2010-01-01 2012-01-01', 'bob 2012-01-01 2014-01-01', 'ann 2014-01-01 …'),
    ).toEqual(['ann/p1 → bob/p2 0..0', 'bob/p2 → ann/p3 0..0']);
  });

  it('that overlap end when the last of them ends', () => {
    expect(
      successionsOf('ann 2010-01-01 2016-01-01', 'ann 2012-01-01 2014-01-01', 'bob 2016-01-08 …'),
    ).toEqual(['ann/p1 → bob/p3 7..7']);
    expect(successionsOf('ann 2010-01-01 …', 'ann 2012-01-01 2014-01-01')).toEqual([]);
  });

  it('are one tenure only where that is certain', () => {
    expect(successionsOf('ann 2010-01-01 2011-12-31', 'ann 2012-01 …')).toEqual(['ann/p1 → ann/p2 1..31!']);
  });
});

describe('uncertain dates', () => {
  it('make the gap a range', () => {
    expect(successionsOf('ann 2010-01-01 2012-03', 'bob 2012-05 …')).toEqual(['ann/p1 → bob/p2 31..91']);
  });

  it('let a start count that may lie before the end', () => {
    expect(successionsOf('ann 2010-01-01 2012', 'bob 2012-06-01 …')).toEqual(['ann/p1 → bob/p2 0..152']);
  });

  it('name the first to have begun for sure, while others may have begun before', () => {
    expect(successionsOf('ann 2010-01-01 2012-01-01', 'bob 2012 2012-12-31', 'cleo 2012-03-01 …')).toEqual([
      'ann/p1 → cleo/p3 0..60',
    ]);
  });

  it('of an end that nobody knows reach from the start to the day it was learned', () => {
    expect(successionsOf('ann 2010-01-01 †2012-01-01', 'bob 2012-01-11 …')).toEqual([
      'ann/p1 → bob/p2 10..740',
    ]);
  });

  it('of an unknown start that may lie in the gap make the least gap nothing', () => {
    expect(successionsOf('ann 2010-01-01 2012-01-01', 'bob ? 2013-01-01', 'cleo 2014-01-01 …')).toEqual([
      'ann/p1 → cleo/p3 0..731',
      'bob/p2 → cleo/p3 365..365',
    ]);
  });

  it('of an unknown start that must lie before change nothing', () => {
    expect(successionsOf('bob ? 2010-01-01', 'ann 2010-01-01 2012-01-01', 'cleo 2012-01-11 …')).toEqual([
      'bob/p1 → ann/p2 0..0',
      'ann/p2 → cleo/p3 10..10',
    ]);
  });

  it('make who holds the post since nobody knows when the successor where there is no other', () => {
    expect(successionsOf('ann 2010-01-01 2026-05-02', 'bob ? …')).toEqual(['ann/p1 → bob/p2 0..30']);
    expect(successionsOf('ann 2010-01-01 2012-01-01', 'bob ? 2012-02-01')).toEqual([
      'ann/p1 → bob/p2 0..30',
      'bob/p2 → vacant 5234..Infinity',
    ]);
  });

  it('leave no limit where neither start nor end is known', () => {
    expect(successionsOf('ann ? †2012-01-01', 'bob 2012-02-01 …')).toEqual(['ann/p1 → bob/p2 31..Infinity']);
  });
});
