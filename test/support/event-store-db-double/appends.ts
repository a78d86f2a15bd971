// The double's answers to appends, one at a time and batched, and to deletes.
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusMessages from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, type ServerDuplexStream, type ServerReadableStream, status } from '@grpc/grpc-js';
import wellKnownAny from 'google-protobuf/google/protobuf/any_pb.js';
import wellKnownEmpty from 'google-protobuf/google/protobuf/empty_pb.js';
import { type Appended, appendBytesMax, type Expected, type Proposed } from './memory-log.ts';
import { empty, expectedOf, proposedOf, streamNameOf } from './wire.ts';

/** A call's end with an error, as gRPC names it and EventStoreDB explains it in the metadata. */
export interface Refusal {
  code: status;
  details: string;
  metadata?: Metadata;
}

export type AppendCall = ServerReadableStream<streams.AppendReq, streams.AppendResp>;
export type BatchAppendCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

export interface AppendRequest {
  stream: string;
  expected: Expected;
  events: Proposed[];
}

export function refusal(
  code: status,
  exception: string,
  details: string,
  more: Record<string, string> = {},
): Refusal {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries({ exception, ...more })) metadata.set(key, value);
  return { code, details, metadata };
}

/** Undefined where the call ends before all of it has come. */
export async function readAppend(call: AppendCall): Promise<AppendRequest | undefined> {
  const request: AppendRequest = { stream: '', expected: 'any', events: [] };
  let isCancelled = false;
  call.on('cancelled', () => {
    isCancelled = true;
  });
  for await (const part of call as AsyncIterable<streams.AppendReq>) {
    const options = part.getOptions();
    if (options) {
      request.stream = streamNameOf(options.getStreamIdentifier());
      request.expected = expectedOf(options);
    } else request.events.push(proposedOf(part.getProposedMessage()!));
  }
  // The connection was lost in the middle: what came is not the whole.
  if (isCancelled) return undefined;
  return request;
}

export function appendResponse(
  result: Appended,
  { stream, expected }: AppendRequest,
): streams.AppendResp | Refusal {
  if (result.kind === 'success') {
    const position = result.position.toString();
    return new streams.AppendResp().setSuccess(
      new streams.AppendResp.Success()
        .setCurrentRevision(result.revision.toString())
        .setPosition(
          new streams.AppendResp.Position().setCommitPosition(position).setPreparePosition(position),
        ),
    );
  }
  if (result.kind === 'wrong_version') {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (result.current === undefined) wrong.setCurrentNoStream(empty());
    else wrong.setCurrentRevision(result.current.toString());
    if (expected === 'no_stream') wrong.setExpectedNoStream(empty());
    else if (expected === 'stream_exists') wrong.setExpectedStreamExists(empty());
    else wrong.setExpectedRevision(expected.toString());
    return new streams.AppendResp().setWrongExpectedVersion(wrong);
  }
  return failureOf(result.kind, stream);
}

export function streamDeleted(stream: string): Refusal {
  return refusal(status.FAILED_PRECONDITION, 'stream-deleted', `Event stream '${stream}' is deleted.`, {
    'stream-name': stream,
  });
}

function failureOf(kind: 'deleted' | 'denied' | 'too_large', stream: string): Refusal {
  if (kind === 'deleted') return streamDeleted(stream);
  if (kind === 'denied') return refusal(status.PERMISSION_DENIED, 'access-denied', 'Access Denied');
  return refusal(status.INVALID_ARGUMENT, 'maximum-append-size-exceeded', 'Maximum Append Size Exceeded.', {
    'maximum-append-size': String(appendBytesMax),
  });
}

/** Gathers the parts of each batched append; `take` writes one when it is whole. */
export function answerBatches(
  call: BatchAppendCall,
  take: (request: AppendRequest) => Promise<Appended | Refusal | undefined>,
): void {
  const gathering = new Map<string, AppendRequest>();
  call.on('data', async (part: streams.BatchAppendReq) => {
    const correlationId = part.getCorrelationId()!;
    const key = correlationId.getString();
    const options = part.getOptions();
    const request = gathering.get(key) ?? { stream: '', expected: 'any', events: [] };
    gathering.set(key, request);
    if (options) {
      request.stream = streamNameOf(options.getStreamIdentifier());
      request.expected = expectedOf(options);
    }
    request.events.push(...part.getProposedMessagesList().map(proposedOf));
    if (!part.getIsFinal()) return;
    gathering.delete(key);
    const result = await take(request);
    if (result) call.write(batchResponse(result, request).setCorrelationId(correlationId));
  });
  call.on('end', () => call.end());
  call.on('error', () => undefined);
}

function batchResponse(result: Appended | Refusal, request: AppendRequest): streams.BatchAppendResp {
  const response = new streams.BatchAppendResp().setStreamIdentifier(
    new shared.StreamIdentifier().setStreamName(new Uint8Array(Buffer.from(request.stream))),
  );
  if ('kind' in result && result.kind === 'success') {
    const position = result.position.toString();
    return response.setSuccess(
      new streams.BatchAppendResp.Success()
        .setCurrentRevision(result.revision.toString())
        .setPosition(new shared.AllStreamPosition().setCommitPosition(position).setPreparePosition(position)),
    );
  }
  const failure = new statusMessages.Status().setMessage('kind' in result ? result.kind : result.details);
  const details = new wellKnownAny.Any();
  if ('kind' in result && result.kind === 'wrong_version') {
    const wrong = new shared.WrongExpectedVersion();
    if (result.current === undefined) wrong.setCurrentNoStream(new wellKnownEmpty.Empty());
    else wrong.setCurrentStreamRevision(result.current.toString());
    if (request.expected === 'no_stream') wrong.setExpectedNoStream(new wellKnownEmpty.Empty());
    else wrong.setExpectedStreamPosition(request.expected.toString());
    details.pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
  } else details.pack(new shared.Unknown().serializeBinary(), 'event_store.client.Unrecognised');
  return response.setError(failure.setDetails(details));
}
