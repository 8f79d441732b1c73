import type { Socket } from 'node:net';

import grpc from '@grpc/grpc-js';
import { ContainerAudio_ContainerAudioType } from '@yandex-cloud/nodejs-sdk/speechsense-v1/audio';
import {
  type DeepPartial,
  type GetTalkRequest,
  type GetTalkResponse,
  type SearchTalkRequest,
  type SearchTalkResponse,
  StreamTalkRequest,
  TalkServiceClient,
  UploadTalkRequest,
  type UploadTalkResponse,
} from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';

import { createClock, type MovableClock } from '../../sandbox/clock.ts';
import { TWO_CHANNEL_KEYS } from '../../sandbox/speechsense/connection.ts';
import {
  type SpeechSense,
  type SpeechSenseOptions,
  startSpeechSense,
} from '../../sandbox/speechsense/speechsense-server.ts';

const API_KEY = 'AQVN-sandbox-key';
export const CONNECTION = 'eag00000000000000001';
/** Enough of an MP3 to be one: a frame header of 32 kbit/s. */
export const MP3 = Buffer.concat([Buffer.from([0xff, 0xe3, 0x48, 0x04]), Buffer.alloc(284)]);

export type StreamMessage = DeepPartial<StreamTalkRequest>;

/** A sandbox with one connection, its movable clock, and an official client of it. */
export interface Bench {
  sandbox: SpeechSense;
  clock: MovableClock;
  client: TalkClient;
  close(): Promise<void>;
}

export async function openBench(options: Partial<SpeechSenseOptions> = {}): Promise<Bench> {
  const clock = createClock({ startMs: Date.parse('2026-11-22T10:00:00Z'), frozen: true });
  const sandbox = await startSpeechSense({
    clock,
    apiKey: API_KEY,
    connection: { id: CONNECTION, keys: { ...TWO_CHANNEL_KEYS, call_id: 'STRING', score: 'NUMBER' } },
    ...options,
  });
  const client = new TalkClient(sandbox.address);
  return {
    sandbox,
    clock,
    client,
    close: async () => {
      client.close();
      await sandbox.close();
    },
  };
}

/** An upload that was begun by hand. */
export interface OpenUpload {
  call: grpc.ClientWritableStream<StreamTalkRequest>;
  answer: Promise<UploadTalkResponse>;
  send(message: StreamMessage): Promise<void>;
}

/** The official stub, with promises and an API key. */
export class TalkClient {
  readonly #stub: TalkServiceClient;
  readonly #metadata = new grpc.Metadata();

  constructor(address: string, apiKey = API_KEY) {
    const options = { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_retries': 0 };
    this.#stub = new TalkServiceClient(address, grpc.credentials.createInsecure(), options);
    this.#metadata.set('authorization', `Api-Key ${apiKey}`);
  }

  begin(options: Partial<grpc.CallOptions> = {}): OpenUpload {
    let call: OpenUpload['call'] | undefined;
    const answer = new Promise<UploadTalkResponse>((resolve, reject) => {
      call = this.#stub.uploadAsStream(this.#metadata, options, (error, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });
    if (call === undefined) throw new Error('The stub gave no call');
    const begun = call;
    answer.catch(() => undefined);
    return {
      call: begun,
      answer,
      send: (message) =>
        new Promise((resolve) => {
          begun.write(StreamTalkRequest.fromPartial(message), () => resolve());
        }),
    };
  }

  /** Sends these messages, half-closes and waits for the answer. */
  async stream(messages: StreamMessage[]): Promise<UploadTalkResponse> {
    const { call, answer } = this.begin();
    for (const message of messages) call.write(StreamTalkRequest.fromPartial(message));
    call.end();
    return answer;
  }

  async upload(fields: Record<string, string>, audio: Buffer = MP3): Promise<string> {
    return (await this.stream(uploadOf(fields, audio))).talkId;
  }

  unaryUpload(request: DeepPartial<UploadTalkRequest>): Promise<UploadTalkResponse> {
    return new Promise((resolve, reject) => {
      this.#stub.upload(UploadTalkRequest.fromPartial(request), this.#metadata, (error, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });
  }

  search(request: Partial<SearchTalkRequest> = {}): Promise<SearchTalkResponse> {
    const whole: SearchTalkRequest = {
      organizationId: '',
      spaceId: '',
      connectionId: CONNECTION,
      projectId: '',
      filters: [],
      pageSize: 0,
      pageToken: '',
      ...request,
    };
    return new Promise((resolve, reject) => {
      this.#stub.search(whole, this.#metadata, (error, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });
  }

  get(talkIds: string[], paths?: string[], projectId = 'project'): Promise<GetTalkResponse> {
    const request: GetTalkRequest = {
      organizationId: '',
      spaceId: '',
      connectionId: '',
      projectId,
      talkIds,
      ...(paths !== undefined && { resultsMask: { paths } }),
    };
    return new Promise((resolve, reject) => {
      this.#stub.get(request, this.#metadata, (error, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });
  }

  close(): void {
    this.#stub.close();
  }
}

/** The messages of a well-formed upload. */
export function uploadOf(fields: Record<string, string>, audio: Buffer = MP3): StreamMessage[] {
  return [{ metadata: { connectionId: CONNECTION, fields } }, MP3_METADATA, { audio: { chunk: { data: audio } } }];
}

export const MP3_METADATA: StreamMessage = {
  audio: {
    audioMetadata: {
      containerAudio: { containerAudioType: ContainerAudio_ContainerAudioType.CONTAINER_AUDIO_TYPE_MP3 },
    },
  },
};

/** The code of the gRPC error that this ends with; undefined where it succeeds. */
export async function codeOf(call: Promise<unknown>): Promise<number | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return (error as grpc.ServiceError).code;
  }
}

/** Raw sockets that a client has opened, learned from Node's own handles. */
export function clientSockets(address: string): Socket[] {
  const port = Number(address.split(':')[1]);
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
  return handles.filter((handle): handle is Socket => (handle as Socket).remotePort === port);
}
