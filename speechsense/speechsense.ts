import { checkConnection, type ConnectionProbe } from './reading/check-connection.ts';
import type { Clock } from './wire/clock.ts';
import type { SpeechSenseEndpoint } from './wire/endpoint.ts';
import { findTalks, findTalksDated } from './reading/find-talks.ts';
import { getTalks, type ReadTalks, type TalkPart } from './reading/get-talks.ts';
import { LanePool } from './wire/lane-pool.ts';
import { Lane } from './wire/lane.ts';
import type { ReadManners } from './reading/read.ts';
import {
  DEFAULT_UPLOAD_TIMES,
  upload,
  type UploadHooks,
  type UploadRequest,
  type UploadResult,
  type UploadTimes,
} from './uploads/upload.ts';

/** A connection of SpeechSense and the key that opens it. */
export interface ConnectionAccess {
  connectionId: string;
  apiKey: string;
}

export type ReadAccess = ConnectionAccess & ReadManners;

/** SpeechSense as this product uses it. One per process: it keeps connections open between calls. */
export interface SpeechSense {
  /** See {@link upload}; it gets a lane of its own. */
  upload(request: UploadRequest, hooks: UploadHooks): Promise<UploadResult>;
  /** See {@link checkConnection}. */
  checkConnection(access: ConnectionAccess): Promise<ConnectionProbe>;
  /** See {@link findTalks}. */
  findTalks(
    access: ReadAccess,
    traits: Record<string, string>[],
    keys: readonly string[] | undefined,
  ): Promise<string[]>;
  /** See {@link findTalksDated}. */
  findTalksDated(access: ReadAccess, from: Date, until: Date): Promise<string[]>;
  /** See {@link getTalks}. */
  getTalks(access: ReadAccess, talkIds: string[], parts: TalkPart[]): Promise<ReadTalks>;
  /** Cuts all connections, of open uploads too. */
  close(): void;
}

export interface SpeechSenseOptions extends SpeechSenseEndpoint {
  times?: Partial<UploadTimes>;
  clock?: Clock;
}

export function createSpeechSense({ times, clock, ...endpoint }: SpeechSenseOptions): SpeechSense {
  const lanes = new LanePool(endpoint);
  const reads = new Lane(endpoint);
  const uploadTimes = { ...DEFAULT_UPLOAD_TIMES, ...times };
  const readable = (access: ReadAccess) => ({ ...access, client: reads.client() });
  return {
    upload: (request, hooks) => lanes.use((lane) => upload(lane, request, hooks, uploadTimes, clock)),
    checkConnection: (access) => checkConnection(readable(access)),
    findTalks: (access, traits, keys) => findTalks(readable(access), traits, keys),
    findTalksDated: (access, from, until) => findTalksDated(readable(access), from, until),
    getTalks: (access, talkIds, parts) => getTalks(readable(access), talkIds, parts),
    close: () => {
      lanes.close();
      reads.cut();
    },
  };
}
