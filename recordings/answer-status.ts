import { ExportError } from '../errors/export-error.ts';

/** What a final HTTP status other than 200 says about a recording. */
export function refusedBy(status: number, retryAfter: string | undefined, now: number): ExportError {
  switch (status) {
    case 404:
      // Also what a link answers that was written before its file is there.
      return new ExportError('recording_expired', { values: { what: 'not found' } });
    case 410:
      return new ExportError('recording_expired');
    case 401:
    case 402:
    case 403:
    case 407:
    case 451:
      return new ExportError('recording_forbidden');
    case 408:
    case 425:
    case 429:
      return unreachable(status, retryAfter, now);
  }
  if (status >= 400 && status < 500) return new ExportError('recording_missing');
  // An empty success is an answer without audio; everything else may heal.
  if (status >= 201 && status <= 205) return new ExportError('recording_not_audio');
  return unreachable(status, retryAfter, now);
}

function unreachable(status: number, retryAfter: string | undefined, now: number): ExportError {
  const retryAfterMs = pauseAsked(retryAfter, now);
  return new ExportError('recording_unreachable', {
    values: { what: `HTTP ${status}` },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** A telephony that asks for hours, or years, is asked again before: patience with a recording is a matter of minutes. */
const MAX_PAUSE_MS = 600_000;

/** Retry-After as milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3). */
function pauseAsked(retryAfter: string | undefined, now: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = /^\d{1,9}$/.test(retryAfter.trim()) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(0, seconds), MAX_PAUSE_MS);
}
