import type { ReadableBytes } from '../audio-format.ts';

const MAX_CHUNKS = 10_000;
const MAX_FORMAT_BYTES = 1_024;
/** More than the largest honest size: what recorders write that can't go back to fill it in. */
const UNKNOWN_SIZE = 0x7fff0000;

export interface WavChunks {
  isBigEndian: boolean;
  /** Every chunk stands where the one before it ends. */
  isRegular: boolean;
  /** What the outermost header says that the file has behind it. */
  claimedFileBytes: number;
  /** As it stands there. */
  format: Buffer;
  /** Undefined where there is none. */
  data: { start: number; claimedBytes: number | undefined } | undefined;
}

const FORMS = ['RIFF', 'RIFX', 'RF64', 'BW64'];

export function isWav(head: Buffer): boolean {
  return FORMS.includes(head.toString('latin1', 0, 4)) && head.toString('latin1', 8, 12) === 'WAVE';
}

/** Finds the description and the sound, in whichever order; undefined without a description. */
export async function wavChunks(bytes: ReadableBytes): Promise<WavChunks | undefined> {
  const head = await bytes.read(0, 12);
  const isBigEndian = head.toString('latin1', 0, 4) === 'RIFX';
  const sizeOf = (header: Buffer) => (isBigEndian ? header.readUInt32BE(4) : header.readUInt32LE(4));
  let format: Buffer | undefined;
  let data: WavChunks['data'];
  let longData: number | undefined;
  let isRegular = true;
  let offset = 12;
  for (let chunk = 0; chunk < MAX_CHUNKS && !(format && data); chunk++) {
    const header = await bytes.read(offset, 8);
    if (header.length < 8) break;
    const id = header.toString('latin1', 0, 4);
    const size = sizeOf(header);
    const start = offset + 8;
    if (id === 'fmt ') format = await bytes.read(start, Math.min(size, MAX_FORMAT_BYTES));
    if (id === 'ds64' && size >= 16) longData = Number((await bytes.read(start + 8, 8)).readBigUInt64LE());
    if (id === 'data') data = { start, claimedBytes: await claimed(bytes, start, size, longData) };
    offset = start + size + (size % 2);
    // Some writers do not pad a chunk of odd size.
    if (size % 2 === 1 && !isChunkId(await bytes.read(offset, 4)) && isChunkId(await bytes.read(offset - 1, 4))) {
      offset--;
      isRegular = false;
    }
  }
  if (!format || format.length < 16) return undefined;
  return { isBigEndian, isRegular, claimedFileBytes: sizeOf(head), format, data };
}

/** Undefined where the size was never filled in. */
async function claimed(bytes: ReadableBytes, start: number, size: number, longSize: number | undefined) {
  if (size === 0xffffffff && longSize !== undefined && longSize > 0) return longSize;
  if (size === 0) return (await isChunksToTheEnd(bytes, start)) ? 0 : undefined;
  return size < UNKNOWN_SIZE || size <= bytes.sizeBytes - start ? size : undefined;
}

/** A size of 0 is the truth where nothing but other chunks follow. */
async function isChunksToTheEnd(bytes: ReadableBytes, start: number): Promise<boolean> {
  let offset = start;
  for (let chunk = 0; chunk < MAX_CHUNKS && offset < bytes.sizeBytes; chunk++) {
    const header = await bytes.read(offset, 8);
    if (header.length < 8 || !isChunkId(header)) return false;
    const size = header.readUInt32LE(4);
    offset += 8 + size + (size % 2);
  }
  return offset >= bytes.sizeBytes && offset <= bytes.sizeBytes + 1;
}

function isChunkId(bytes: Buffer): boolean {
  return /^[A-Za-z0-9 _-]{4}/.test(bytes.toString('latin1', 0, 4));
}
