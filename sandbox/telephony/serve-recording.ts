import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createGzip } from 'node:zlib';

import { wantedBytes } from './byte-range.ts';
import type { DownloadLog } from './download-log.ts';
import { LIE_ANSWERS } from './lies.ts';
import { readRange, type RecordingFile } from './recording.ts';
import { paceOf, sendBody } from './send-body.ts';
import type { TelephonyAction } from './telephony-fault.ts';

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
  const { from, to } = wanted.kind === 'part' ? wanted : { from: 0, to: file.sizeBytes };
  response.setHeader('content-type', fault?.kind === 'content-type' ? fault.contentType : file.contentType);
  response.setHeader('accept-ranges', 'bytes');
  if (wanted.kind === 'part') {
    response.statusCode = 206;
    response.setHeader('content-range', `bytes ${from}-${to - 1}/${file.sizeBytes}`);
  }
  if (hasLength(fault)) response.setHeader('content-length', to - from);
  if (fault?.kind === 'gzip') response.setHeader('content-encoding', 'gzip');
  if (fault?.kind === 'cut' && fault.framing === 'until-close') closeDelimited(response);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }

  const stopAt = fault?.kind === 'cut' || fault?.kind === 'stall' ? Math.min(to, from + fault.afterBytes) : to;
  const gzip = fault?.kind === 'gzip' ? createGzip() : undefined;
  gzip?.pipe(response);
  const target = gzip ?? response;
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
  return fault?.kind !== 'gzip' && fault?.kind !== 'no-length';
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
