import { ExportError } from '../../errors/export-error.ts';
import { emptyAnswer } from '../http/answer-status.ts';
import { decodedBody } from '../http/decoded-body.ts';
import type { RecordingAnswer } from '../http/request-recording.ts';
import { SilentSocket } from '../http/socket-reader.ts';
import type { StoredBytes } from './stored-bytes.ts';

/**
 * Receives the body to its end.
 *
 * @throws ExportError `recording_too_large`, `recording_truncated`, `recording_unreachable` (it fell silent),
 * `recording_not_audio` (it is empty).
 */
export async function storeWhole(
  { body, contentLength, codings, discard }: RecordingAnswer,
  store: StoredBytes,
  maxBytes: number,
  onProgress?: (bytes: number) => void,
): Promise<void> {
  const tooLarge = () => new ExportError('recording_too_large', { values: { maxBytes } });
  if (contentLength !== undefined && contentLength > maxBytes) {
    discard();
    throw tooLarge();
  }
  let wireBytes = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const bytes of body) {
      wireBytes += bytes.length;
      yield bytes;
    }
    // A part of a file that ends with its connection may have less than it said.
    if (wireBytes < (contentLength ?? 0)) throw new ExportError('recording_truncated');
  }
  try {
    for await (const bytes of decodedBody(counted(), codings, maxBytes)) {
      await store.append(bytes);
      onProgress?.(store.sizeBytes);
    }
  } catch (error) {
    throw brokenOff(error);
  }
  if (store.sizeBytes === 0) throw emptyAnswer();
  await store.complete();
}

/** What a body that did not come to its end means. */
function brokenOff(error: unknown): unknown {
  if (error instanceof ExportError) return error;
  if (error instanceof SilentSocket) return new ExportError('recording_unreachable', { values: { what: error.code } });
  // Too little for its Content-Length, no last chunk, a reset, half a gzip: all of them are half a recording.
  return new ExportError('recording_truncated');
}
