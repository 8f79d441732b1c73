import type { ReadableBytes } from '../audio-format.ts';

const MAX_TAGS = 4;
const HEADER_BYTES = 10;

/** ID3v2 tags stand in front of MP3, and of anything that a tagger took for it. Answers where they end. */
export async function behindTags(bytes: ReadableBytes): Promise<number> {
  let start = 0;
  for (let tags = 0; tags < MAX_TAGS; tags++) {
    const tag = await bytes.read(start, HEADER_BYTES);
    if (tag.length < HEADER_BYTES || tag.toString('latin1', 0, 3) !== 'ID3') break;
    const [a, b, c, d] = [tag.readUInt8(6), tag.readUInt8(7), tag.readUInt8(8), tag.readUInt8(9)];
    const footerBytes = tag.readUInt8(5) & 0x10 ? HEADER_BYTES : 0;
    start += HEADER_BYTES + (((a & 0x7f) << 21) | ((b & 0x7f) << 14) | ((c & 0x7f) << 7) | (d & 0x7f)) + footerBytes;
  }
  // A tag that claims more than there is lies about its size only.
  return start < bytes.sizeBytes ? start : Math.min(HEADER_BYTES, start);
}
