// A lane: appends go out on one call that stays open, each with a number of its own, and are answered in any order.
import { randomUUID } from 'node:crypto';
import type { EventStoreDBClient } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { WireEvent } from './event-store-db-codec.ts';
import type { Connection } from './event-store-db-connection.ts';

/** `version` is that of the stream in the cluster. */
export type Sent = { kind: 'written' } | { kind: 'wrong_version'; version: number };

/**
 * A quarter of what a call of its own for each append costs, at both ends. The client has such a path, too, but appends wait in
 * a table of its module there, shared by all clients of the process, without a limit of time, and a lost connection rejects
 * promises that are nobody's to catch. Here each open call has a table of its own, and nothing rejects.
 */
export interface Lane {
  /**
   * What the cluster says, or undefined where it said nothing clear: the batch may have been written. A call of its own with the
   * same batch then tells, which also knows how to find the leader. Waits for as long as the server is silent.
   */
  append(
    client: EventStoreDBClient,
    stream: string,
    expectedVersion: number,
    events: readonly WireEvent[],
  ): Promise<Sent | undefined>;
  close(): void;
}

type Call = ReturnType<StreamsClient['batchAppend']>;

interface OpenLane {
  readonly isUsable: boolean;
  send(request: streams.BatchAppendReq): Promise<Sent | undefined>;
  end(): void;
}

export function createLane({ callOptions }: Connection): Lane {
  let current: { client: EventStoreDBClient; opening: Promise<OpenLane>; lane?: OpenLane } | undefined;
  let isClosed = false;

  async function openOn(client: EventStoreDBClient): Promise<OpenLane> {
    const { getGRPCClient, callArguments } = client as unknown as ClientParts;
    const { credentials, requiresLeader } = callOptions;
    const service = await getGRPCClient(StreamsClient, 'append');
    // Without an end: each append has a time limit of its own.
    const forEver = { deadline: Number.POSITIVE_INFINITY };
    const lane = openLane(service.batchAppend(...callArguments({ credentials, requiresLeader }, forEver)));
    if (isClosed) lane.end();
    return lane;
  }

  /** The lane of this client; who asks while it is being opened waits for the same. */
  async function laneOf(client: EventStoreDBClient): Promise<OpenLane | undefined> {
    const known = current;
    if (known?.client === client) {
      const lane = await known.opening;
      if (lane.isUsable) return lane;
      if (current !== known) return current?.client === client ? laneOf(client) : undefined;
    } else {
      // A client is replaced where its connection is silent.
      end(known);
    }
    const opened: typeof current = { client, opening: openOn(client) };
    current = opened;
    opened.opening.then(
      (lane) => {
        opened.lane = lane;
      },
      () => {
        if (current === opened) current = undefined;
      },
    );
    return opened.opening;
  }

  function end(opened: typeof current): void {
    opened?.opening.then(
      (lane) => lane.end(),
      () => undefined,
    );
  }

  return {
    async append(client, stream, expectedVersion, events) {
      const open = current?.client === client && current.lane?.isUsable ? current.lane : undefined;
      const lane = open ?? (await laneOf(client).catch(() => undefined));
      return lane?.send(requestOf(stream, expectedVersion, events));
    },
    close() {
      isClosed = true;
      end(current);
    },
  };
}

/** What the client keeps to itself, of which its own calls are made. */
interface ClientParts {
  getGRPCClient(service: typeof StreamsClient, name: string): Promise<StreamsClient>;
  callArguments(
    asked: Pick<Connection['callOptions'], 'credentials' | 'requiresLeader'>,
    options: { deadline: number },
  ): Parameters<StreamsClient['batchAppend']>;
}

function openLane(call: Call): OpenLane {
  const waiting = new Map<string, (told: Sent | undefined) => void>();
  let isUsable = true;

  function end(): void {
    isUsable = false;
    for (const answer of waiting.values()) answer(undefined);
    waiting.clear();
    call.cancel();
  }

  call.on('data', (response: streams.BatchAppendResp) => {
    const id = response.getCorrelationId()?.getString() ?? '';
    const answer = waiting.get(id);
    if (!answer) return end();
    waiting.delete(id);
    const told = toldBy(response);
    answer(told);
    // It may no longer lead: the next append goes over a new lane, and those under way are waited for.
    if (!told) isUsable = false;
    if (!isUsable && waiting.size === 0) end();
  });
  // Without a listener an error would end the process, also one that comes after the end.
  call.on('error', end);
  call.on('end', end);
  return {
    get isUsable() {
      return isUsable;
    },
    send(request) {
      if (!isUsable) return Promise.resolve(undefined);
      const id = randomUUID();
      const { promise, resolve } = Promise.withResolvers<Sent | undefined>();
      waiting.set(id, resolve);
      call.write(request.setCorrelationId(new shared.UUID().setString(id)));
      return promise;
    },
    end,
  };
}

function requestOf(
  stream: string,
  expectedVersion: number,
  events: readonly WireEvent[],
): streams.BatchAppendReq {
  const name = new shared.StreamIdentifier().setStreamName(new TextEncoder().encode(stream));
  // No deadline: as a time of day it would be read by the server's clock, which may differ by minutes.
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(name);
  if (expectedVersion === 0) options.setNoStream(new shared.Empty());
  else options.setStreamPosition(String(expectedVersion - 1));
  return new streams.BatchAppendReq()
    .setOptions(options)
    .setProposedMessagesList(events.map(proposed))
    .setIsFinal(true);
}

function proposed({ id, type, contentType, data, metadata }: WireEvent) {
  const message = new streams.BatchAppendReq.ProposedMessage()
    .setId(new shared.UUID().setString(id))
    .setData(data)
    .setCustomMetadata(metadata);
  message.getMetadataMap().set('type', type).set('content-type', contentType);
  return message;
}

/** Anything but these two is told by a call of its own. */
function toldBy(response: streams.BatchAppendResp): Sent | undefined {
  if (response.hasSuccess()) return { kind: 'written' };
  const wrong = response
    .getError()
    ?.getDetails()
    ?.unpack(shared.WrongExpectedVersion.deserializeBinary, 'event_store.client.WrongExpectedVersion');
  if (wrong?.hasCurrentStreamRevision())
    return { kind: 'wrong_version', version: Number(wrong.getCurrentStreamRevision()) + 1 };
  return wrong?.hasCurrentNoStream() ? { kind: 'wrong_version', version: 0 } : undefined;
}
