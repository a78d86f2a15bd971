// One node of the double: a gRPC server over a log in memory, behind a gate, with ways to make it misbehave.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { openTcpGate, type TcpGate } from '../tcp-gate.ts';
import {
  type AppendCall,
  type AppendRequest,
  answerBatches,
  appendResponse,
  type BatchAppendCall,
  type Refusal,
  readAppend,
  refusal,
} from './appends.ts';
import type { Appended, MemoryLog } from './memory-log.ts';
import { answerRead, type ReadCall } from './reads.ts';
import { streamNameOf } from './wire.ts';

/** How the node behaves; all of it may be changed while it runs. */
export interface Conduct {
  /** Appends are written and never answered. */
  silent: boolean;
  /** Each append waits so long before it is written. */
  slowMs: number;
  refuses: 'nothing' | 'not_ready' | 'access' | 'features';
  /** Told of each append, before it is written and after: the place to pull the plug. */
  onAppend: (stage: 'received' | 'written', stream: string) => void;
}

export interface DoubleNode {
  readonly port: number;
  /** For a client that knows this node alone. */
  readonly url: string;
  /** The same past the gate. */
  readonly directUrl: string;
  readonly conduct: Conduct;
  readonly gate: TcpGate;
  /** Calls that came in, by method. */
  readonly calls: Record<'append' | 'batchAppend' | 'read' | 'gossip' | 'features', number>;
  close(): Promise<void>;
}

/** What a node knows of its cluster. */
export interface Membership {
  isLeader(port: number): boolean;
  members(): readonly { port: number; isLeader: boolean; isAlive: boolean }[];
}

/** As a real server has it: one more call on a connection waits, silently. */
const callsPerConnectionMax = 100;

export async function startNode(log: MemoryLog, membership?: Membership): Promise<DoubleNode> {
  const conduct: Conduct = { silent: false, slowMs: 0, refuses: 'nothing', onAppend: () => undefined };
  const calls = { append: 0, batchAppend: 0, read: 0, gossip: 0, features: 0 };
  const server = new Server({
    // Statistics of each call, which nobody asks for.
    'grpc.enable_channelz': 0,
    'grpc.max_concurrent_streams': callsPerConnectionMax,
    'grpc.max_receive_message_length': 17 * 1024 * 1024,
  });
  let serverPort = 0;
  const gate = await openTcpGate(() => serverPort);

  function refusalOf(metadata: Metadata): Refusal | undefined {
    if (conduct.refuses === 'not_ready') return { code: status.UNAVAILABLE, details: 'Server Is Not Ready' };
    if (conduct.refuses === 'access')
      return refusal(status.PERMISSION_DENIED, 'access-denied', 'Access Denied');
    if (metadata.get('requires-leader')[0] !== 'true' || !membership || membership.isLeader(gate.port))
      return undefined;
    const leader = membership.members().find((member) => member.isLeader);
    return refusal(status.NOT_FOUND, 'not-leader', 'Leader info available.', {
      'leader-endpoint-host': '127.0.0.1',
      'leader-endpoint-port': String(leader?.port ?? 0),
    });
  }

  async function take(request: AppendRequest): Promise<Appended | undefined> {
    conduct.onAppend('received', request.stream);
    if (conduct.slowMs > 0) await sleep(conduct.slowMs);
    const result = log.append(request.stream, request.expected, request.events);
    conduct.onAppend('written', request.stream);
    return conduct.silent ? undefined : result;
  }

  server.addService(StreamsService, {
    async append(call: AppendCall, answer: sendUnaryData<streams.AppendResp>) {
      calls.append += 1;
      call.on('error', () => undefined);
      const refused = refusalOf(call.metadata);
      if (refused) return answer(refused);
      const request = await readAppend(call).catch(() => undefined);
      const result = request && (await take(request));
      if (!result) return;
      const response = appendResponse(result, request);
      if (response instanceof streams.AppendResp) answer(null, response);
      else answer(response);
    },
    batchAppend(call: BatchAppendCall) {
      answerBatches(call, async (request) => {
        calls.batchAppend += 1;
        return refusalOf(call.metadata) ?? take(request);
      });
    },
    read(call: ReadCall) {
      calls.read += 1;
      const refused = refusalOf(call.metadata);
      if (refused) call.emit('error', refused);
      else answerRead(log, call).catch(() => undefined);
    },
    ...deletes(log),
  });
  server.addService(ServerFeaturesService, {
    getSupportedMethods(_: unknown, answer: sendUnaryData<features.SupportedMethods>) {
      calls.features += 1;
      if (conduct.refuses === 'features') answer({ code: status.INTERNAL, details: 'No features today' });
      else answer(null, supportedMethods());
    },
  });
  server.addService(GossipService, {
    read(_: unknown, answer: sendUnaryData<gossip.ClusterInfo>) {
      calls.gossip += 1;
      answer(
        null,
        clusterInfo(membership?.members() ?? [{ port: gate.port, isLeader: true, isAlive: true }]),
      );
    },
  });
  serverPort = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (fault, port) =>
      fault ? reject(fault) : resolve(port),
    );
  });
  return {
    get port() {
      return gate.port;
    },
    get url() {
      return `esdb://127.0.0.1:${gate.port}?tls=false`;
    },
    directUrl: `esdb://127.0.0.1:${serverPort}?tls=false`,
    conduct,
    gate,
    calls,
    async close() {
      await gate.shut();
      server.forceShutdown();
    },
  };
}

function deletes(log: MemoryLog) {
  return {
    delete(
      call: ServerUnaryCall<streams.DeleteReq, streams.DeleteResp>,
      answer: sendUnaryData<streams.DeleteResp>,
    ) {
      log.softDelete(streamNameOf(call.request.getOptions()!.getStreamIdentifier()));
      answer(null, new streams.DeleteResp());
    },
    tombstone(
      call: ServerUnaryCall<streams.TombstoneReq, streams.TombstoneResp>,
      answer: sendUnaryData<streams.TombstoneResp>,
    ) {
      log.tombstone(streamNameOf(call.request.getOptions()!.getStreamIdentifier()));
      answer(null, new streams.TombstoneResp());
    },
  };
}

function supportedMethods(): features.SupportedMethods {
  const methods = Object.keys(StreamsService).map((name) =>
    new features.SupportedMethod()
      .setMethodName(name.toLowerCase())
      .setServiceName('event_store.client.streams.streams'),
  );
  return new features.SupportedMethods().setEventStoreServerVersion('24.2.0.0').setMethodsList(methods);
}

function clusterInfo(
  members: readonly { port: number; isLeader: boolean; isAlive: boolean }[],
): gossip.ClusterInfo {
  const { VNodeState } = gossip.MemberInfo;
  return new gossip.ClusterInfo().setMembersList(
    members.map(({ port, isLeader, isAlive }) =>
      new gossip.MemberInfo()
        .setInstanceId(new shared.UUID().setString(randomUUID()))
        .setState(isLeader ? VNodeState.LEADER : VNodeState.FOLLOWER)
        .setIsAlive(isAlive)
        .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port)),
    ),
  );
}
