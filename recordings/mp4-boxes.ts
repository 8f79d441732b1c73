import type { ReadableBytes } from './audio-format.ts';

const MAX_BOXES = 10_000;

/** Whether an MP4's outermost boxes (ISO/IEC 14496-12, 4.2) go on behind its end. */
export async function isMp4Truncated(bytes: ReadableBytes): Promise<boolean> {
  let offset = 0;
  for (let box = 0; box < MAX_BOXES && offset < bytes.sizeBytes; box++) {
    const header = await bytes.read(offset, 16);
    if (header.length < 8) return true;
    const size = header.readUInt32BE(0);
    // To the end of the file, however far that is.
    if (size === 0) return false;
    if (size === 1 && header.length < 16) return true;
    const length = size === 1 ? Number(header.readBigUInt64BE(8)) : size;
    if (length < 8) return false;
    offset += length;
  }
  return offset > bytes.sizeBytes;
}
