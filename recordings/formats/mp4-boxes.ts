import type { ReadableBytes } from './audio-format.ts';

const MAX_BOXES = 10_000;
/** What holds the sound and its description; by other names anything may stand behind the end. */
const BOXES = ['ftyp', 'moov', 'mdat', 'moof'];

/** Whether an MP4's outermost boxes (ISO/IEC 14496-12, 4.2) go on behind its end. */
export async function isMp4Cut(bytes: ReadableBytes): Promise<boolean> {
  let offset = 0;
  for (let box = 0; box < MAX_BOXES && offset + 8 <= bytes.sizeBytes; box++) {
    const header = await bytes.read(offset, 16);
    const size = header.readUInt32BE(0);
    // To the end of the file, however far that is.
    if (size === 0) return false;
    const length = size === 1 && header.length === 16 ? Number(header.readBigUInt64BE(8)) : size;
    if (length < 8) return false;
    if (offset + length > bytes.sizeBytes) return BOXES.includes(header.toString('latin1', 4, 8));
    offset += length;
  }
  return false;
}
