import type { ReadableBytes, Recognised } from './audio-format.ts';

const TELEPHONE_RATE_HZ = 8_000;
const COMPARED_BYTES = 256 * 1024;

interface Samples {
  name: string;
  demuxer: string;
  /** Of these there is one channel, at a rate that the decoder knows. */
  isMono?: true;
}

/** Media types that say all that samples without a header need (RFC 3551, RFC 4856, RFC 2586, RFC 2046). */
const DECLARED: Record<string, Samples> = {
  'audio/basic': { name: 'raw G.711 µ-law', demuxer: 'mulaw' },
  'audio/pcmu': { name: 'raw G.711 µ-law', demuxer: 'mulaw' },
  'audio/pcma': { name: 'raw G.711 A-law', demuxer: 'alaw' },
  'audio/l8': { name: 'raw PCM 8-bit', demuxer: 'u8' },
  'audio/l16': { name: 'raw PCM 16-bit', demuxer: 's16be' },
  'audio/l24': { name: 'raw PCM 24-bit', demuxer: 's24be' },
  'audio/g722': { name: 'raw G.722', demuxer: 'g722', isMono: true },
  'audio/g729': { name: 'raw G.729', demuxer: 'g729', isMono: true },
};

/** Bare samples, in which nothing can be recognised: the media type is believed. */
export async function recogniseDeclared(bytes: ReadableBytes, contentType: string): Promise<Recognised | undefined> {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const declared = DECLARED[type.trim().replace('/x-', '/')];
  if (!declared) return undefined;
  const isTurned = declared.demuxer === 's16be' && (await isLittleEndian(bytes));
  return {
    name: declared.name,
    source: bytes,
    reader: {
      demuxer: isTurned ? 's16le' : declared.demuxer,
      channels: (declared.isMono ? undefined : numberOf(parameters, 'channels')) ?? 1,
      sampleRateHz: numberOf(parameters, 'rate') ?? TELEPHONE_RATE_HZ,
    },
    isCut: false,
  };
}

/** RFC 2586 says big-endian, PCs write little-endian: read the right way round, sound is the smoother of the two. */
async function isLittleEndian(bytes: ReadableBytes): Promise<boolean> {
  // From the middle: the beginning may be nothing but silence.
  const middle = Math.floor(bytes.sizeBytes / 4) * 2;
  const from = Math.max(0, middle - COMPARED_BYTES / 2);
  const sound = await bytes.read(from, COMPARED_BYTES);
  const steps = { big: 0, little: 0 };
  for (let at = 2; at + 2 <= sound.length; at += 2) {
    steps.big += Math.abs(sound.readInt16BE(at) - sound.readInt16BE(at - 2));
    steps.little += Math.abs(sound.readInt16LE(at) - sound.readInt16LE(at - 2));
  }
  return steps.little < steps.big;
}

function numberOf(parameters: string[], name: string): number | undefined {
  const value = parameters.map((one) => one.trim().split('=')).find(([key]) => key === name)?.[1];
  const number = Number(value);
  return Number.isInteger(number) && number > 0 && number <= 192_000 ? number : undefined;
}
