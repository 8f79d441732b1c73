import { ExportError } from '../../errors/export-error.ts';
import { hostTrouble, isHostTrouble, refusedBy } from './answer-status.ts';
import { tokens } from './answer-body.ts';
import { askHop, type HopAnswer, type HopOptions } from './ask-hop.ts';
import { answeredRange } from './content-range.ts';
import { Cookies } from './cookies.ts';
import type { LinkPolicy } from '../links/link-policy.ts';
import { redirected, type SafeLink } from '../links/safe-link.ts';

const MAX_REDIRECTS = 10;
const USER_AGENT = 'speechsense-export/0.1 (amoCRM call recordings to Yandex SpeechSense)';
/** Of a refusal, for what it says of itself. */
const MAX_REFUSAL_BYTES = 8 * 1024;
const REFUSAL_MS = 3_000;

export interface RecordingRequest extends HopOptions {
  policy: LinkPolicy;
  /** Runs a request to a host, or refuses to while the host is to be left alone. */
  watch: (host: string, ask: () => Promise<HopAnswer>) => Promise<HopAnswer>;
}

export interface RecordingAnswer {
  body: AsyncIterable<Buffer>;
  /** As announced, of the body as it is on the wire. */
  contentLength: number | undefined;
  /** What the body was packed with, in the order in which it was. */
  codings: readonly string[];
  contentType: string;
  /** A body that comes to its end is whole: its length was announced, or it comes in chunks. */
  endIsCertain: boolean;
  discard: () => void;
}

/**
 * Asks for a recording and follows up to 10 redirects, each checked like the link itself. Credentials go to the origin
 * that they were given for, cookies to the host that set them; no referrer.
 *
 * @throws ExportError `recording_…`, without the link.
 */
export async function requestRecording(link: SafeLink, request: RecordingRequest): Promise<RecordingAnswer> {
  const cookies = new Cookies();
  let next = link;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const { url } = next;
    const answer = await request.watch(url.host, () => ask(next, cookies.for(url), request));
    const { status, all } = answer.head;
    cookies.take(url, all('set-cookie'));
    const [location] = all('location');
    if (REDIRECTS.has(status) && location !== undefined) {
      // Nothing of its body is wanted, and a hostile one has no end.
      answer.discard();
      next = redirected(next, location, request.policy);
    } else {
      return await recordingIn(answer);
    }
  }
  throw new ExportError('recording_unreachable', { values: { what: 'too many redirects' }, isLasting: true });
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

async function ask(
  { url, authorization }: SafeLink,
  cookie: string | undefined,
  request: RecordingRequest,
): Promise<HopAnswer> {
  const answer = await askHop(
    url,
    {
      accept: 'audio/*, */*;q=0.5',
      'accept-encoding': 'identity',
      'user-agent': USER_AGENT,
      connection: 'keep-alive',
      ...(authorization !== undefined && { authorization }),
      ...(cookie !== undefined && { cookie }),
    },
    request,
  );
  const { status, all } = answer.head;
  if (!isHostTrouble(status)) return answer;
  answer.discard();
  throw hostTrouble(status, all('retry-after')[0], Date.now());
}

/** @throws ExportError for an answer that holds no recording, or a part of one. */
async function recordingIn(answer: HopAnswer): Promise<RecordingAnswer> {
  const { head, framing, body, discard } = answer;
  const range = head.status === 206 ? answeredRange(head.all('content-range')[0]) : undefined;
  if (range && !range.isWhole) {
    discard();
    throw new ExportError('recording_truncated');
  }
  if (!range && ![200, 201, 203].includes(head.status)) {
    throw refusedBy({ status: head.status, text: await beginningOf(answer) });
  }
  return {
    body,
    contentLength: framing.lengthBytes ?? range?.sizeBytes,
    codings: [...tokens(head.all('content-encoding')), ...framing.codings],
    contentType: head.all('content-type')[0] ?? '',
    endIsCertain: framing.kind !== 'until-close' || range !== undefined,
    discard,
  };
}

/** As much of the body as tells why there is no recording. */
async function beginningOf({ body, discard }: HopAnswer): Promise<string> {
  const parts: Buffer[] = [];
  let left = MAX_REFUSAL_BYTES;
  const timer = setTimeout(discard, REFUSAL_MS);
  try {
    for await (const bytes of body) {
      parts.push(bytes.subarray(0, left));
      left -= bytes.length;
      if (left <= 0) break;
    }
  } catch {
    // Cut short, it may have told enough.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(parts).toString('utf8');
}
