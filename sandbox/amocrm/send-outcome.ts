import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './answers.ts';
import type { Outcome } from './reception.ts';

/** Sends the answer, or does to the connection what was decided instead of one. */
export async function sendOutcome(response: ServerResponse, outcome: Outcome): Promise<void> {
  switch (outcome) {
    case 'reset':
    case 'dropped':
      response.destroy();
      return;
    case 'hang':
      return;
    case 'endless':
      await pourForever(response);
      return;
    default:
      await sendAnswer(response, outcome);
  }
}

/** For the counters. */
export function outcomeName(outcome: Outcome): string {
  return typeof outcome === 'string' ? outcome : String(outcome.status);
}

async function sendAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  const { status, contentType, body, headers, drip } = answer;
  response.writeHead(status, {
    ...(contentType === 'text/html' ? {} : { 'X-Request-Id': randomUUID() }),
    ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
    ...headers,
  });
  if (drip === undefined || body === undefined) {
    response.end(body);
    return;
  }
  await pipeline(Readable.from(drops(Buffer.from(body), drip)), response).catch(() => undefined);
}

async function* drops(body: Buffer, { bytes, everyMs }: NonNullable<Answer['drip']>): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += bytes) {
    await wait(everyMs);
    yield body.subarray(at, at + bytes);
  }
}

async function pourForever(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/hal+json' });
  // Ends only by the client's leaving, which is no error here.
  await pipeline(Readable.from(endlessSpaces()), response).catch(() => undefined);
}

function* endlessSpaces(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(65_536, ' ');
}
