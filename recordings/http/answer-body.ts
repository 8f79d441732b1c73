import type { AnswerHead } from './answer-head.ts';
import type { SocketReader } from './socket-reader.ts';

const MAX_CHUNK_LINE_BYTES = 16 * 1024;
const MAX_TRAILERS = 100;

/** The body ended, or broke its own framing, before it was whole. */
class BodyCut extends Error {}

/** How the end of a body is known. */
export interface Framing {
  kind: 'chunked' | 'length' | 'until-close';
  /** Of the body on the wire, where it is announced and counts. */
  lengthBytes: number | undefined;
  /** Codings of the transfer beneath the chunks, innermost first. */
  codings: readonly string[];
  /** Said once and without contradiction: the connection may carry another answer afterwards. */
  isExact: boolean;
}

/**
 * Chunks count before a length, as RFC 9112 §6.3 and all browsers have it. A length may stand twice, in one line or in
 * two; of two that differ the larger one counts, so that a recording is never taken for whole before its end.
 */
export function framingOf(head: AnswerHead): Framing {
  if (head.status === 204 || head.status === 304) {
    return { kind: 'length', lengthBytes: 0, codings: [], isExact: true };
  }
  const transfer = tokens(head.all('transfer-encoding'));
  const lengths = tokens(head.all('content-length'));
  const codings = transfer.filter((coding) => coding !== 'chunked' && coding !== 'identity');
  if (transfer.includes('chunked')) {
    const isExact = transfer.length === 1 && lengths.length === 0;
    return { kind: 'chunked', lengthBytes: undefined, codings, isExact };
  }
  const known = lengths.filter((length) => /^\+?\d{1,15}$/.test(length)).map(Number);
  if (known.length === 0) return { kind: 'until-close', lengthBytes: undefined, codings, isExact: false };
  const isExact = transfer.length === 0 && lengths.length === 1 && /^\d+$/.test(lengths[0] ?? '');
  return { kind: 'length', lengthBytes: Math.max(...known), codings, isExact };
}

/**
 * The bytes of a body, without the framing.
 *
 * @throws {BodyCut} or what the reader throws.
 */
export async function* bodyOf(reader: SocketReader, framing: Framing, stallMs: number): AsyncGenerator<Buffer> {
  switch (framing.kind) {
    case 'chunked':
      yield* chunks(reader, stallMs);
      return;
    case 'length':
      yield* exactly(reader, framing.lengthBytes ?? 0, stallMs);
      return;
    case 'until-close':
      for (;;) {
        const bytes = await reader.next(stallMs);
        if (!bytes) return;
        yield bytes;
      }
  }
}

async function* exactly(reader: SocketReader, size: number, stallMs: number): AsyncGenerator<Buffer> {
  for (let left = size; left > 0;) {
    const bytes = await reader.next(stallMs);
    if (!bytes) throw new BodyCut();
    if (bytes.length > left) reader.unread(bytes.subarray(left));
    const part = bytes.subarray(0, left);
    left -= part.length;
    yield part;
  }
}

async function* chunks(reader: SocketReader, stallMs: number): AsyncGenerator<Buffer> {
  const line = async () => (await reader.line(MAX_CHUNK_LINE_BYTES, stallMs))?.toString('latin1');
  for (;;) {
    const [, digits] = /^[ \t]*([0-9a-f]{1,12})[ \t\r]*(?:;.*)?$/is.exec((await line()) ?? '') ?? [];
    if (digits === undefined) throw new BodyCut();
    const size = Number.parseInt(digits, 16);
    if (size === 0) break;
    yield* exactly(reader, size, stallMs);
    if ((await line())?.trim() !== '') throw new BodyCut();
  }
  // Behind the last chunk nothing of the recording follows: trailers, or not even the empty line.
  for (let trailers = 0; trailers < MAX_TRAILERS; trailers++) {
    const trailer = await line();
    if (trailer === undefined || trailer === '') return;
  }
  throw new BodyCut();
}

/** The elements of a list that may be spread over several lines, in lower case, without parameters. */
export function tokens(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((token) => (token.split(';')[0] ?? '').trim().toLowerCase())
    .filter((token) => token !== '');
}
