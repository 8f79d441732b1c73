/** Made without help, of any length or exact size. */
export const PLAIN_FORMATS = ['mp3', 'wav', 'ogg'] as const;
export type PlainFormat = (typeof PLAIN_FORMATS)[number];

/** What PBXs, browsers and phones write besides; all but AMR are made by ffmpeg when asked for. */
export const ENCODED_FORMATS = [
  'mp3-vbr',
  'mp3-garbage',
  'mp3-mono',
  'wav-mono',
  'wav-alaw',
  'wav-ulaw',
  'wav-ima-adpcm',
  'wav-ms-adpcm',
  'wav-gsm',
  'wav-pcm24',
  'wav-float',
  'wav-mp3',
  'ogg-vorbis',
  'ogg-speex',
  'ogg-flac',
  'm4a',
  'm4a-tail',
  'm4a-fragmented',
  'aac',
  'amr',
  'webm',
  'flac',
  'aiff',
  'au',
  'caf',
  'wma',
  'gsm',
  'raw-ulaw',
  'raw-alaw',
  'raw-pcm',
  'wav-unsized',
  'wav-cut',
  'wav-rifx',
  'wav-4-channels',
  'wav-empty',
  'wave64',
  'mp2',
  'mp3-empty',
  'ogg-late',
  'ogg-empty',
  'm4a-newline',
  'm4a-two-tracks',
  'mov-untyped',
  'aac-latm',
  'webm-late',
  'webm-pauses',
  'mka-two-tracks',
  'g722',
] as const;
export type EncodedFormat = (typeof ENCODED_FORMATS)[number];

export const RECORDING_FORMATS = [...PLAIN_FORMATS, ...ENCODED_FORMATS] as const;
export type RecordingFormat = PlainFormat | EncodedFormat;
