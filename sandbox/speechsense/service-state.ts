import type { SandboxClock } from '../clock.ts';
import { type Behaviour, defaultBehaviour } from './behaviour.ts';
import type { Connection } from './connection.ts';
import { FaultPlan } from './fault-plan.ts';
import { GrpcCode, RpcError } from './grpc-status.ts';
import { ReadQuota } from './quota.ts';
import { TalkStore } from './talk-store.ts';
import { UploadLog } from './upload-log.ts';

/** Everything the service knows at one moment, handed to each of its methods. */
export interface ServiceState {
  clock: SandboxClock;
  apiKey: string;
  connections: Map<string, Connection>;
  behaviour: Behaviour;
  talks: TalkStore;
  quota: ReadQuota;
  faults: FaultPlan;
  uploads: UploadLog;
  /** Calls of each method, by the last part of its path. */
  calls: Record<string, number>;
  /** Errors answered, by gRPC code. */
  refusals: Record<string, number>;
  audio: { hash: boolean; keep: boolean };
}

/** A service that has one connection and no talks. */
export function createState(options: {
  clock: SandboxClock;
  apiKey: string;
  connection: Connection;
  audio: { hash: boolean; keep: boolean };
}): ServiceState {
  return {
    clock: options.clock,
    apiKey: options.apiKey,
    connections: new Map([[options.connection.id, options.connection]]),
    behaviour: defaultBehaviour(),
    talks: new TalkStore(),
    quota: new ReadQuota(options.clock),
    faults: new FaultPlan(),
    uploads: new UploadLog(),
    calls: {},
    refusals: {},
    audio: options.audio,
  };
}

/** @throws RpcError by the switch `unknownConnection` */
export function connectionOf(state: ServiceState, id: string): Connection {
  const connection = state.connections.get(id);
  if (connection !== undefined) return connection;
  switch (state.behaviour.unknownConnection) {
    case 'not-found':
      throw new RpcError(GrpcCode.notFound, `Connection ${id} not found`);
    case 'permission-denied':
      throw new RpcError(GrpcCode.permissionDenied, 'Permission denied');
    case 'invalid-argument':
      throw new RpcError(GrpcCode.invalidArgument, 'Invalid connection_id');
  }
}
