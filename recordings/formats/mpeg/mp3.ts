import { MIN_SOUND_SECONDS, type ReadableBytes, type Recognised } from '../audio-format.ts';
import { byteRange } from '../../http/byte-range.ts';
import { type FrameRun, frameRun } from './frame-run.ts';
import { mpegFrames } from './mpeg-frame.ts';

/** An index may miscount by a frame or two; more, and a reader that believes it plays too little or waits for more. */
const MISCOUNTED_FRAMES = 2;
/** What encoders and decoders put in front of the sound: all that there is when nothing was encoded. */
const DELAY_SAMPLES = 1_105;

/**
 * Layer III whose frames follow one another from the first to the last one goes as it is; other layers, and frames with
 * something between them, are for ffmpeg.
 */
export async function recogniseMpegAudio(bytes: ReadableBytes): Promise<(Recognised & { run: FrameRun }) | undefined> {
  const run = await frameRun(bytes, mpegFrames());
  if (!run) return undefined;
  const { first, start, end, samples, channels } = run;
  const index = frameIndex(await bytes.read(start, first.lengthBytes), first.indexOffset);
  const indexed = index ? run.frames - 1 : run.frames;
  const missing = index?.frames === undefined ? 0 : index.frames - indexed;
  const isCertain = first.layer === 3 && run.isSteady && Math.abs(missing) <= MISCOUNTED_FRAMES;
  const played = (samples - (index ? first.samples + index.paddingSamples : 0)) / first.sampleRateHz;
  const isOnlyDelay = !index && played - DELAY_SAMPLES / first.sampleRateHz < MIN_SOUND_SECONDS;
  return {
    run,
    name: first.layer === 3 ? 'MP3' : `MP${first.layer}`,
    source: byteRange(bytes, start, end),
    ...(isCertain && {
      taken: { container: 'mp3', durationSeconds: isOnlyDelay ? 0 : Math.max(0, played), channels },
    }),
    reader: { demuxer: 'mp3', channels, countedSeconds: samples / first.sampleRateHz },
    isCut: run.isCut || missing > Math.max(MISCOUNTED_FRAMES, indexed * 0.02),
  };
}

interface FrameIndex {
  /** Undefined where it does not count them. */
  frames: number | undefined;
  /** What the encoder put in front and behind, and decoders leave out. */
  paddingSamples: number;
}

/** The index that encoders write into the first frame, which holds no sound: Xing, Info, or Fraunhofer's VBRI. */
function frameIndex(frame: Buffer, offset: number): FrameIndex | undefined {
  if (frame.toString('latin1', 36, 40) === 'VBRI' && frame.length >= 54) {
    return { frames: frame.readUInt32BE(50), paddingSamples: 0 };
  }
  const isXing = ['Xing', 'Info'].includes(frame.toString('latin1', offset, offset + 4));
  if (!isXing || frame.length < offset + 12) return undefined;
  const has = frame.readUInt32BE(offset + 4);
  const lame = offset + 8 + (has & 1 ? 4 : 0) + (has & 2 ? 4 : 0) + (has & 4 ? 100 : 0) + (has & 8 ? 4 : 0);
  const isLame = /^(LAME|Lav[cf]|GOGO)/.test(frame.toString('latin1', lame, lame + 4)) && frame.length >= lame + 24;
  const padding = isLame ? frame.readUIntBE(lame + 21, 3) : 0;
  return {
    frames: has & 1 ? frame.readUInt32BE(offset + 8) : undefined,
    paddingSamples: (padding >>> 12) + (padding & 0xfff),
  };
}
