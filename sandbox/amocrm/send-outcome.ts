import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Answer } from './answers.ts';
import type { Outcome } from './reception.ts';

/** Sends the answer, or does to the connection what was decided instead of one. */
export function sendOutcome(reply: FastifyReply, outcome: Outcome): FastifyReply {
  switch (outcome) {
    case 'reset':
    case 'dropped':
      reply.hijack().raw.destroy();
      return reply;
    case 'hang':
      return reply.hijack();
    case 'endless':
      return reply.type('application/hal+json').send(Readable.from(endlessSpaces()));
    default:
      return sendAnswer(reply, outcome);
  }
}

/** For the counters. */
export function outcomeName(outcome: Outcome): string {
  return typeof outcome === 'string' ? outcome : String(outcome.status);
}

function sendAnswer(reply: FastifyReply, { status, contentType, body, headers, drip }: Answer): FastifyReply {
  reply.code(status).headers({
    ...(contentType === 'text/html' ? {} : { 'X-Request-Id': randomUUID() }),
    ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
    ...headers,
  });
  if (body === undefined) return reply.send();
  // As bytes: Fastify adds a charset to the type of a JSON text, amoCRM does not.
  const bytes = Buffer.from(body);
  return reply.send(drip === undefined ? bytes : Readable.from(drops(bytes, drip)));
}

async function* drops(body: Buffer, { bytes, everyMs }: NonNullable<Answer['drip']>): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += bytes) {
    await wait(everyMs);
    yield body.subarray(at, at + bytes);
  }
}

function* endlessSpaces(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(65_536, ' ');
}
