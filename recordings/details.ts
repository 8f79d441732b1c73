import { Readable } from 'node:stream';
import type { AudioFormat, ReadableBytes } from './audio-format.ts';

/** music-metadata takes what a header claims for true and may read the rest into memory: not of a file this large. */
const MAX_PARSED_BYTES = 128 * 1024 * 1024;

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
  const stream = Readable.from(bytes.chunks(), { objectMode: false });
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
