/** What SpeechSense takes, as its containers are named in the upload. */
export type TakenContainer = 'mp3' | 'wav' | 'ogg_opus';

/** Less is no speech: what recorders leave of a call that was not recorded. */
export const MIN_SOUND_SECONDS = 0.1;

/** A format that SpeechSense takes, with what was counted in the sound itself, never what a header says. */
export interface TakenFormat {
  container: TakenContainer;
  durationSeconds: number;
  channels: number;
}

/**
 * What people should know of a recording that was sent:
 * - `incomplete`: its recorder left less than the header promises, or damage inside; what could be played was sent.
 * - `tracks_joined`: two tracks of one channel each became left and right, in their order.
 * - `tracks_mixed`: several other tracks were mixed, so that nobody is missing.
 * - `channels_mixed`: more than two channels became two: odd ones left, even ones right.
 */
export type AudioRemark = 'incomplete' | 'tracks_joined' | 'tracks_mixed' | 'channels_mixed';

/** Bytes that can be read from their beginning, as often as needed. */
export interface AudioSource {
  readonly sizeBytes: number;
  chunks(): AsyncIterable<Buffer>;
}

/** Bytes that can be looked at anywhere. */
export interface ReadableBytes extends AudioSource {
  /** Up to `length` bytes from `offset`; fewer only at the end. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** What a recording's own bytes say it is, and what is to be sent or converted of them. */
export interface Recognised {
  /** For the report and for people, such as `MP3`, `WAV G.711 A-law`; undefined where only ffmpeg may know. */
  name: string | undefined;
  /** Without junk in front or behind, and with a header that is right. */
  source: AudioSource;
  /** SpeechSense takes the source as it is; else it has to be converted. */
  taken?: TakenFormat;
  /** How ffmpeg is to read the source, where it must not find out by itself. */
  reader?: FfmpegReader;
  /** Several recordings one after another: each begins its clock anew, and ffmpeg puts a pause where none is. */
  isChained?: boolean;
  /** There is less than the headers promise. */
  isCut: boolean;
}

export interface FfmpegReader {
  /** ffmpeg's own name for it. */
  demuxer: string;
  /** Undefined where ffmpeg has to find out. */
  channels?: number;
  /** Needed for samples without a header. */
  sampleRateHz?: number;
  /** By the samples or frames that are there. */
  countedSeconds?: number;
}
