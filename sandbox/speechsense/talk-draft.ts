import type { AudioMetadata } from '@yandex-cloud/nodejs-sdk/speechsense-v1/audio';
import {
  ContainerAudio_ContainerAudioType,
  RawAudio_AudioEncoding,
} from '@yandex-cloud/nodejs-sdk/speechsense-v1/audio';
import type { TalkMetadata } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';

import { AudioIntake } from './audio-intake.ts';
import type { AudioKind } from './audio-probe.ts';
import { GrpcCode, RpcError } from './grpc-status.ts';
import { keptFields } from './metadata-rules.ts';
import { connectionOf, type ServiceState } from './service-state.ts';
import type { Talk } from './talk-store.ts';

const MAX_SECONDS = 4 * 3_600;

/** A talk that is coming in and may yet be refused. */
export class TalkDraft {
  readonly #state: ServiceState;
  #metadata: TalkMetadata | undefined;
  #audio: AudioIntake | undefined;

  constructor(state: ServiceState) {
    this.#state = state;
  }

  get fields(): Record<string, string> {
    return this.#metadata?.fields ?? {};
  }

  get audioBytes(): number {
    return this.#audio?.sizeBytes ?? 0;
  }

  metadata(metadata: TalkMetadata): void {
    this.#metadata = metadata;
    if (this.#state.behaviour.metadataCheckedAt === 'first-message') this.#checkedMetadata();
  }

  audioMetadata(metadata: AudioMetadata): void {
    const { hash, keep } = this.#state.audio;
    this.#audio = new AudioIntake(audioKind(metadata), { hash, keep });
  }

  audio(bytes: Buffer): void {
    this.#audio?.take(bytes);
  }

  /** Makes a talk of what has come. */
  store(): Talk {
    const { connectionId, fields } = this.#checkedMetadata();
    if (this.#audio === undefined || this.#audio.sizeBytes === 0) throw invalid('Audio is empty');
    const audio = this.#audio.finish();
    if (audio.seconds !== undefined && audio.seconds > MAX_SECONDS) throw invalid('Audio is longer than 4 hours');
    return this.#state.talks.add({ connectionId, fields, audio, createdAtMs: this.#state.clock.nowMs() });
  }

  #checkedMetadata(): { connectionId: string; fields: Record<string, string> } {
    if (this.#metadata === undefined) throw invalid('Talk metadata is missing');
    const connection = connectionOf(this.#state, this.#metadata.connectionId);
    return {
      connectionId: connection.id,
      fields: keptFields(connection, this.#metadata.fields, this.#state.behaviour),
    };
  }
}

function audioKind(metadata: AudioMetadata): AudioKind {
  const { rawAudio, containerAudio } = metadata;
  if (rawAudio !== undefined) {
    const { audioEncoding, sampleRateHertz, audioChannelCount: channels } = rawAudio;
    if (audioEncoding !== RawAudio_AudioEncoding.AUDIO_ENCODING_LINEAR16_PCM) throw invalid('Unknown audio encoding');
    if (sampleRateHertz < 8_000 || sampleRateHertz > 48_000 || channels < 1) throw invalid('Invalid raw audio');
    return { container: 'RAW', sampleRateHertz, channels };
  }
  switch (containerAudio?.containerAudioType) {
    case ContainerAudio_ContainerAudioType.CONTAINER_AUDIO_TYPE_WAV:
      return { container: 'WAV' };
    case ContainerAudio_ContainerAudioType.CONTAINER_AUDIO_TYPE_OGG_OPUS:
      return { container: 'OGG_OPUS' };
    case ContainerAudio_ContainerAudioType.CONTAINER_AUDIO_TYPE_MP3:
      return { container: 'MP3' };
    default:
      throw invalid('Container audio type is not specified');
  }
}

function invalid(message: string): RpcError {
  return new RpcError(GrpcCode.invalidArgument, message);
}
