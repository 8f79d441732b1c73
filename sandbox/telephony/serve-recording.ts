import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Writable } from 'node:stream';

import { wantedBytes } from './byte-range.ts';
import { type Coding, encoderOf } from './coding.ts';
import type { DownloadLog } from './download-log.ts';
import { LIE_ANSWERS } from './lies.ts';
import { readRange, type RecordingFile } from './recording.ts';
import { redirectOn } from './redirects.ts';
import { paceOf, sendBody } from './send-body.ts';
import type { TelephonyAction } from './telephony-fault.ts';
import { sendOddly } from './send-oddly.ts';
import { halfOf, setStatus } from './unasked-status.ts';
import { sendBomb, sendFlood } from './zeros.ts';

/** Answers with a recording, or as the fault wants it. */
export async function serveRecording(
  request: IncomingMessage,
  response: ServerResponse,
  file: RecordingFile,
  log: DownloadLog,
  fault: TelephonyAction | undefined,
): Promise<void> {
  switch (fault?.kind) {
    case 'lie': {
      const { status, contentType, body } = LIE_ANSWERS[fault.lie];
      answer(response, status, { 'content-type': contentType }, body);
      return;
    }
    case 'answer':
      answer(response, fault.status, fault.headers, fault.body);
      return;
    case 'unavailable':
      answer(response, 503, { 'retry-after': String(fault.retryAfterSeconds) }, 'Service Unavailable');
      return;
    case 'redirect':
      answer(response, 302, { location: fault.to }, '');
      return;
    case 'redirect-loop':
      answer(response, 302, { location: nextHop(request.url ?? '/') }, '');
      return;
    case 'redirects':
      if (redirectOn(request, response, fault)) return;
      break;
    case 'bomb':
      await sendBomb(response, fault.coding, fault.sizeBytes);
      return;
    case 'flood':
      await sendFlood(response, fault.sizeBytes, fault.framing);
      return;
    case 'odd-head':
      await sendOddly(request, file, log, fault.head);
      return;
    case 'not-http':
      request.socket.end('220 pbx ESMTP ready\r\n');
      return;
    case 'drop':
      request.socket.destroy();
      return;
    case 'silence':
      return;
    case 'first-byte':
      await wait(fault.delayMs, undefined, { ref: false });
      break;
    case undefined:
    default:
  }
  await sendRecording(request, response, file, log, fault);
}

async function sendRecording(
  request: IncomingMessage,
  response: ServerResponse,
  file: RecordingFile,
  log: DownloadLog,
  fault: TelephonyAction | undefined,
): Promise<void> {
  const wanted = wantedBytes(request.headers.range, file.sizeBytes);
  if (wanted.kind === 'unsatisfiable') {
    answer(response, 416, { 'content-range': `bytes */${file.sizeBytes}` }, '');
    return;
  }
  const sizeBytes = fault?.kind === 'status' && fault.range === 'half' ? halfOf(file.sizeBytes) : file.sizeBytes;
  const { from, to } = wanted.kind === 'part' ? wanted : { from: 0, to: sizeBytes };
  response.setHeader('content-type', fault?.kind === 'content-type' ? fault.contentType : file.contentType);
  response.setHeader('accept-ranges', 'bytes');
  if (wanted.kind === 'part') {
    response.statusCode = 206;
    response.setHeader('content-range', `bytes ${from}-${to - 1}/${file.sizeBytes}`);
  }
  if (fault?.kind === 'status') setStatus(response, fault, file.sizeBytes);
  if (hasLength(fault)) response.setHeader('content-length', to - from);
  const encoding = encodingOf(fault);
  if (encoding.says.length > 0) response.setHeader('content-encoding', encoding.says);
  if (fault?.kind === 'cut' && fault.framing === 'until-close') closeDelimited(response);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }

  const stopAt = fault?.kind === 'cut' || fault?.kind === 'stall' ? Math.min(to, from + fault.afterBytes) : to;
  const target = encoding.is.reduceRight<Writable>((outer, coding) => {
    const encoder = encoderOf(coding);
    encoder.pipe(outer);
    return encoder;
  }, response);
  const pace = fault?.kind === 'slow' ? paceOf(fault.bytesPerSecond) : fault?.kind === 'drip' ? fault : undefined;
  // Headers go out with the first bytes; a body that stops at once needs them sent by themselves.
  response.flushHeaders();
  await sendBody(target, readRange(file, from, stopAt), (bytes) => log.sent(bytes), pace);
  if (response.destroyed || fault?.kind === 'stall') return;
  if (fault?.kind === 'cut' && stopAt < to) {
    cutConnection(request, response, fault.framing);
    return;
  }
  log.completed();
  target.end();
}

/** The bytes written so far still arrive; what follows is an end that was not announced. */
function cutConnection(
  request: IncomingMessage,
  response: ServerResponse,
  framing: 'length' | 'chunked' | 'until-close',
): void {
  if (framing === 'until-close') response.end();
  else request.socket.end();
}

function hasLength(fault: TelephonyAction | undefined): boolean {
  if (fault?.kind === 'cut') return fault.framing === 'length';
  if (fault?.kind === 'encoded') return fault.is.length === 0;
  return fault?.kind !== 'gzip' && fault?.kind !== 'no-length';
}

function encodingOf(fault: TelephonyAction | undefined): { says: string[]; is: Coding[] } {
  if (fault?.kind === 'encoded') return fault;
  return fault?.kind === 'gzip' ? { says: ['gzip'], is: ['gzip'] } : { says: [], is: [] };
}

/** HTTP/1.0's way: the body ends with the connection. */
function closeDelimited(response: ServerResponse): void {
  response.useChunkedEncodingByDefault = false;
  response.shouldKeepAlive = false;
}

function answer(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

function nextHop(path: string): string {
  const url = new URL(path, 'http://telephony');
  url.searchParams.set('hop', String(Number(url.searchParams.get('hop') ?? 0) + 1));
  return `${url.pathname}${url.search}`;
}
