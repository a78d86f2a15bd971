// The subscription to the cluster's log, on the call that the client makes of it, without what the client makes of each event.
import { convertToCommandError } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { textIn, type WireRecord } from './event-store-db-codec.ts';
import type { Connection } from './event-store-db-connection.ts';
import type { AllPosition } from './event-store-db-mirror.ts';

export interface SubscriptionListener {
  onConfirmed(): void;
  /** After the last event that there was when it began; told once more where it fell behind meanwhile. */
  onCaughtUp(): void;
  onEvent(record: WireRecord, place: AllPosition): void;
  /** It has ended, and why. Told again for each further fault. */
  onEnded(fault: Error): void;
}

/** Streams of the ledger, and their metadata: who truncates a stream says so there. */
const ledgerStreams = '^(\\$\\$)?[a-z][a-z0-9]*-';
/** A subscription says where it is after so many times 32 events that are not the ledger's. */
const checkpointInterval = 32;

type Call = ReturnType<StreamsClient['read']>;

/** What the client keeps to itself, of which its own calls are made. */
interface ClientParts {
  GRPCStreamCreator(
    service: typeof StreamsClient,
    name: string,
    open: (service: StreamsClient) => Call,
  ): () => Promise<Call>;
  callArguments(
    asked: Pick<Connection['callOptions'], 'credentials' | 'requiresLeader'>,
    options: { deadline: number },
  ): Parameters<StreamsClient['read']> extends [unknown, ...infer Rest] ? Rest : never;
}

/** Follows the log after a place, or from its start. Answers what ends it. */
export function subscribeToLog(
  { client, callOptions: { credentials, requiresLeader } }: Connection,
  after: AllPosition | undefined,
  listener: SubscriptionListener,
): () => void {
  const { GRPCStreamCreator, callArguments } = client as unknown as ClientParts;
  // As one of the client's own streams it ends with the client, which is replaced where its connection is silent.
  const opening = GRPCStreamCreator(StreamsClient, 'follow', (service) =>
    service.read(
      requestAfter(after),
      ...callArguments({ credentials, requiresLeader }, { deadline: Number.POSITIVE_INFINITY }),
    ),
  )();
  const failed = (fault: Error) => listener.onEnded(convertToCommandError(fault));
  opening.then((call) => {
    // Without a listener an error would end the process, also one that comes after the end.
    call.on('error', failed);
    call.on('end', () => listener.onEnded(new Error('The subscription has ended.')));
    call.on('data', (response: streams.ReadResp) => tell(response, listener));
  }, failed);
  // Not in this turn: a call that is cancelled while it is being opened hangs (grpc-node#1464).
  return () => void opening.then((call) => setImmediate(() => call.cancel())).catch(() => undefined);
}

function tell(response: streams.ReadResp, listener: SubscriptionListener): void {
  if (response.hasConfirmation()) listener.onConfirmed();
  if (response.hasCaughtUp()) listener.onCaughtUp();
  const recorded = response.getEvent()?.getEvent();
  if (recorded) listener.onEvent(recordOf(recorded), placeOf(recorded));
}

type RecordedEvent = streams.ReadResp.ReadEvent.RecordedEvent;

function recordOf(event: RecordedEvent): WireRecord {
  return {
    stream: textIn(event.getStreamIdentifier()!.getStreamName_asU8()),
    id: event.getId()!.getString(),
    revision: Number(event.getStreamRevision()),
    type: event.getMetadataMap().get('type') ?? '',
    data: event.getData_asU8(),
    metadata: event.getCustomMetadata_asU8(),
  };
}

const placeOf = (event: RecordedEvent): AllPosition => ({
  commit: event.getCommitPosition(),
  prepare: event.getPreparePosition(),
});

function requestAfter(after: AllPosition | undefined): streams.ReadReq {
  const all = new streams.ReadReq.Options.AllOptions();
  if (after)
    all.setPosition(
      new streams.ReadReq.Options.Position()
        .setCommitPosition(after.commit)
        .setPreparePosition(after.prepare),
    );
  else all.setStart(new shared.Empty());
  const filter = new streams.ReadReq.Options.FilterOptions()
    .setStreamIdentifier(new streams.ReadReq.Options.FilterOptions.Expression().setRegex(ledgerStreams))
    .setCount(new shared.Empty())
    .setCheckpointintervalmultiplier(checkpointInterval);
  return new streams.ReadReq().setOptions(
    new streams.ReadReq.Options()
      .setAll(all)
      .setFilter(filter)
      .setSubscription(new streams.ReadReq.Options.SubscriptionOptions())
      .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty())),
  );
}
