import type { ReadableBytes, Recognised } from './audio-format.ts';
import { amrFrames } from './mpeg/other-frames.ts';
import { byteRange } from '../http/byte-range.ts';
import { frameRun } from './mpeg/frame-run.ts';
import { isMp4Cut } from './mp4-boxes.ts';
import { readOggOpus } from './ogg-opus.ts';
import { isWav } from './riff/riff-chunks.ts';
import { recogniseWav } from './riff/wav.ts';

const HEAD_BYTES = 512;
const PAGE_HEADER_BYTES = 27;

/** First bytes of the first packet in an Ogg, by codec. */
const OGG_CODECS: [magic: string, name: string][] = [
  ['OpusHead', 'OggOpus'],
  ['\x01vorbis', 'Ogg Vorbis'],
  ['Speex   ', 'Ogg Speex'],
  ['\x7fFLAC', 'Ogg FLAC'],
];

/** What ffmpeg is left to understand: only its name is ours, so that reports say the same with every ffmpeg. */
const OTHERS: { name: string; at: number; magic: string }[] = [
  { name: 'M4A', at: 4, magic: 'ftyp' },
  { name: 'QuickTime', at: 4, magic: 'moov' },
  { name: 'QuickTime', at: 4, magic: 'wide' },
  { name: 'QuickTime', at: 4, magic: 'mdat' },
  { name: 'WebM', at: 0, magic: '\x1a\x45\xdf\xa3' },
  { name: 'FLAC', at: 0, magic: 'fLaC' },
  { name: 'AIFF', at: 8, magic: 'AIF' },
  { name: 'WMA', at: 0, magic: '\x30\x26\xb2\x75\x8e\x66\xcf\x11' },
  { name: 'CAF', at: 0, magic: 'caff' },
  { name: 'AU', at: 0, magic: '.snd' },
  { name: 'VOC', at: 0, magic: 'Creative Voice File' },
  { name: 'WAV Wave64', at: 0, magic: 'riff\x2e\x91\xcf\x11' },
];

/** A container by its first bytes; undefined where they are none that we know. */
export async function recogniseContainer(bytes: ReadableBytes): Promise<Recognised | undefined> {
  const head = await bytes.read(0, HEAD_BYTES);
  if (isWav(head)) return recogniseWav(bytes);
  if (startsWith(head, 'OggS')) return recogniseOgg(bytes, head);
  if (startsWith(head, '#!AMR')) return recogniseAmr(bytes, startsWith(head, '#!AMR-WB\n'));
  const other = OTHERS.find(({ at, magic }) => head.toString('latin1', at, at + magic.length) === magic);
  if (!other) return undefined;
  const isMp4 = other.name === 'M4A' || other.name === 'QuickTime';
  return { name: other.name, source: bytes, isCut: isMp4 && (await isMp4Cut(bytes)) };
}

/** SpeechSense takes Ogg only with Opus inside: one stream, whose positions are those of its packets. */
async function recogniseOgg(bytes: ReadableBytes, head: Buffer): Promise<Recognised> {
  const packet = head.toString('latin1', PAGE_HEADER_BYTES + (head[26] ?? 0));
  const name = OGG_CODECS.find(([magic]) => packet.startsWith(magic))?.[1] ?? 'Ogg';
  const opus = name === 'OggOpus' ? await readOggOpus(bytes) : undefined;
  if (!opus) return { name, source: bytes, isCut: false };
  const { isCertain, isChained, isCut, durationSeconds, channels, end } = opus;
  if (channels > 0 && (isCut || !isCertain)) return { name, source: bytes, isChained, isCut };
  return { name, source: byteRange(bytes, 0, end), taken: { container: 'ogg_opus', durationSeconds, channels }, isCut };
}

async function recogniseAmr(bytes: ReadableBytes, isWideband: boolean): Promise<Recognised> {
  const frames = byteRange(bytes, isWideband ? 9 : 6);
  const run = await frameRun(frames, amrFrames(isWideband));
  return {
    name: isWideband ? 'AMR-WB' : 'AMR',
    source: bytes,
    reader: { demuxer: 'amr', channels: 1, ...(run && { countedSeconds: run.frames / 50 }) },
    isCut: run?.isCut ?? false,
  };
}

function startsWith(head: Buffer, magic: string): boolean {
  return head.toString('latin1', 0, magic.length) === magic;
}
