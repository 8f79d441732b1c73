import { ContainerAudio_ContainerAudioType, type AudioMetadata } from '@yandex-cloud/nodejs-sdk/speechsense-v1/audio';

/** The containers that SpeechSense takes. `wav` must hold 16-bit LPCM, `ogg_opus` Opus. */
export type AudioContainer = 'mp3' | 'wav' | 'ogg_opus';

const CONTAINER_TYPES: Record<AudioContainer, ContainerAudio_ContainerAudioType> = {
  mp3: ContainerAudio_ContainerAudioType.CONTAINER_AUDIO_TYPE_MP3,
  wav: ContainerAudio_ContainerAudioType.CONTAINER_AUDIO_TYPE_WAV,
  ogg_opus: ContainerAudio_ContainerAudioType.CONTAINER_AUDIO_TYPE_OGG_OPUS,
};

export function audioMetadata(container: AudioContainer): AudioMetadata {
  return { containerAudio: { containerAudioType: CONTAINER_TYPES[container] } };
}
