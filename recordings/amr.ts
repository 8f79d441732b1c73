import type { AudioFormat, ReadableBytes } from './audio-format.ts';

/** Bytes of a frame by its type, its own header byte included (3GPP TS 26.101 and 26.201; RFC 4867, 5). */
const NARROWBAND_FRAMES = [13, 14, 16, 18, 20, 21, 27, 32, 6];
const WIDEBAND_FRAMES = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6];
/** Types 14 and 15: nothing was said, or nothing arrived. */
const EMPTY_FRAME_BYTES = 1;
const FRAME_SECONDS = 0.02;

const NARROWBAND = { magic: '#!AMR\n', name: 'AMR', frames: NARROWBAND_FRAMES, sampleRateHz: 8_000 };
const WIDEBAND = { magic: '#!AMR-WB\n', name: 'AMR-WB', frames: WIDEBAND_FRAMES, sampleRateHz: 16_000 };

export function isAmr(head: Buffer): boolean {
  return head.toString('latin1', 0, 5) === '#!AMR';
}

/** AMR has no header that tells its length, and music-metadata does not read it: the frames are counted. */
export async function recogniseAmr(bytes: ReadableBytes, start = 0): Promise<AudioFormat> {
  const head = await bytes.read(start, WIDEBAND.magic.length);
  const kind = head.toString('latin1') === WIDEBAND.magic ? WIDEBAND : NARROWBAND;
  const frames = await countFrames(bytes, start + kind.magic.length, kind.frames);
  return {
    name: kind.name,
    container: undefined,
    demuxer: 'amr',
    durationSeconds: frames.count * FRAME_SECONDS,
    channels: 1,
    sampleRateHz: kind.sampleRateHz,
    truncated: frames.truncated,
  };
}

async function countFrames(bytes: ReadableBytes, start: number, sizes: number[]) {
  let count = 0;
  let offset = 0;
  let next = start;
  for await (const piece of bytes.chunks()) {
    for (; next < offset + piece.length; count++) {
      const type = (piece.readUInt8(next - offset) >> 3) & 15;
      next += sizes[type] ?? EMPTY_FRAME_BYTES;
    }
    offset += piece.length;
  }
  return { count, truncated: next > offset };
}
