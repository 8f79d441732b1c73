import type { AudioFormat, ReadableBytes } from './audio-format.ts';
import { readDetails } from './details.ts';

const PAGE_HEADER_BYTES = 27;
/** Twice the largest page there can be, so that the last whole one is inside. */
const TAIL_BYTES = 128 * 1024;
const OPUS_RATE_HZ = 48_000;
const NO_POSITION = 0xffff_ffff_ffff_ffffn;

/** First bytes of the first packet, by codec. */
const CODECS: [magic: string, name: string][] = [
  ['OpusHead', 'OggOpus'],
  ['\x01vorbis', 'Ogg Vorbis'],
  ['Speex   ', 'Ogg Speex'],
  ['\x7fFLAC', 'Ogg FLAC'],
];

export function isOgg(head: Buffer): boolean {
  return head.toString('latin1', 0, 4) === 'OggS';
}

/** SpeechSense takes Ogg only with Opus inside. The duration is the position that the last page gives (RFC 7845). */
export async function recogniseOgg(bytes: ReadableBytes, start = 0): Promise<AudioFormat> {
  const head = await bytes.read(start, 512);
  const packet = head.subarray(PAGE_HEADER_BYTES + (head[26] ?? 0));
  const name = CODECS.find(([magic]) => packet.toString('latin1', 0, magic.length) === magic)?.[1];
  if (name !== 'OggOpus' || packet.length < 19) {
    const details = await readDetails(bytes, 'audio/ogg');
    return { name: name ?? 'Ogg', container: undefined, demuxer: 'ogg', truncated: false, ...details };
  }
  const last = await lastPage(bytes, head.readUInt32LE(14));
  const preSkip = packet.readUInt16LE(10);
  return {
    name,
    container: 'ogg_opus',
    durationSeconds: last.position === undefined ? undefined : Math.max(0, last.position - preSkip) / OPUS_RATE_HZ,
    channels: packet[9],
    sampleRateHz: OPUS_RATE_HZ,
    truncated: last.truncated,
  };
}

/** The position of the last whole page, and whether another one begins behind it that is not all there. */
async function lastPage(bytes: ReadableBytes, serial: number): Promise<{ position?: number; truncated: boolean }> {
  const tail = await bytes.read(Math.max(0, bytes.sizeBytes - TAIL_BYTES), TAIL_BYTES);
  let truncated = false;
  for (let at = tail.lastIndexOf('OggS'); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf('OggS', at - 1)) {
    const page = tail.subarray(at);
    if (page.length < PAGE_HEADER_BYTES || page.length < pageBytes(page)) {
      truncated = true;
      continue;
    }
    const position = page.readBigUInt64LE(6);
    if (page.readUInt32LE(14) !== serial || position === NO_POSITION) continue;
    return { position: Number(position), truncated };
  }
  return { truncated };
}

function pageBytes(page: Buffer): number {
  const segments = page.readUInt8(26);
  const sizes = page.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + segments);
  return PAGE_HEADER_BYTES + segments + sizes.reduce((sum, size) => sum + size, 0);
}
