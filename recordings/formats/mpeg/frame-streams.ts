import type { ReadableBytes, Recognised } from '../audio-format.ts';
import { byteRange } from '../../http/byte-range.ts';
import { type FrameRun, frameRun } from './frame-run.ts';
import { recogniseMpegAudio } from './mp3.ts';
import { adtsFrame, gsmFrame, loasFrame } from './other-frames.ts';

/** So many frames in a row are no chance any more. */
const CERTAIN_FRAMES = 10;
const DENSE = 0.9;
/** In front of frames and behind them anything may stand, if it is short: half a frame, a tag, what a script printed. */
const SHORT_JUNK_BYTES = 4_096;
const CONTROLS_SHARE = 0.01;

/** What has no header but is nothing else than frames: they must fill it, or follow upon text or emptiness. */
export async function recogniseFrames(whole: ReadableBytes, tagBytes: number): Promise<Recognised | undefined> {
  const bytes = byteRange(whole, tagBytes);
  const mpeg = await recogniseMpegAudio(bytes);
  if (mpeg && (await isBelievable(mpeg.run, bytes))) {
    // MP3 takes its tag along.
    const source = mpeg.run.start === 0 ? byteRange(whole, 0, tagBytes + mpeg.run.end) : mpeg.source;
    return { ...mpeg, source };
  }
  const adts = await frameRun(bytes, adtsFrame);
  if (adts && (await isBelievable(adts, bytes))) return framesOf(bytes, adts, 'AAC', 'aac');
  const loas = await frameRun(bytes, loasFrame);
  if (loas && (await isBelievable(loas, bytes))) return framesOf(bytes, loas, 'AAC LATM', 'loas');
  return undefined;
}

/** Bare GSM 06.10: four bits of each frame are little, so that all of them must be right from the first on. */
export async function recogniseGsm(bytes: ReadableBytes): Promise<Recognised | undefined> {
  const run = await frameRun(bytes, gsmFrame);
  const isGsm =
    run?.start === 0 &&
    run.isSteady &&
    run.frames >= CERTAIN_FRAMES &&
    bytes.sizeBytes - run.end < run.first.lengthBytes &&
    // A-law's silence is one such byte over and over.
    new Set(await bytes.read(0, run.first.lengthBytes * CERTAIN_FRAMES)).size > 1;
  return isGsm ? framesOf(bytes, run, 'raw GSM 06.10', 'gsm') : undefined;
}

function framesOf(bytes: ReadableBytes, run: FrameRun, name: string, demuxer: string): Recognised {
  const { start, end, channels, isCut, first, samples } = run;
  const counted = channels > 0 ? { channels } : {};
  const reader = {
    demuxer,
    ...counted,
    ...(first.sampleRateHz > 0 && { countedSeconds: samples / first.sampleRateHz }),
  };
  return { name, source: byteRange(bytes, start, end), reader, isCut };
}

async function isBelievable(run: FrameRun, bytes: ReadableBytes): Promise<boolean> {
  const { start, end, frames, frameBytes } = run;
  // What follows upon the last whole frame is the beginning of another one, where that is cut.
  const behind = run.isCut ? 0 : bytes.sizeBytes - end;
  const isDense = frameBytes >= DENSE * (end - start);
  const isMost =
    frames >= CERTAIN_FRAMES ? behind <= frameBytes || (await isTag(bytes, end)) : behind <= frameBytes / frames;
  return isDense && isMost && (start <= SHORT_JUNK_BYTES || (await isBlankOrText(bytes, start)));
}

async function isTag(bytes: ReadableBytes, at: number): Promise<boolean> {
  return /^(TAG|APETAGEX|LYRICSBEGIN|ID3)/.test((await bytes.read(at, 11)).toString('latin1'));
}

/** Zeros, ones, and what scripts print, in whichever encoding. */
export async function isBlankOrText(bytes: ReadableBytes, end: number): Promise<boolean> {
  const junk = await bytes.read(0, Math.min(end, 64 * 1024));
  const controls = junk.filter((byte) => byte > 0 && byte < 0x20 && ![0x09, 0x0a, 0x0d].includes(byte));
  return controls.length <= CONTROLS_SHARE * junk.length;
}
