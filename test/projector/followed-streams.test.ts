// Streams kept by who follows the log: read once, added to event by event, read again where something may be gone.
import { beforeEach, expect, test, vi } from 'vitest';
import type { LedgerEvent } from '../../src/ledger-events.ts';
import { createFollowedStreams, type FollowedStreams } from '../../src/projector/followed-streams.ts';

const event = (stream: string, version: number, type = 'ContactNameChanged') =>
  ({ stream, version, type }) as unknown as LedgerEvent;
const eventsOf = (stream: string, count: number) =>
  Array.from({ length: count }, (_, index) => event(stream, index + 1));

/** Events that the log has of each stream. */
const log = new Map<string, number>();
const readWhole = vi.fn(async (stream: string) => eventsOf(stream, log.get(stream) ?? 0));
let streams: FollowedStreams;
beforeEach(() => {
  log.clear();
  readWhole.mockClear();
  streams = createFollowedStreams(readWhole);
});

const versions = async (stream: string) => (await streams.read(stream)).map(({ version }) => version);

test('a stream is read once and then kept up', async () => {
  log.set('contact-1', 2);
  expect(await versions('contact-1')).toEqual([1, 2]);
  streams.take([event('contact-1', 3), event('contact-2', 1), event('contact-1', 4)]);
  expect(await versions('contact-1')).toEqual([1, 2, 3, 4]);
  expect(readWhole).toHaveBeenCalledTimes(1);
});

test('what was read ahead of what is taken is not there twice', async () => {
  log.set('contact-1', 3);
  await streams.read('contact-1');
  streams.take([event('contact-1', 2), event('contact-1', 3), event('contact-1', 4)]);
  expect(await versions('contact-1')).toEqual([1, 2, 3, 4]);
});

test('an erasure has all of them read again', async () => {
  log.set('contact-1', 1);
  await streams.read('contact-1');
  log.set('contact-1', 2);
  streams.take([event('contact-2', 5, 'ContactErased')]);
  expect(await versions('contact-1')).toEqual([1, 2]);
  expect(readWhole).toHaveBeenCalledTimes(2);
});

test('those that were asked for the longest time ago go first', async () => {
  for (const id of [1, 2, 3]) log.set(`contact-${id}`, 1_500);
  await streams.read('contact-1');
  await streams.read('contact-2');
  await streams.read('contact-1');
  await streams.read('contact-3');
  readWhole.mockClear();
  await streams.read('contact-1');
  expect(readWhole).not.toHaveBeenCalled();
  await streams.read('contact-2');
  expect(readWhole).toHaveBeenCalledTimes(1);
});
