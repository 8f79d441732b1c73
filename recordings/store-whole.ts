import { ExportError } from '../errors/export-error.ts';
import { decodedBody } from './decoded-body.ts';
import { isStall, type RecordingAnswer, unreachable } from './request-recording.ts';
import type { StoredBytes } from './stored-bytes.ts';

/**
 * Receives the body to its end.
 *
 * @throws ExportError `recording_too_large`, `recording_truncated`, `recording_unreachable` (it fell silent).
 */
export async function storeWhole(
  { body, contentLength, contentEncoding }: RecordingAnswer,
  store: StoredBytes,
  maxBytes: number,
  onProgress?: (bytes: number) => void,
): Promise<void> {
  const tooLarge = () => new ExportError('recording_too_large', { values: { maxBytes } });
  if (contentLength !== undefined && contentLength > maxBytes) {
    body.on('error', () => undefined).destroy();
    throw tooLarge();
  }
  try {
    for await (const bytes of decodedBody(body, contentEncoding)) {
      if (store.sizeBytes + bytes.length > maxBytes) throw tooLarge();
      await store.append(bytes);
      onProgress?.(store.sizeBytes);
    }
  } catch (error) {
    throw brokenOff(error);
  }
  await store.complete();
}

/** What a body that did not come to its end means. */
function brokenOff(error: unknown): unknown {
  if (error instanceof ExportError) return error;
  if (isStall(error)) return unreachable(error);
  // Too little for its Content-Length, no last chunk, a reset, half a gzip: all of them are half a recording.
  return new ExportError('recording_truncated');
}
