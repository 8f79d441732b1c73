import type { AudioFormat, ReadableBytes } from './audio-format.ts';
import { isAmr, recogniseAmr } from './amr.ts';
import { recogniseHeaderless } from './headerless.ts';
import { recogniseMp3 } from './mp3.ts';
import { isOgg, recogniseOgg } from './ogg.ts';
import { recogniseOther } from './other-formats.ts';
import { isWav, recogniseWav } from './wav.ts';

const HEAD_BYTES = 512;
const MAX_TAGS = 4;

/**
 * What a recording is by its bytes; names lie, and so do content types. Undefined: not audio (HTML, JSON, nothing,
 * anything else).
 *
 * @param contentType looked at only where the bytes have nothing to say: samples without any header.
 */
export async function recognise(bytes: ReadableBytes, contentType = ''): Promise<AudioFormat | undefined> {
  const start = await behindTags(bytes);
  const head = await bytes.read(start, HEAD_BYTES);
  if (head.length === 0) return undefined;
  if (isWav(head)) return behindTag(start, await recogniseWav(bytes, start));
  if (isOgg(head)) return behindTag(start, await recogniseOgg(bytes, start));
  if (isAmr(head)) return recogniseAmr(bytes, start);
  return (
    (await recogniseOther(bytes, start)) ??
    (await recogniseMp3(bytes, start)) ??
    recogniseHeaderless(head, bytes, contentType)
  );
}

/** Whether SpeechSense finds a WAV or an Ogg behind a tag is not known; ffmpeg does, and leaves the tag away. */
function behindTag(start: number, format: AudioFormat | undefined): AudioFormat | undefined {
  return start > 0 && format ? { ...format, container: undefined } : format;
}

/** ID3v2 tags stand in front of MP3, and of anything that a tagger took for it. */
async function behindTags(bytes: ReadableBytes): Promise<number> {
  let start = 0;
  for (let tags = 0; tags < MAX_TAGS; tags++) {
    const tag = await bytes.read(start, 10);
    if (tag.length < 10 || tag.toString('latin1', 0, 3) !== 'ID3') break;
    const [a, b, c, d] = [tag.readUInt8(6), tag.readUInt8(7), tag.readUInt8(8), tag.readUInt8(9)];
    const footerBytes = tag.readUInt8(5) & 0x10 ? 10 : 0;
    start += 10 + (((a & 0x7f) << 21) | ((b & 0x7f) << 14) | ((c & 0x7f) << 7) | (d & 0x7f)) + footerBytes;
  }
  return start;
}
