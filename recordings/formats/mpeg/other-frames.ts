import type { Frame, FrameReader } from './frame-run.ts';

const AAC_RATES_HZ = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];
const AAC_SAMPLES = 1_024;

/** AAC in ADTS frames, with or without a checksum (ISO/IEC 13818-7, 6.2). */
export const adtsFrame: FrameReader = (bytes, at) => {
  if (at + 7 > bytes.length || bytes[at] !== 0xff) return undefined;
  const header = bytes.readUInt32BE(at);
  // Twelve bits of sync; layer 0.
  if (header >>> 20 !== 0xfff || ((header >>> 17) & 3) !== 0) return undefined;
  const sampleRateHz = AAC_RATES_HZ[(header >>> 10) & 15];
  const lengthBytes = ((header & 3) << 11) | (bytes.readUInt16BE(at + 4) >>> 5);
  const channels = (header >>> 6) & 7;
  if (sampleRateHz === undefined || lengthBytes < 9) return undefined;
  const blocks = (bytes.readUInt8(at + 6) & 3) + 1;
  return {
    stream: ((header >>> 14) & 0x3_ffff) | 0,
    lengthBytes,
    samples: AAC_SAMPLES * blocks,
    sampleRateHz,
    channels: channels === 7 ? 8 : channels,
  };
};

/** AAC in LOAS frames with LATM inside (ISO/IEC 14496-3, 1.7.2): rate and channels are for the decoder to find. */
export const loasFrame: FrameReader = (bytes, at) => {
  if (at + 3 > bytes.length || bytes[at] !== 0x56) return undefined;
  const header = bytes.readUIntBE(at, 3);
  const lengthBytes = (header & 0x1fff) + 3;
  if (header >>> 13 !== 0x2b7 || lengthBytes < 8) return undefined;
  return { stream: 1, lengthBytes, samples: AAC_SAMPLES, sampleRateHz: 0, channels: 0 };
};

/** GSM 06.10 as PBXs write it bare: every frame begins with the same half byte. */
export const gsmFrame: FrameReader = (bytes, at) =>
  at < bytes.length && bytes.readUInt8(at) >> 4 === 0xd ? GSM_FRAME : undefined;

const GSM_FRAME: Frame = { stream: 1, lengthBytes: 33, samples: 160, sampleRateHz: 8_000, channels: 1 };

/** Bytes of an AMR frame by its type, its own header byte included (3GPP TS 26.101 and 26.201; RFC 4867, 5). */
const NARROWBAND_BYTES = [13, 14, 16, 18, 20, 21, 27, 32, 6];
const WIDEBAND_BYTES = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6];

/** Frames of AMR behind its magic. Types without a size: nothing was said, or nothing arrived. */
export function amrFrames(isWideband: boolean): FrameReader {
  const sizes = isWideband ? WIDEBAND_BYTES : NARROWBAND_BYTES;
  const sampleRateHz = isWideband ? 16_000 : 8_000;
  return (bytes, at) => {
    // The padding bits of a frame's header are zero.
    if (at >= bytes.length || (bytes.readUInt8(at) & 0x83) !== 0) return undefined;
    const lengthBytes = sizes[(bytes.readUInt8(at) >> 3) & 15] ?? 1;
    return { stream: 1, lengthBytes, samples: sampleRateHz / 50, sampleRateHz, channels: 1 };
  };
}
