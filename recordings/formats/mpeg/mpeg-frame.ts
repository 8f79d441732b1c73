import type { Frame, FrameReader } from './frame-run.ts';

export interface MpegFrame extends Frame {
  layer: 1 | 2 | 3;
  /** Where a Xing or Info header would be, from the frame's beginning. */
  indexOffset: number;
}

/** Kilobits by version (1, or 2 and 2.5) and layer (ISO/IEC 11172-3, 2.4.2.3; 13818-3). */
const BIT_RATES: Record<'1' | '2', Record<1 | 2 | 3, number[]>> = {
  1: {
    1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  2: {
    1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    3: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
};
const SAMPLE_RATES = { 1: [44_100, 48_000, 32_000], 2: [22_050, 24_000, 16_000], 2.5: [11_025, 12_000, 8_000] };
const VERSIONS = [2.5, undefined, 2, 1] as const;
const LAYERS = [undefined, 3, 2, 1] as const;
const MONO = 3;
/** All but the channel mode, its extension, copyright and emphasis, which may differ from frame to frame. */
const HEADER_BITS = 0xffffffc0 >>> 0;
const MAX_KNOWN = 4_096;

/** Reads MPEG audio frames. Most headers of a recording are alike: each is understood once. */
export function mpegFrames(): FrameReader<MpegFrame> {
  const known = new Map<number, MpegFrame | undefined>();
  return (bytes, at) => {
    if (at + 4 > bytes.length || bytes[at] !== 0xff) return undefined;
    const header = (bytes.readUInt32BE(at) & HEADER_BITS) >>> 0;
    if (known.has(header)) return known.get(header);
    const frame = frameOf(header);
    if (known.size < MAX_KNOWN) known.set(header, frame);
    return frame;
  };
}

function frameOf(header: number): MpegFrame | undefined {
  const version = VERSIONS[(header >>> 19) & 3];
  const layer = LAYERS[(header >>> 17) & 3];
  if (header >>> 21 !== 0x7ff || !version || !layer) return undefined;
  const kiloBits = BIT_RATES[version === 1 ? 1 : 2][layer][(header >>> 12) & 15];
  const sampleRateHz = SAMPLE_RATES[version][(header >>> 10) & 3];
  if (!kiloBits || !sampleRateHz) return undefined;
  const samples = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1_152;
  const channels = ((header >>> 6) & 3) === MONO ? 1 : 2;
  const slotBytes = layer === 1 ? 4 : 1;
  const slots = Math.floor(((samples / 8) * kiloBits * 1_000) / sampleRateHz / slotBytes) + ((header >>> 9) & 1);
  const sideInfoBytes = version === 1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return {
    stream: version * 1_000_000 + layer * 100_000 + sampleRateHz,
    layer,
    channels,
    sampleRateHz,
    samples,
    lengthBytes: slots * slotBytes,
    indexOffset: 4 + sideInfoBytes,
  };
}
