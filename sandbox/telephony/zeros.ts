import type { ServerResponse } from 'node:http';
import { type Writable, pipeline } from 'node:stream';

import { type Coding, encoderOf, nameOf } from './coding.ts';
import { sendBody } from './send-body.ts';

const PIECE = Buffer.alloc(1024 * 1024);

/** Zeros behind a compression: few bytes on the wire. */
export async function sendBomb(response: ServerResponse, coding: Coding, sizeBytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-encoding': nameOf(coding) });
  const encoder = encoderOf(coding);
  pipeline(encoder, response, () => undefined);
  await sendZeros(encoder, sizeBytes);
}

/** More zeros than a client should take. */
export async function sendFlood(
  response: ServerResponse,
  sizeBytes: number,
  framing: 'length' | 'chunked',
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'audio/mpeg',
    ...(framing === 'length' ? { 'content-length': sizeBytes } : {}),
  });
  await sendZeros(response, sizeBytes);
}

async function sendZeros(target: Writable, sizeBytes: number): Promise<void> {
  await sendBody(target, pieces(sizeBytes), () => undefined);
  if (!target.destroyed) target.end();
}

function* pieces(sizeBytes: number): Generator<Buffer> {
  for (let left = sizeBytes; left > 0; left -= PIECE.length) yield PIECE.subarray(0, left);
}
