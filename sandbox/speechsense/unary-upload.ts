import { TalkServiceService, type UploadTalkRequest } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';

import { GrpcCode, RpcError } from './grpc-status.ts';
import { keptFields } from './metadata-rules.ts';
import { connectionOf, type ServiceState } from './service-state.ts';
import { TalkDraft } from './talk-draft.ts';
import type { UploadBody } from './upload-body.ts';

const MAX_BYTES = 128 * 1024 * 1024;

/** Upload: a whole talk in one message, or, by the id of a talk and without audio, new metadata for it. */
export class UnaryUpload implements UploadBody {
  readonly maxMessageBytes = MAX_BYTES;
  readonly #state: ServiceState;
  readonly #draft: TalkDraft;
  #request: UploadTalkRequest | undefined;

  constructor(state: ServiceState) {
    this.#state = state;
    this.#draft = new TalkDraft(state);
  }

  get fields(): Record<string, string> {
    return this.#request?.metadata?.fields ?? {};
  }

  get audioBytes(): number {
    return this.#draft.audioBytes;
  }

  accept(message: Buffer): void {
    if (this.#request !== undefined) throw new RpcError(GrpcCode.internal, 'More than one message in a unary call');
    const request = decode(message);
    this.#request = request;
    if (request.metadata !== undefined) this.#draft.metadata(request.metadata);
    if (request.audio === undefined) return;
    this.#draft.audioMetadata(request.audio.audioMetadata ?? {});
    if (request.audio.audioData !== undefined) this.#draft.audio(request.audio.audioData.data);
  }

  store(): { talkId: string } {
    const request = this.#request;
    if (request === undefined) throw new RpcError(GrpcCode.internal, 'No message in a unary call');
    // A talk_id of the caller's own, sent along with audio, is no talk's id: such an upload was seen to get another one.
    if (request.talkId === '' || request.audio !== undefined) return { talkId: this.#draft.store().id };
    return this.#replaceFields(request);
  }

  /** All metadata is replaced: keys left out are erased. */
  #replaceFields(request: UploadTalkRequest): { talkId: string } {
    const talk = this.#state.talks.get(request.talkId);
    if (talk === undefined) throw new RpcError(GrpcCode.notFound, `Talk ${request.talkId} not found`);
    const connection = connectionOf(this.#state, talk.connectionId);
    talk.fields = keptFields(connection, this.fields, this.#state.behaviour);
    talk.modifiedAtMs = this.#state.clock.nowMs();
    return { talkId: talk.id };
  }
}

function decode(message: Buffer): UploadTalkRequest {
  try {
    return TalkServiceService.upload.requestDeserialize(message);
  } catch {
    throw new RpcError(GrpcCode.internal, 'Error deserializing request');
  }
}
