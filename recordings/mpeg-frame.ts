/** One MPEG audio frame of Layer III, as its 4-byte header describes it. */
export interface MpegFrame {
  version: 1 | 2 | 2.5;
  channels: 1 | 2;
  bitRate: number;
  sampleRateHz: number;
  samples: number;
  lengthBytes: number;
  /** Where a Xing or Info header would be, from the frame's beginning. */
  indexOffset: number;
}

const BIT_RATES_V1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BIT_RATES_V2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const SAMPLE_RATES = { 1: [44_100, 48_000, 32_000], 2: [22_050, 24_000, 16_000], 2.5: [11_025, 12_000, 8_000] };
const VERSIONS = [2.5, undefined, 2, 1] as const;
const LAYER_III = 1;
const MONO = 3;

/** Reads the frame header at `offset`, if there is one. */
export function mpegFrameAt(bytes: Buffer, offset: number): MpegFrame | undefined {
  if (offset + 4 > bytes.length || bytes[offset] !== 0xff) return undefined;
  const header = bytes.readUInt32BE(offset);
  const version = VERSIONS[(header >>> 19) & 3];
  if ((header & 0xffe00000) >>> 0 !== 0xffe00000 || !version || ((header >>> 17) & 3) !== LAYER_III) return undefined;
  const kiloBits = (version === 1 ? BIT_RATES_V1 : BIT_RATES_V2)[(header >>> 12) & 15];
  const sampleRateHz = SAMPLE_RATES[version][(header >>> 10) & 3];
  if (!kiloBits || !sampleRateHz) return undefined;
  const samples = version === 1 ? 1_152 : 576;
  const channels = ((header >>> 6) & 3) === MONO ? 1 : 2;
  const sideInfoBytes = version === 1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return {
    version,
    channels,
    bitRate: kiloBits * 1_000,
    sampleRateHz,
    samples,
    lengthBytes: Math.floor(((samples / 8) * kiloBits * 1_000) / sampleRateHz) + ((header >>> 9) & 1),
    indexOffset: 4 + sideInfoBytes,
  };
}
