import { setTimeout as pause } from 'node:timers/promises';
import { findExportError } from '../errors/export-error.ts';
import type { SpeechSense } from '../speechsense/speechsense.ts';
import type { UploadHooks, UploadRequest, UploadResult } from '../speechsense/upload.ts';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
/** How long a received recording is kept for a SpeechSense that is away; then another attempt receives it again. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Uploads, and tries again in place while SpeechSense is away: the recording is here, and its link may have expired by
 * the time of another attempt. Only after errors that are certain that nothing was stored.
 *
 * @param reopen called before every further try.
 */
export async function uploadWhileAway(
  speechSense: SpeechSense,
  request: UploadRequest,
  hooks: UploadHooks,
  reopen: () => Promise<unknown>,
): Promise<UploadResult> {
  const until = performance.now() + PATIENCE_MS;
  for (let ceilingMs = FIRST_PAUSE_MS; ; ceilingMs = Math.min(ceilingMs * 2, MAX_PAUSE_MS)) {
    try {
      return await speechSense.upload(request, hooks);
    } catch (error) {
      const known = findExportError(error);
      const passes =
        known?.code === 'speechsense_unavailable' ||
        known?.code === 'speechsense_tls_failed' ||
        known?.code === 'speechsense_throttled' ||
        known?.code === 'upload_cut';
      if (!passes || request.signal.aborted || performance.now() > until) throw error;
      // Full jitter, so that lanes which fell together do not come back together.
      await pause(Math.max(known.retryAfterMs ?? 0, Math.random() * ceilingMs), undefined, { signal: request.signal });
      await reopen();
    }
  }
}
