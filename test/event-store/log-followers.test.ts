// The newest events of a log, kept for those who follow it and no longer.
import { expect, test } from 'vitest';
import { createTail } from '../../src/event-store/log-followers.ts';
import type { StoredEvent } from '../../src/event-store/port.ts';

const events = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ position: from + index }) as StoredEvent);
const positions = (page: StoredEvent[] | undefined) => page?.map(({ position }) => position);

test('what every follower has is kept no longer, what one lacks is', () => {
  const tail = createTail();
  const quick = tail.follow(10);
  const slow = tail.follow(10);
  tail.add(events(11, 14));
  expect(positions(tail.page(10, 3))).toEqual([11, 12, 13]);
  quick.after = 14;
  tail.add(events(15, 16));
  expect(positions(tail.page(10, 3))).toEqual([11, 12, 13]);
  slow.after = 14;
  tail.add(events(17, 17));
  expect(tail.page(10, 3)).toBeUndefined();
  expect(positions(tail.page(14, 9))).toEqual([15, 16, 17]);
});

test('who left is waited for no longer, and where nobody follows nothing is kept but the newest', () => {
  const tail = createTail();
  const left = tail.follow(0);
  tail.add(events(1, 4));
  left.leave();
  tail.add(events(5, 5));
  expect(tail.page(0, 9)).toBeUndefined();
  expect(positions(tail.page(4, 9))).toEqual([5]);
});

test('who falls far behind reads the log: the newest two thousand are kept for nobody longer', () => {
  const tail = createTail();
  tail.follow(0);
  tail.add(events(1, 4_096));
  expect(positions(tail.page(0, 1))).toEqual([1]);
  tail.add(events(4_097, 4_097));
  expect(tail.page(0, 1)).toBeUndefined();
  expect(positions(tail.page(2_049, 1))).toEqual([2_050]);
});
