import type { FfmpegReader } from '../formats/audio-format.ts';

/**
 * What ffmpeg may take unknown bytes for: containers with a signature of their own. Not among them: playlists, lists of
 * files, pictures, and whatever is guessed from a likeness (those are recognised by us, or not at all).
 */
const DEMUXERS = [
  ...['wav', 'w64', 'ogg', 'mov', 'matroska', 'aiff', 'asf', 'caf', 'au', 'flac', 'voc', 'amr', 'avi', 'flv', 'mpegts'],
  ...['mpeg', 'nut', 'ac3', 'eac3', 'wv', 'tta', 'ape', 'ilbc', 'nistsphere', 'sox', 'ircam', 'dss', 'rm'],
];

/** Decoders of sound, so that a picture or a film inside reaches none. */
const DECODERS = [
  ...[
    's8',
    'u8',
    's16le',
    's16be',
    'u16le',
    'u16be',
    's24le',
    's24be',
    's32le',
    's32be',
    'f32le',
    'f32be',
    'f64le',
    'f64be',
  ],
  ...['alaw', 'mulaw', 'bluray', 'dvd', 's16le_planar', 's16be_planar'],
].map((layout) => `pcm_${layout}`);
DECODERS.push(
  ...['adpcm_ima_wav', 'adpcm_ima_qt', 'adpcm_ms', 'adpcm_yamaha', 'adpcm_swf', 'adpcm_ct', 'adpcm_g722', 'adpcm_g726'],
  ...[
    'adpcm_g726le',
    'adpcm_sbpro_2',
    'adpcm_sbpro_3',
    'adpcm_sbpro_4',
    'g722',
    'g726',
    'g726le',
    'g723_1',
    'g728',
    'g729',
  ],
  ...[
    'gsm',
    'gsm_ms',
    'libgsm',
    'libgsm_ms',
    'amrnb',
    'amrwb',
    'libopencore_amrnb',
    'libopencore_amrwb',
    'ilbc',
    'libilbc',
  ],
  ...[
    'opus',
    'libopus',
    'vorbis',
    'libvorbis',
    'speex',
    'libspeex',
    'flac',
    'alac',
    'wavpack',
    'tta',
    'ape',
    'truespeech',
  ],
  ...[
    'aac',
    'aac_fixed',
    'aac_latm',
    'libfdk_aac',
    'mp1',
    'mp1float',
    'mp2',
    'mp2float',
    'mp3',
    'mp3float',
    'ac3',
    'eac3',
  ],
  ...[
    'ac3_fixed',
    'wmav1',
    'wmav2',
    'wmapro',
    'wmavoice',
    'wmalossless',
    'nellymoser',
    'siren',
    'msnsiren',
    'qcelp',
    'evrc',
  ],
  ...['dss_sp', 'real_144', 'real_288'],
);

/** Nothing but samples: their rate and channels have to be said. */
const HEADERLESS = ['alaw', 'mulaw', 'u8', 's16le', 's16be', 's24be'];

/**
 * How ffmpeg is given a recording: only the pipe that it is started with may be opened, so that bytes which name a file
 * or an address get neither. `cache:` keeps what was read of the pipe in a file without a name: many containers are
 * read forwards and backwards.
 */
export function inputArguments(reader: FfmpegReader | undefined): string[] {
  const only = ['-protocol_whitelist', 'pipe,cache', '-codec_whitelist', DECODERS.join(',')];
  if (!reader) {
    return [...only, '-format_whitelist', DEMUXERS.join(','), '-read_ahead_limit', '-1', '-i', 'cache:pipe:0'];
  }
  const { demuxer, channels, sampleRateHz } = reader;
  const shape = HEADERLESS.includes(demuxer) ? ['-ar', String(sampleRateHz), '-ac', String(channels)] : [];
  return [...only, '-f', demuxer, ...shape, '-i', 'pipe:0'];
}
