import type { EncodedFormat, PlainFormat, RecordingFormat } from '../recording-formats.ts';

/** A recording of a call in the sandbox's world, by its length in seconds or, of a plain format, its exact size. */
export type Recording =
  { worldId: string; format: RecordingFormat; talkSeconds: number; sizeBytes?: never } | SizedRecording;

interface SizedRecording {
  worldId: string;
  format: PlainFormat;
  sizeBytes: number;
  talkSeconds?: never;
}

export type PlainRecording =
  { worldId: string; format: PlainFormat; talkSeconds: number; sizeBytes?: never } | SizedRecording;

export interface EncodedRecording {
  worldId: string;
  format: EncodedFormat;
  talkSeconds: number;
}

/** Part of a file: bytes as they are, or bytes that repeat up to a size. */
type Part = Buffer | { loop: Buffer; sizeBytes: number };

/** A recording's file: small parts of its own, large ones shared by all files of its format. */
export interface RecordingFile {
  contentType: string;
  sizeBytes: number;
  parts: Part[];
}

/** Makes a file of parts. */
export function fileOf(contentType: string, parts: Part[]): RecordingFile {
  return { contentType, parts, sizeBytes: parts.reduce((sum, part) => sum + sizeOf(part), 0) };
}

/** The bytes from `from` up to, not including, `to`; slices of shared memory, not to be written to. */
export function* readRange(file: RecordingFile, from: number, to: number): Generator<Buffer> {
  let start = 0;
  for (const part of file.parts) {
    const end = start + sizeOf(part);
    if (from < end && to > start) yield* readPart(part, Math.max(from, start) - start, Math.min(to, end) - start);
    start = end;
  }
}

function* readPart(part: Part, from: number, to: number): Generator<Buffer> {
  if (!('loop' in part)) {
    yield part.subarray(from, to);
    return;
  }
  const { loop } = part;
  for (let at = from; at < to;) {
    const inLoop = at % loop.length;
    const piece = loop.subarray(inLoop, inLoop + to - at);
    yield piece;
    at += piece.length;
  }
}

function sizeOf(part: Part): number {
  return 'loop' in part ? part.sizeBytes : part.length;
}

/** Repeats bytes up to about 1 MiB, so that a large file is few writes. */
export function tile(bytes: Buffer): Buffer {
  const times = Math.max(1, Math.round((1024 * 1024) / bytes.length));
  return Buffer.concat(Array.from({ length: times }, () => bytes));
}
