import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { AudioFormat, ReadableBytes } from './audio-format.ts';

/** music-metadata takes what a header claims for true and may read the rest into memory: not of a file this large. */
const MAX_PARSED_BYTES = 128 * 1024 * 1024;
/** Junk behind an honest beginning costs it up to 20 µs a byte, in which the process can do nothing else. */
const MAX_PARSE_MS = 3_000;
const PIECE_BYTES = 16 * 1024;

type Details = Pick<AudioFormat, 'durationSeconds' | 'channels' | 'sampleRateHz'>;

const UNKNOWN: Details = { durationSeconds: undefined, channels: undefined, sampleRateHz: undefined };

/**
 * What music-metadata finds out about a recording that is to be converted, reading all of it where it must (a table of
 * contents at the end, frames to be counted). Nothing where it can't.
 */
export async function readDetails(bytes: ReadableBytes, mimeType: string): Promise<Details> {
  if (bytes.sizeBytes > MAX_PARSED_BYTES) return UNKNOWN;
  // Loaded only here: the formats that pass never need it, and it is large.
  const { parseStream } = await import('music-metadata');
  const stream = Readable.from(whileTimeLasts(bytes), { objectMode: false });
  try {
    const { format } = await parseStream(
      stream,
      { mimeType, size: bytes.sizeBytes },
      { duration: true, skipCovers: true },
    );
    return {
      // Recorders that can't go back to their header leave 0 there.
      durationSeconds: format.duration || undefined,
      channels: format.numberOfChannels,
      sampleRateHz: format.sampleRate,
    };
  } catch {
    return UNKNOWN;
  } finally {
    stream.destroy();
  }
}

async function* whileTimeLasts(bytes: ReadableBytes): AsyncGenerator<Buffer> {
  const until = performance.now() + MAX_PARSE_MS;
  for await (const piece of bytes.chunks()) {
    for (let at = 0; at < piece.length; at += PIECE_BYTES) {
      // Lets everybody else have a turn.
      await setImmediate();
      if (performance.now() > until) throw new Error('took too long');
      yield piece.subarray(at, at + PIECE_BYTES);
    }
  }
}
