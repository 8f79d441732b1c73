import type { ReadableBytes } from '../audio-format.ts';
import { ByteWindow } from '../../storage/byte-window.ts';

/** One frame of a stream that is nothing but frames, as its header describes it. */
export interface Frame {
  /** The same in all frames of one stream. */
  stream: number;
  lengthBytes: number;
  samples: number;
  /** 0 where the decoder has to find out; so for channels. */
  sampleRateHz: number;
  channels: number;
}

/** Reads the frame header at `at`, if there is one. */
export type FrameReader<F extends Frame = Frame> = (bytes: Buffer, at: number) => F | undefined;

/** Frames that follow one another. */
export interface FrameRun<F extends Frame = Frame> {
  first: F;
  /** From the first frame's beginning to the last one's end. */
  start: number;
  end: number;
  frames: number;
  /** Bytes of whole frames between them. */
  frameBytes: number;
  samples: number;
  /** The most that any of them has. */
  channels: number;
  /** Nothing but whole frames of one stream from `start` to `end`. */
  isSteady: boolean;
  /** The last frame is not all there. */
  isCut: boolean;
}

/** A chance sync word in other data does not lead to so many frames in a row. */
const FRAMES_IN_A_ROW = 3;
const HEADER_BYTES = 16;
/** Frames enough to believe the first one fit into this. */
const LOOK_AHEAD_BYTES = 32 * 1024;
/** Between frames, in all: so much is searched and no more. */
const MAX_JUNK_BYTES = 1024 * 1024;

/** Finds the first frames in the recording, and follows them to its end. */
export async function frameRun<F extends Frame>(
  bytes: ReadableBytes,
  frameAt: FrameReader<F>,
): Promise<FrameRun<F> | undefined> {
  const window = new ByteWindow(bytes);
  let run: FrameRun<F> | undefined;
  let at = 0;
  let junkBytes = 0;
  while (at < bytes.sizeBytes && junkBytes <= MAX_JUNK_BYTES) {
    const follows = run?.end === at;
    if (!window.holds(at, follows ? HEADER_BYTES : LOOK_AHEAD_BYTES)) await window.moveTo(at);
    const frame = frameAt(window.bytes, window.at(at));
    if (!frame || (!(follows && frame.stream === run?.first.stream) && !isRow(window.bytes, window.at(at), frameAt))) {
      at++;
      junkBytes++;
      continue;
    }
    if (at + frame.lengthBytes > bytes.sizeBytes) {
      if (run) run.isCut = true;
      break;
    }
    run ??= {
      first: frame,
      start: at,
      end: at,
      frames: 0,
      frameBytes: 0,
      samples: 0,
      channels: 0,
      isSteady: true,
      isCut: false,
    };
    run.isSteady &&= run.end === at && frame.stream === run.first.stream;
    at += frame.lengthBytes;
    run.end = at;
    run.frames++;
    run.frameBytes += frame.lengthBytes;
    run.samples += frame.samples;
    run.channels = Math.max(run.channels, frame.channels);
  }
  return run;
}

/** Whether frames of one stream follow without a gap; a recording may be nothing but one or two. */
function isRow(bytes: Buffer, start: number, frameAt: FrameReader): boolean {
  const stream = frameAt(bytes, start)?.stream;
  let at = start;
  for (let frames = 0; frames < FRAMES_IN_A_ROW; frames++) {
    const frame = frameAt(bytes, at);
    if (frame === undefined) return start === 0 && frames > 0 && at === bytes.length;
    if (frame.stream !== stream) return false;
    at += frame.lengthBytes;
  }
  return true;
}
