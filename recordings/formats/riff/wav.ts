import type { ReadableBytes, Recognised } from '../audio-format.ts';
import { byteRange, turned, withHeader } from '../../http/byte-range.ts';
import { wavChunks, type WavChunks } from './riff-chunks.ts';
import { wavHeader } from './wav-header.ts';

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
/** Every sample has so many bytes: a header's rates can be worked out anew. */
const STEADY = [PCM, 0x0003, 0x0006, 0x0007];
/** Recorders count a padding byte, or their own header, among the sound; what is cut off is more. */
const MISCOUNTED_BYTES = 128;

/** SpeechSense takes WAV only with 16-bit PCM of 8 to 48 kHz inside. Undefined where the description is missing. */
export async function recogniseWav(bytes: ReadableBytes): Promise<Recognised | undefined> {
  const chunks = await wavChunks(bytes);
  if (!chunks) return undefined;
  const format = formatOf(chunks);
  const { codec, channels, sampleRateHz, sampleBytes } = format;
  const name =
    codec === PCM ? `WAV PCM ${sampleBytes * 8}-bit` : `WAV ${CODECS[codec] ?? `codec 0x${codec.toString(16)}`}`;
  const { start, claimedBytes } = chunks.data ?? { start: bytes.sizeBytes, claimedBytes: undefined };
  const bytesThere = Math.max(0, bytes.sizeBytes - start);
  const isCut = claimedBytes !== undefined && claimedBytes - bytesThere > MISCOUNTED_BYTES;
  const body = byteRange(bytes, start, start + (claimedBytes ?? bytesThere));
  const isTaken =
    codec === PCM && sampleBytes === 2 && channels <= 2 && sampleRateHz >= 8_000 && sampleRateHz <= 48_000;
  const isEmpty = channels === 0 || body.sizeBytes === 0;
  if (isTaken || isEmpty) {
    const blockBytes = Math.max(1, channels) * 2;
    const blocks = Math.floor(body.sizeBytes / blockBytes);
    const taken = { container: 'wav', durationSeconds: channels === 0 ? 0 : blocks / sampleRateHz, channels } as const;
    if (isWellFormed(chunks, bytes.sizeBytes, blockBytes)) return { name, source: bytes, taken, isCut };
    const whole = byteRange(bytes, start, start + blocks * blockBytes);
    const sound = chunks.isBigEndian ? turned(whole, 2) : whole;
    return { name, source: withHeader(wavHeader(format, sound.sizeBytes), sound), taken, isCut };
  }
  if (!STEADY.includes(codec)) {
    // Only these need a description of their own; big-endian ones are not known to exist.
    return { name, source: bytes, isCut };
  }
  const sound = chunks.isBigEndian ? turned(body, sampleBytes) : body;
  return {
    name,
    source: withHeader(wavHeader(format, sound.sizeBytes), sound),
    reader: { demuxer: 'wav', channels, countedSeconds: body.sizeBytes / (sampleBytes * channels * sampleRateHz) },
    isCut,
  };
}

function formatOf({ format: bytes, isBigEndian }: WavChunks) {
  const uint16 = (at: number) => (isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at));
  const tag = uint16(0);
  const channels = uint16(2);
  const bits = uint16(14);
  const blockBytes = uint16(12);
  const isWhole = channels > 0 && blockBytes > 0 && blockBytes % channels === 0 && blockBytes / channels <= 8;
  return {
    codec: tag === EXTENSIBLE && bytes.length >= 26 ? uint16(24) : tag,
    channels,
    sampleRateHz: isBigEndian ? bytes.readUInt32BE(4) : bytes.readUInt32LE(4),
    // Samples of 12 or 20 bits stand in whole bytes.
    sampleBytes: bits % 8 === 0 && bits > 0 ? bits / 8 : isWhole ? blockBytes / channels : Math.ceil(bits / 8),
  };
}

/** A strict reader finds the same as we do. */
function isWellFormed(
  { format, data, isBigEndian, isRegular, claimedFileBytes }: WavChunks,
  sizeBytes: number,
  blockBytes: number,
) {
  return (
    !isBigEndian &&
    isRegular &&
    data?.claimedBytes !== undefined &&
    data.claimedBytes % blockBytes === 0 &&
    data.start + data.claimedBytes <= sizeBytes &&
    claimedFileBytes === sizeBytes - 8 &&
    format.readUInt16LE(0) === PCM &&
    format.readUInt32LE(8) === format.readUInt32LE(4) * blockBytes &&
    format.readUInt16LE(12) === blockBytes
  );
}
