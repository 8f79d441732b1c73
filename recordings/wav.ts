import type { AudioFormat, ReadableBytes } from './audio-format.ts';
import { readDetails } from './details.ts';

/** Codec tags of mmreg.h that telephony really writes. */
const CODECS: Record<number, string> = {
  0x0001: 'PCM',
  0x0002: 'MS ADPCM',
  0x0003: 'float',
  0x0006: 'G.711 A-law',
  0x0007: 'G.711 µ-law',
  0x0011: 'IMA ADPCM',
  0x0014: 'G.723 ADPCM',
  0x0031: 'GSM 6.10',
  0x0040: 'G.721 ADPCM',
  0x0045: 'G.726 ADPCM',
  0x0055: 'MP3',
  0x0083: 'G.729',
};
const PCM = 0x0001;
const EXTENSIBLE = 0xfffe;
/** So many bytes always last so long; of the others only the header knows how long they last. */
const STEADY = [PCM, 0x0003, 0x0006, 0x0007];

/** More than the largest honest size: what recorders write that can't go back to fill it in. */
const UNKNOWN_SIZE = 0x7fff0000;
const MAX_CHUNKS = 64;
/** Recorders count a padding byte, or their header of 44 bytes, among the sound; what is cut off is more. */
const MISCOUNTED_BYTES = 44;

export function isWav(head: Buffer): boolean {
  return head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WAVE';
}

/** SpeechSense takes WAV only with 16-bit PCM of 8 to 48 kHz inside. */
export async function recogniseWav(bytes: ReadableBytes, start = 0): Promise<AudioFormat | undefined> {
  const found = await readChunks(bytes, start);
  if (!found || found.steady || found.format.truncated) return found?.format;
  const { durationSeconds } = await readDetails(bytes, 'audio/wav');
  return { ...found.format, durationSeconds };
}

interface Found {
  format: AudioFormat;
  steady: boolean;
}

async function readChunks(bytes: ReadableBytes, start: number): Promise<Found | undefined> {
  let format: Buffer | undefined;
  let offset = start + 12;
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk++) {
    const header = await bytes.read(offset, 8);
    if (header.length < 8) break;
    const id = header.toString('latin1', 0, 4);
    const size = header.readUInt32LE(4);
    if (id === 'fmt ') format = await bytes.read(offset + 8, Math.min(size, 40));
    if (id === 'data')
      return format && format.length >= 16 ? describe(format, size, bytes.sizeBytes - offset - 8) : undefined;
    offset += 8 + size + (size % 2);
  }
  // Without sound data it is no recording; without the end of its headers it broke off early.
  return format && format.length >= 16 ? describe(format, 1, 0) : undefined;
}

function describe(format: Buffer, dataBytes: number, bytesThere: number): Found {
  const tag = format.readUInt16LE(0);
  const codec = tag === EXTENSIBLE && format.length >= 26 ? format.readUInt16LE(24) : tag;
  const channels = format.readUInt16LE(2);
  const sampleRateHz = format.readUInt32LE(4);
  const bytesPerSecond = format.readUInt32LE(8);
  const bits = format.readUInt16LE(14);
  const sizeKnown = dataBytes > 0 && dataBytes < UNKNOWN_SIZE;
  const soundBytes = sizeKnown ? Math.min(dataBytes, bytesThere) : bytesThere;
  const codecName = CODECS[codec] ?? `codec 0x${codec.toString(16)}`;
  const taken = codec === PCM && bits === 16 && channels > 0 && sampleRateHz >= 8_000 && sampleRateHz <= 48_000;
  return {
    steady: STEADY.includes(codec),
    format: {
      name: codec === PCM ? `WAV PCM ${bits}-bit` : `WAV ${codecName}`,
      container: taken ? 'wav' : undefined,
      demuxer: 'wav',
      durationSeconds: bytesPerSecond > 0 ? soundBytes / bytesPerSecond : undefined,
      channels,
      sampleRateHz,
      truncated: sizeKnown && dataBytes - bytesThere > MISCOUNTED_BYTES,
    },
  };
}
