import type { AudioFormat, ReadableBytes } from './audio-format.ts';
import { mpegFrameAt, type MpegFrame } from './mpeg-frame.ts';

const WINDOW_BYTES = 64 * 1024;
/** A chance sync word in other data does not lead to so many frames in a row. */
const FRAMES_IN_A_ROW = 3;
/** An index may miscount by a tag or a frame; more than this is missing sound. */
const TRUNCATED_BELOW = 0.98;

/**
 * MP3 from `start` (behind ID3 tags), with up to 64 KiB of garbage before the first frame.
 *
 * Our own and not music-metadata's: that one takes the first sync word it sees and calls three equal frames a constant
 * bit rate, which makes days of a varying-rate call that begins with silence.
 */
export async function recogniseMp3(bytes: ReadableBytes, start: number): Promise<AudioFormat | undefined> {
  const head = await bytes.read(start, WINDOW_BYTES);
  const first = firstFrame(head, start + head.length === bytes.sizeBytes);
  if (!first) return undefined;
  const audioBytes = bytes.sizeBytes - start - first.offset;
  const index = frameIndex(head.subarray(first.offset), first.frame);
  const middle = await bytes.read(start + Math.floor((bytes.sizeBytes - start) / 2), WINDOW_BYTES);
  const bitRate = averageBitRate([...framesFrom(head, first.offset), ...framesIn(middle, first.frame)]);
  return {
    name: 'MP3',
    container: 'mp3',
    durationSeconds: index.frames
      ? (index.frames * first.frame.samples) / first.frame.sampleRateHz
      : (audioBytes * 8) / (bitRate ?? first.frame.bitRate),
    channels: first.frame.channels,
    sampleRateHz: first.frame.sampleRateHz,
    truncated: index.bytes !== undefined && audioBytes < index.bytes * TRUNCATED_BELOW,
  };
}

function firstFrame(head: Buffer, isWhole: boolean): { offset: number; frame: MpegFrame } | undefined {
  for (let offset = head.indexOf(0xff); offset >= 0; offset = head.indexOf(0xff, offset + 1)) {
    const row = framesFrom(head, offset, FRAMES_IN_A_ROW);
    const [frame] = row;
    if (!frame) continue;
    // A recording of a fraction of a second may be nothing but one or two frames.
    const isAll = isWhole && offset === 0 && row.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0) >= head.length;
    if (row.length === FRAMES_IN_A_ROW || isAll) return { offset, frame };
  }
  return undefined;
}

/** The frames that follow one another without a gap. */
function framesFrom(bytes: Buffer, offset: number, limit = Infinity): MpegFrame[] {
  const frames: MpegFrame[] = [];
  for (let at = offset; frames.length < limit;) {
    const frame = mpegFrameAt(bytes, at);
    if (!frame || (frames[0] && !sameStream(frames[0], frame))) break;
    frames.push(frame);
    at += frame.lengthBytes;
  }
  return frames;
}

function framesIn(bytes: Buffer, like: MpegFrame): MpegFrame[] {
  const first = firstFrame(bytes, false);
  return first && sameStream(first.frame, like) ? framesFrom(bytes, first.offset) : [];
}

function sameStream(one: MpegFrame, other: MpegFrame): boolean {
  return one.version === other.version && one.sampleRateHz === other.sampleRateHz;
}

function averageBitRate(frames: MpegFrame[]): number | undefined {
  return frames.length === 0 ? undefined : frames.reduce((sum, { bitRate }) => sum + bitRate, 0) / frames.length;
}

/** The index that encoders write into the first frame: Xing (varying), Info (constant) or Fraunhofer's VBRI. */
function frameIndex(bytes: Buffer, frame: MpegFrame): { frames?: number; bytes?: number } {
  const xing = bytes.subarray(frame.indexOffset, frame.indexOffset + 16);
  if (xing.length === 16 && ['Xing', 'Info'].includes(xing.toString('latin1', 0, 4))) {
    const has = xing.readUInt32BE(4);
    const frames = has & 1 ? xing.readUInt32BE(8) : 0;
    const size = has & 2 ? xing.readUInt32BE(has & 1 ? 12 : 8) : 0;
    return { ...(frames > 0 && { frames }), ...(size > 0 && { bytes: size }) };
  }
  const vbri = bytes.subarray(36, 36 + 18);
  if (vbri.length === 18 && vbri.toString('latin1', 0, 4) === 'VBRI') {
    return { bytes: vbri.readUInt32BE(10), frames: vbri.readUInt32BE(14) };
  }
  return {};
}
