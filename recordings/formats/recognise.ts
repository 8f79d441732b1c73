import type { ReadableBytes, Recognised } from './audio-format.ts';
import { byteRange } from '../http/byte-range.ts';
import { recogniseContainer } from './containers.ts';
import { recogniseDeclared } from './declared-samples.ts';
import { isBlankOrText, recogniseFrames, recogniseGsm } from './mpeg/frame-streams.ts';
import { behindTags } from './mpeg/id3.ts';
import { isText, TEXT_HEAD_BYTES } from './text.ts';

/** Archives and documents may hold whole recordings, and are none. */
const NO_RECORDINGS = ['PK\x03\x04', '%PDF', 'Rar!', '7z\xbc\xaf', '\x1f\x8b'];
/** By what a container is found that does not begin where it should. */
const CONTAINERS = [
  ...['RIFF', 'RIFX', 'RF64', 'BW64', 'OggS', '#!AMR', 'fLaC', '\x1a\x45\xdf\xa3'].map((magic) => ({ magic, at: 0 })),
  { magic: 'ftyp', at: 4 },
];

/**
 * What a recording is by its bytes; names lie, and so do content types. What SpeechSense takes for certain is `taken`;
 * the rest is for ffmpeg to judge. Undefined: certainly no audio (HTML, JSON, text, nothing).
 *
 * @param contentType looked at only where the bytes have nothing to say: samples without any header.
 */
export async function recognise(bytes: ReadableBytes, contentType = ''): Promise<Recognised | undefined> {
  const tagBytes = await behindTags(bytes);
  const behind = byteRange(bytes, tagBytes);
  const head = await behind.read(0, TEXT_HEAD_BYTES);
  if (head.length === 0 || NO_RECORDINGS.some((magic) => head.toString('latin1', 0, magic.length) === magic)) {
    return undefined;
  }
  const container = await recogniseContainer(behind);
  if (container) return container;
  const frames = await recogniseFrames(bytes, tagBytes);
  if (frames) return frames;
  const hidden = await behindJunk(behind, head);
  if (hidden) return hidden;
  if (isText(head, behind.sizeBytes <= TEXT_HEAD_BYTES)) return undefined;
  return (
    (await recogniseDeclared(behind, contentType)) ??
    (await recogniseGsm(behind)) ?? { name: undefined, source: behind, isCut: false }
  );
}

/** A container behind a line feed, a warning of a script, or zeros. */
async function behindJunk(bytes: ReadableBytes, head: Buffer): Promise<Recognised | undefined> {
  const found = CONTAINERS.map(({ magic, at }) => head.indexOf(magic, at, 'latin1') - at).filter((start) => start > 0);
  for (const start of found.sort((one, other) => one - other)) {
    if (await isBlankOrText(bytes, start)) return recogniseContainer(byteRange(bytes, start));
  }
  return undefined;
}
