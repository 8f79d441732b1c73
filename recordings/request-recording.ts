import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { ExportError, findExportError } from '../errors/export-error.ts';
import { refusedBy } from './answer-status.ts';
import { errorCode } from './error-code.ts';
import type { LinkPolicy } from './link-policy.ts';
import { safeLink, type SafeLink } from './safe-link.ts';

const MAX_REDIRECTS = 5;
const USER_AGENT = 'speechsense-export/0.1 (amoCRM call recordings to Yandex SpeechSense)';

export interface RecordingRequest {
  dispatcher: Dispatcher;
  policy: LinkPolicy;
  firstByteMs: number;
  stallMs: number;
  signal: AbortSignal;
}

export interface RecordingAnswer {
  body: Readable;
  /** As announced, of the body as it is on the wire. */
  contentLength: number | undefined;
  contentEncoding: string;
  contentType: string;
  /** A body that comes to its end is whole: its length was announced, or it comes in chunks or packed. */
  endIsCertain: boolean;
}

/**
 * Asks for a recording and follows up to 5 redirects, each checked like the link itself. Credentials go to the origin
 * that they were given for; no cookies, no referrer.
 *
 * @throws ExportError `recording_…`, without the link.
 */
export async function requestRecording(link: SafeLink, request: RecordingRequest): Promise<RecordingAnswer> {
  let next = link;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const { statusCode, headers, body } = await send(next, request);
    const location = headers.location;
    if (statusCode === 200) {
      return {
        body,
        contentLength: lengthOf(headers['content-length']),
        contentEncoding: String(headers['content-encoding'] ?? 'identity').toLowerCase(),
        contentType: String(headers['content-type'] ?? ''),
        endIsCertain: ['content-length', 'transfer-encoding'].some((name) => headers[name] !== undefined),
      };
    }
    // Nothing of it is wanted; the connection goes with it, since a hostile body may have no end.
    body.on('error', () => undefined).destroy();
    const isRedirect = [301, 302, 303, 307, 308].includes(statusCode) && typeof location === 'string';
    if (!isRedirect) throw refusedBy(statusCode, first(headers['retry-after']), Date.now());
    next = redirected(next, location, request.policy);
  }
  throw new ExportError('recording_unreachable', { values: { what: 'too many redirects' } });
}

async function send({ url, authorization }: SafeLink, request: RecordingRequest): Promise<Dispatcher.ResponseData> {
  try {
    return await request.dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: {
        accept: 'audio/*, */*;q=0.5',
        'accept-encoding': 'identity',
        'user-agent': USER_AGENT,
        ...(authorization && { authorization }),
      },
      headersTimeout: request.firstByteMs,
      bodyTimeout: request.stallMs,
      signal: request.signal,
    });
  } catch (error) {
    throw unreachable(error);
  }
}

function redirected(from: SafeLink, location: string, policy: LinkPolicy): SafeLink {
  const to = safeLink(location, policy, from.url);
  const authorization = to.authorization ?? (to.url.origin === from.url.origin ? from.authorization : undefined);
  return { url: to.url, authorization };
}

/** A failed connection or a missing answer. The cause is named by its code only: messages may quote the link. */
export function unreachable(error: unknown): Error {
  const known = findExportError(error);
  if (known) return known;
  return new ExportError('recording_unreachable', { values: { what: errorCode(error) ?? 'connection failed' } });
}

/** Whether the other side went silent in the middle of the body. */
export function isStall(error: unknown): boolean {
  return errorCode(error) === 'UND_ERR_BODY_TIMEOUT';
}

function lengthOf(header: string | string[] | undefined): number | undefined {
  const length = first(header);
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
