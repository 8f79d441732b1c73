import { isAscii } from 'node:buffer';
import type { AudioFormat, Demuxer, ReadableBytes } from './audio-format.ts';

const GSM_FRAME_BYTES = 33;
const GSM_SAMPLES = 160;
/** Frames that must begin with GSM's signature; by chance so many do once in a trillion files. */
const GSM_FRAMES = 10;
const TELEPHONE_RATE_HZ = 8_000;

interface Samples {
  name: string;
  demuxer: Demuxer;
  bytesPerSample: number;
}

/** Media types that say all that samples without a header need (RFC 4856, RFC 2586, RFC 2046). */
const DECLARED: Record<string, Samples> = {
  'audio/basic': { name: 'raw G.711 µ-law', demuxer: 'mulaw', bytesPerSample: 1 },
  'audio/pcmu': { name: 'raw G.711 µ-law', demuxer: 'mulaw', bytesPerSample: 1 },
  'audio/pcma': { name: 'raw G.711 A-law', demuxer: 'alaw', bytesPerSample: 1 },
  'audio/l16': { name: 'raw PCM 16-bit', demuxer: 's16be', bytesPerSample: 2 },
};

/**
 * What PBXs write without any header: GSM 06.10, which every frame's first half byte gives away, and bare samples, in
 * which nothing can be recognised: there the media type is believed, unless the bytes are text.
 */
export function recogniseHeaderless(head: Buffer, bytes: ReadableBytes, contentType: string): AudioFormat | undefined {
  if (isGsm(head, bytes.sizeBytes)) {
    return {
      name: 'raw GSM 06.10',
      container: undefined,
      demuxer: 'gsm',
      durationSeconds: ((bytes.sizeBytes / GSM_FRAME_BYTES) * GSM_SAMPLES) / TELEPHONE_RATE_HZ,
      channels: 1,
      sampleRateHz: TELEPHONE_RATE_HZ,
      truncated: false,
    };
  }
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const declared = DECLARED[type.trim()];
  if (!declared || isText(head)) return undefined;
  const sampleRateHz = numberOf(parameters, 'rate') ?? TELEPHONE_RATE_HZ;
  const channels = numberOf(parameters, 'channels') ?? 1;
  return {
    name: declared.name,
    container: undefined,
    demuxer: declared.demuxer === 's16be' && isLittleEndian(head) ? 's16le' : declared.demuxer,
    durationSeconds: bytes.sizeBytes / (declared.bytesPerSample * channels * sampleRateHz),
    channels,
    sampleRateHz,
    truncated: false,
  };
}

function isGsm(head: Buffer, sizeBytes: number): boolean {
  if (sizeBytes % GSM_FRAME_BYTES !== 0 || sizeBytes < GSM_FRAMES * GSM_FRAME_BYTES) return false;
  return Array.from({ length: GSM_FRAMES }, (_, frame) => head[frame * GSM_FRAME_BYTES] ?? 0).every(
    (first) => first >> 4 === 0xd,
  );
}

function isText(head: Buffer): boolean {
  return isAscii(head) || /^\s*[<{[]/.test(head.toString('latin1', 0, 64));
}

/** RFC 2586 says big-endian, PCs write little-endian: read the right way round, sound is the smoother of the two. */
function isLittleEndian(head: Buffer): boolean {
  const steps = { big: 0, little: 0 };
  for (let at = 2; at + 2 <= head.length; at += 2) {
    steps.big += Math.abs(head.readInt16BE(at) - head.readInt16BE(at - 2));
    steps.little += Math.abs(head.readInt16LE(at) - head.readInt16LE(at - 2));
  }
  return steps.little < steps.big;
}

function numberOf(parameters: string[], name: string): number | undefined {
  const value = parameters.map((one) => one.trim().split('=')).find(([key]) => key === name)?.[1];
  const number = Number(value);
  return Number.isInteger(number) && number > 0 && number <= 192_000 ? number : undefined;
}
