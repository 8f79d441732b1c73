/** What SpeechSense takes, as its containers are named in the upload. */
export type TakenContainer = 'mp3' | 'wav' | 'ogg_opus';

/** What a recording's own bytes say it is. */
export interface AudioFormat {
  /** For the report and for people, such as `MP3`, `WAV PCM 16-bit`, `WAV G.711 A-law`. */
  name: string;
  /** How SpeechSense takes it; undefined where it doesn't. */
  container: TakenContainer | undefined;
  /** ffmpeg's reader of it, for what has to be converted. */
  demuxer?: Demuxer;
  /** From the headers; an estimate for MP3 with a varying bit rate and no index. */
  durationSeconds: number | undefined;
  channels: number | undefined;
  sampleRateHz: number | undefined;
  /** The headers promise more than is there. */
  truncated: boolean;
}

/** Readers of ffmpeg by its own names; the last four are of samples without any header. */
export type Demuxer =
  | 'wav'
  | 'ogg'
  | 'mov'
  | 'aac'
  | 'amr'
  | 'matroska'
  | 'flac'
  | 'aiff'
  | 'asf'
  | 'caf'
  | 'au'
  | 'gsm'
  | 'alaw'
  | 'mulaw'
  | 's16le'
  | 's16be';

/** Bytes that can be looked at anywhere, so that recognising what SpeechSense takes reads a few pieces of it. */
export interface ReadableBytes {
  readonly sizeBytes: number;
  /** Up to `length` bytes from `offset`; fewer only at the end. */
  read(offset: number, length: number): Promise<Buffer>;
  /** The whole from its beginning; may be asked for again. */
  chunks(): AsyncIterable<Buffer>;
}
