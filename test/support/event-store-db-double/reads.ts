// The double's answers to reads and subscriptions, written as fast as the caller takes them.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { streamDeleted } from './appends.ts';
import type { MemoryLog, Recorded } from './memory-log.ts';
import { filterOf, identifierOf, readResponseOf, streamNameOf } from './wire.ts';

export type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>;

/** A server looks at so many events of `$all` between two checkpoints, times the caller's multiplier. */
const searchWindowEvents = 32;

export async function answerRead(log: MemoryLog, call: ReadCall): Promise<void> {
  const ended = new AbortController();
  for (const event of ['cancelled', 'close', 'error']) call.on(event, () => ended.abort());
  const options = call.request.getOptions()!;
  if (options.hasSubscription()) await answerSubscription(log, call, options, ended.signal);
  else if (options.hasAll()) await send(call, allEvents(log, options), ended.signal);
  else {
    const stream = streamNameOf(options.getStream()!.getStreamIdentifier());
    if (log.isTombstoned(stream)) return void call.emit('error', streamDeleted(stream));
    const events = log.stream(stream);
    if (events) await send(call, streamEvents(events, options), ended.signal);
    else
      call.write(
        new streams.ReadResp().setStreamNotFound(
          new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream)),
        ),
      );
  }
  call.end();
}

async function send(call: ReadCall, events: readonly Recorded[], signal: AbortSignal): Promise<void> {
  for (const event of events) {
    if (signal.aborted) return;
    await write(call, readResponseOf(event), signal);
  }
}

async function write(call: ReadCall, response: streams.ReadResp, signal: AbortSignal): Promise<void> {
  if (!call.write(response)) await once(call, 'drain', { signal }).catch(() => undefined);
}

function isBackwards(options: streams.ReadReq.Options): boolean {
  return options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
}

function countOf(options: streams.ReadReq.Options): number {
  return Math.min(Number(options.getCount()), Number.MAX_SAFE_INTEGER);
}

/** Forwards the position asked for is included, backwards it is not. */
function allEvents(log: MemoryLog, options: streams.ReadReq.Options): readonly Recorded[] {
  const from = options.getAll()!;
  const at = BigInt(from.getPosition()?.getCommitPosition() ?? 0);
  if (isBackwards(options)) {
    const end = from.hasEnd() ? log.all.length : log.indexFrom(at, 'inclusive');
    return log.all.slice(Math.max(0, end - countOf(options)), end).reverse();
  }
  const start = from.hasEnd() ? log.all.length : from.hasStart() ? 0 : log.indexFrom(at, 'inclusive');
  return log.all.slice(start, start + countOf(options));
}

function streamEvents(events: readonly Recorded[], options: streams.ReadReq.Options): readonly Recorded[] {
  const from = options.getStream()!;
  const revision = from.hasRevision() ? BigInt(from.getRevision()) : undefined;
  if (isBackwards(options))
    return events
      .filter((event) => revision === undefined || event.revision <= revision)
      .slice(-countOf(options))
      .reverse();
  return events.filter((event) => event.revision >= (revision ?? 0n)).slice(0, countOf(options));
}

/** History, caught up, live. A subscription starts behind the position that it names. */
async function answerSubscription(
  log: MemoryLog,
  call: ReadCall,
  options: streams.ReadReq.Options,
  signal: AbortSignal,
): Promise<void> {
  const wanted = filterOf(options);
  const stream = options.hasStream() ? streamNameOf(options.getStream()!.getStreamIdentifier()) : undefined;
  const checkpointEvery = searchWindowEvents * (options.getFilter()?.getCheckpointintervalmultiplier() || 1);
  let last = startOf(log, options);
  let looked = 0;
  let caughtUp = false;
  call.write(
    new streams.ReadResp().setConfirmation(
      new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID()),
    ),
  );
  while (!signal.aborted) {
    // The scavenged log is another array: its place is found anew.
    const news = log.all.slice(log.indexFrom(last, 'exclusive'));
    for (const event of news) {
      if (signal.aborted) return;
      last = event.position;
      looked += 1;
      if (stream === undefined ? wanted(event) : event.stream === stream)
        await write(call, readResponseOf(event), signal);
      if (options.hasFilter() && looked % checkpointEvery === 0) await write(call, checkpoint(last), signal);
    }
    if (news.length > 0 && log.all.at(-1)!.position > last) continue;
    if (!caughtUp) call.write(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
    caughtUp = true;
    await log.changed(signal);
  }
}

function startOf(log: MemoryLog, options: streams.ReadReq.Options): bigint {
  const end = log.all.at(-1)?.position ?? -1n;
  if (!options.hasAll()) return options.getStream()!.hasEnd() ? end : -1n;
  const from = options.getAll()!;
  if (from.hasEnd()) return end;
  return from.hasStart() ? -1n : BigInt(from.getPosition()!.getCommitPosition());
}

function checkpoint(position: bigint): streams.ReadResp {
  const text = position.toString();
  return new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(text).setPreparePosition(text),
  );
}
