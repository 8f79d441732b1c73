import { ExportError } from '../../errors/export-error.ts';

/**
 * What telephonies answer as long as the file behind a new link is not there, but also for other reasons: of a recent
 * call it is waited out, of an old one the code is the reason.
 */
function notThereYet(code: 'recording_expired' | 'recording_forbidden' | 'recording_missing' | 'recording_not_audio') {
  return new ExportError(code, { values: { what: NOT_FOUND } });
}

const NOT_FOUND = 'not found';

/** Whether the recording may come yet, if its call is a recent one. */
export function mayComeYet({ code, values }: ExportError): boolean {
  return code.startsWith('recording_') && values.what === NOT_FOUND;
}

/** A success without a recording: it is being made, or there is none. */
export function emptyAnswer(): ExportError {
  return notThereYet('recording_not_audio');
}

/** A final answer that is no recording, as far as it tells anything. */
export interface Refusal {
  status: number;
  /** The beginning of its body. */
  text: string;
}

/** Statuses that say something of the whole host: it is down, or wants to be left alone. */
export function isHostTrouble(status: number): boolean {
  return status === 429 || status >= 500;
}

/** @param now in milliseconds since 1970. */
export function hostTrouble(status: number, retryAfter: string | undefined, now: number): ExportError {
  const retryAfterMs = pauseAsked(retryAfter, now);
  return new ExportError('recording_unreachable', {
    values: { what: `HTTP ${status}` },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** What an answer without a recording says about it. */
export function refusedBy({ status, text }: Refusal): ExportError {
  if (status !== 404 && status >= 400 && tellsExpiry(text)) return new ExportError('recording_expired');
  switch (status) {
    case 404:
      // Also what a link answers that was written before its file is there, whatever words come with it.
      return notThereYet('recording_expired');
    case 410:
      return new ExportError('recording_expired');
    case 403:
      // S3 says so of a file that is not there, to those who may not list the others.
      return accessDenied(text) ? notThereYet('recording_forbidden') : new ExportError('recording_forbidden');
    case 401:
    case 402:
    case 407:
    case 451:
      return new ExportError('recording_forbidden');
    case 409:
    case 423:
      return notThereYet('recording_missing');
    case 408:
    case 425:
      return new ExportError('recording_unreachable', { values: { what: `HTTP ${status}` } });
  }
  if (status >= 400 && status < 500) return new ExportError('recording_missing');
  if (status >= 200 && status <= 205) return emptyAnswer();
  return new ExportError('recording_unreachable', { values: { what: `HTTP ${status}` } });
}

const WHAT =
  '(?:key|link|url|uri|request|token|signature|policy|ticket|credentials?|session|access|ссылк\\p{L}*|срок\\p{L}*)';
const EXPIRED = '(?:expired|истек\\p{L}*|истёк|просрочен\\p{L}*|устарел\\p{L}*)';
/**
 * S3 and its like ("Request has expired", ExpiredToken), Azure ("not valid in the specified time frame"), telephonies
 * ("KEY_IS_EXPIRED", «Срок действия ссылки истёк»). Not "may have expired", which pages for 404 say of anything.
 */
const TELLS_EXPIRY = new RegExp(
  `${WHAT}[\\s_-]*(?:(?:has|have|is|was|already|been|действия|ссылки|уже)[\\s_-]*)*${EXPIRED}|expired[\\s_-]*${WHAT}|not valid in the specified time frame`,
  'iu',
);

function tellsExpiry(text: string): boolean {
  return TELLS_EXPIRY.test(text);
}

function accessDenied(text: string): boolean {
  return /<Code>\s*AccessDenied\s*<\/Code>|"code"\s*:\s*"AccessDenied"/i.test(text);
}

/** A telephony that asks for hours, or years, is asked again before: patience with a recording is a matter of minutes. */
const MAX_PAUSE_MS = 600_000;

/** Retry-After as milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3). */
function pauseAsked(retryAfter: string | undefined, now: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = /^\d{1,9}$/.test(retryAfter.trim()) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(0, seconds), MAX_PAUSE_MS);
}
