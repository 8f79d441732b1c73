import { type StreamTalkRequest, TalkServiceService } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';

import { GrpcCode, RpcError } from './grpc-status.ts';
import type { ServiceState } from './service-state.ts';
import { TalkDraft } from './talk-draft.ts';
import type { UploadBody } from './upload-body.ts';

/** UploadAsStream: talk metadata, then audio metadata, then chunks of audio, in this order only. */
export class StreamedUpload implements UploadBody {
  readonly maxMessageBytes: number;
  readonly #draft: TalkDraft;
  #expected: 'metadata' | 'audio metadata' | 'audio chunk' = 'metadata';

  constructor(state: ServiceState) {
    this.maxMessageBytes = state.behaviour.maxMessageBytes;
    this.#draft = new TalkDraft(state);
  }

  get fields(): Record<string, string> {
    return this.#draft.fields;
  }

  get audioBytes(): number {
    return this.#draft.audioBytes;
  }

  accept(message: Buffer): void {
    const { metadata, audio } = decode(message);
    switch (this.#expected) {
      case 'metadata':
        if (metadata === undefined) throw this.#outOfOrder();
        this.#draft.metadata(metadata);
        this.#expected = 'audio metadata';
        return;
      case 'audio metadata':
        if (audio?.audioMetadata === undefined) throw this.#outOfOrder();
        this.#draft.audioMetadata(audio.audioMetadata);
        this.#expected = 'audio chunk';
        return;
      case 'audio chunk':
        if (audio?.chunk === undefined) throw this.#outOfOrder();
        this.#draft.audio(audio.chunk.data);
    }
  }

  store(): { talkId: string } {
    if (this.#expected !== 'audio chunk') throw this.#outOfOrder();
    return { talkId: this.#draft.store().id };
  }

  #outOfOrder(): RpcError {
    return new RpcError(GrpcCode.invalidArgument, `Expected a message with ${this.#expected}`);
  }
}

function decode(message: Buffer): StreamTalkRequest {
  try {
    return TalkServiceService.uploadAsStream.requestDeserialize(message);
  } catch {
    throw new RpcError(GrpcCode.internal, 'Error deserializing request');
  }
}
