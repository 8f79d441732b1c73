import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { EncodedFormat } from '../recording-formats.ts';
import { amrFile } from './amr.ts';
import { bigEndian, cut, emptied, headersOnly, unsized, untyped, withNewline } from './odd-forms.ts';
import { type EncodedRecording, fileOf, readRange, type RecordingFile } from './recording.ts';
import type { RecordingMaker } from './recording-maker.ts';

interface Encoding {
  contentType: string;
  /** What ffmpeg makes of a two-channel WAV; the last one is the container. */
  ffmpeg: string[];
  /** A fixture to repeat instead of that WAV: few builds of ffmpeg can write its codec. */
  loop?: string;
  /** What its recorder, or a script on its way, makes of it. */
  odd?: (made: Buffer) => Buffer;
}

const wav = (...codec: string[]): Encoding => ({ contentType: 'audio/x-wav', ffmpeg: [...codec, '-f', 'wav'] });
const m4a = (...flags: string[]): Encoding => ({
  contentType: 'audio/mp4',
  ffmpeg: ['-c:a', 'aac', ...flags, '-f', 'mp4'],
});
const opus = (container: string, ...flags: string[]): Encoding => ({
  contentType: `audio/${container}`,
  ffmpeg: ['-c:a', 'libopus', ...flags, '-f', container],
});
const COPY = ['-c:a', 'copy'];
const FIVE_HOURS_LATE = ['-output_ts_offset', '18000'];
/** One party on each. */
const TWO_TRACKS = [
  ...['-filter_complex', '[0:a]asplit[a][b];[a]pan=mono|c0=c0[operator];[b]pan=mono|c0=c1[client]'],
  ...['-map', '[operator]', '-map', '[client]'],
];
const MP3 = ['-c:a', 'libmp3lame', '-f', 'mp3'];

/** A script that printed a warning before the recording, with sync words in it that lead nowhere. */
const GARBAGE = Buffer.concat([Buffer.from('<br>Warning: session_start()<br>\n'), Buffer.alloc(3_000, 0xff)]);

const ENCODINGS: Record<Exclude<EncodedFormat, 'amr'>, Encoding> = {
  'mp3-vbr': { contentType: 'audio/mpeg', ffmpeg: ['-q:a', '6', ...MP3] },
  'mp3-garbage': {
    contentType: 'audio/mpeg',
    ffmpeg: ['-write_xing', '0', ...MP3],
    odd: (made) => Buffer.concat([GARBAGE, made]),
  },
  'mp3-mono': { contentType: 'audio/mpeg', ffmpeg: ['-ac', '1', ...MP3] },
  'wav-mono': wav('-ac', '1'),
  'wav-alaw': wav('-c:a', 'pcm_alaw'),
  'wav-ulaw': wav('-c:a', 'pcm_mulaw'),
  'wav-ima-adpcm': wav('-c:a', 'adpcm_ima_wav'),
  'wav-ms-adpcm': wav('-c:a', 'adpcm_ms'),
  'wav-gsm': { ...wav(...COPY), loop: 'two-voices-gsm.wav' },
  'wav-pcm24': wav('-c:a', 'pcm_s24le'),
  'wav-float': wav('-c:a', 'pcm_f32le'),
  'wav-mp3': wav('-c:a', 'libmp3lame'),
  'ogg-vorbis': { contentType: 'audio/ogg', ffmpeg: ['-c:a', 'libvorbis', '-f', 'ogg'] },
  'ogg-speex': { contentType: 'audio/ogg', ffmpeg: [...COPY, '-f', 'ogg'], loop: 'two-voices.spx' },
  'ogg-flac': { contentType: 'audio/ogg', ffmpeg: ['-c:a', 'flac', '-f', 'ogg'] },
  m4a: m4a('-movflags', '+faststart'),
  // The table of contents behind the sound, as a phone writes it.
  'm4a-tail': m4a(),
  'm4a-fragmented': m4a('-movflags', '+frag_keyframe+empty_moov'),
  aac: { contentType: 'audio/aac', ffmpeg: ['-c:a', 'aac', '-f', 'adts'] },
  webm: { contentType: 'audio/webm', ffmpeg: ['-c:a', 'libopus', '-f', 'webm'] },
  flac: { contentType: 'audio/flac', ffmpeg: ['-c:a', 'flac', '-f', 'flac'] },
  aiff: { contentType: 'audio/aiff', ffmpeg: ['-f', 'aiff'] },
  au: { contentType: 'audio/basic', ffmpeg: ['-c:a', 'pcm_mulaw', '-f', 'au'] },
  caf: { contentType: 'audio/x-caf', ffmpeg: ['-c:a', 'pcm_s16le', '-f', 'caf'] },
  wma: { contentType: 'audio/x-ms-wma', ffmpeg: ['-c:a', 'wmav2', '-f', 'asf'] },
  gsm: { contentType: 'audio/x-gsm', ffmpeg: [...COPY, '-f', 'gsm'], loop: 'two-voices.gsm' },
  'raw-ulaw': { contentType: 'audio/PCMU;rate=8000;channels=2', ffmpeg: ['-f', 'mulaw'] },
  'raw-alaw': { contentType: 'audio/PCMA;rate=8000;channels=2', ffmpeg: ['-f', 'alaw'] },
  'raw-pcm': { contentType: 'audio/L16;rate=8000;channels=2', ffmpeg: ['-f', 's16be'] },
  'wav-unsized': { ...wav(), odd: unsized },
  'wav-cut': { ...wav(), odd: cut },
  'wav-rifx': { ...wav(), odd: bigEndian },
  'wav-4-channels': wav('-af', 'pan=4c|c0=c0|c1=c1', '-c:a', 'pcm_alaw'),
  'wav-empty': { ...wav(), odd: emptied },
  wave64: { contentType: 'audio/x-w64', ffmpeg: ['-f', 'w64'] },
  mp2: { contentType: 'audio/mpeg', ffmpeg: ['-ar', '16000', '-c:a', 'mp2', '-f', 'mp2'] },
  'mp3-empty': { contentType: 'audio/mpeg', ffmpeg: ['-t', '0.001', ...MP3] },
  'ogg-late': opus('ogg', ...FIVE_HOURS_LATE),
  'ogg-empty': { ...opus('ogg'), odd: headersOnly },
  'm4a-newline': { ...m4a(), odd: withNewline },
  'm4a-two-tracks': m4a(...TWO_TRACKS),
  'mov-untyped': { contentType: 'video/quicktime', ffmpeg: ['-c:a', 'pcm_mulaw', '-f', 'mov'], odd: untyped },
  'aac-latm': { contentType: 'audio/aac', ffmpeg: ['-c:a', 'aac', '-f', 'latm'] },
  'webm-late': opus('webm', ...FIVE_HOURS_LATE),
  // Packets of silence left out.
  'webm-pauses': opus('webm', '-bsf:a', 'noise=drop=between(mod(n\\,100)\\,30\\,45)'),
  'mka-two-tracks': opus('matroska', ...TWO_TRACKS),
  g722: { contentType: 'audio/G722', ffmpeg: ['-ac', '1', '-ar', '16000', '-c:a', 'g722', '-f', 'g722'] },
};

/** As many recordings are kept as a test asks for at once. */
const KEPT = 64;

/** Makes recordings in formats that take an encoder, out of a plain one of the same call. */
export type Encoder = (recording: EncodedRecording) => Promise<RecordingFile>;

export function createEncoder(make: RecordingMaker): Encoder {
  const kept = new Map<string, Promise<RecordingFile>>();
  return (recording) => {
    const key = `${recording.format}/${recording.talkSeconds}/${recording.worldId}`;
    const known = kept.get(key);
    if (known) return known;
    const made = encode(recording, make);
    made.catch(() => kept.delete(key));
    kept.set(key, made);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return made;
  };
}

async function encode(
  { worldId, format, talkSeconds }: EncodedRecording,
  make: RecordingMaker,
): Promise<RecordingFile> {
  if (format === 'amr') return amrFile(worldId, talkSeconds);
  const { contentType, ffmpeg, odd, loop } = ENCODINGS[format];
  const input = loop
    ? [
        '-stream_loop',
        '-1',
        '-t',
        String(talkSeconds),
        '-i',
        fileURLToPath(new URL(`./fixtures/${loop}`, import.meta.url)),
      ]
    : ['-f', 'wav', '-i', 'pipe:0'];
  const plain = make({ worldId, format: 'wav', talkSeconds });
  const folder = await mkdtemp(join(tmpdir(), 'speechsense-sandbox-'));
  try {
    // A file and not a pipe: several containers are finished by going back to their beginning.
    const file = join(folder, 'recording');
    const child = spawn(
      process.env['FFMPEG_PATH'] || 'ffmpeg',
      ['-nostdin', '-v', 'error', ...input, '-metadata', `title=Call ${worldId}`, ...ffmpeg, '-y', file],
      { stdio: ['pipe', 'ignore', 'inherit'] },
    );
    child.stdin.on('error', () => undefined).end(Buffer.concat([...readRange(plain, 0, plain.sizeBytes)]));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`ffmpeg made no ${format} (${String(code)})`);
    const made = await readFile(file);
    return fileOf(contentType, [odd ? odd(made) : made]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
