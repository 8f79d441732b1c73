import { createHash } from 'node:crypto';
import { fileOf, type RecordingFile } from './recording.ts';

const FRAMES_PER_SECOND = 50;
/** 12.2 kbit/s: header byte and 31 bytes of speech (RFC 4867 §5.3). */
const FRAME_HEADER = 0x3c;
const SPEECH_BYTES = 31;

/** An AMR recording, one channel: no free encoder is at hand, and a decoder makes a sound of any bits. */
export function amrFile(worldId: string, talkSeconds: number): RecordingFile {
  const speech = createHash('sha256').update(worldId).digest().subarray(0, SPEECH_BYTES);
  const frame = Buffer.concat([Buffer.from([FRAME_HEADER]), speech]);
  const frames = Math.max(1, Math.round(talkSeconds * FRAMES_PER_SECOND));
  return fileOf('audio/amr', [Buffer.from('#!AMR\n'), { loop: frame, sizeBytes: frames * frame.length }]);
}
