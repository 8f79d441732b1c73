import { pipeline, Readable, type Transform } from 'node:stream';
import {
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzipSync,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';
import { ExportError } from '../../errors/export-error.ts';

/** More codings around each other than proxies add are a trap. */
const MAX_CODINGS = 4;
/** As much of a body shows whether a coding was applied to it. */
const START_BYTES = 512;

interface Decoder {
  /** @throws where the bytes are not the beginning of this form. */
  tryOn(start: Buffer): unknown;
  stream(): Transform;
}

const BEGINNING = { finishFlush: constants.Z_SYNC_FLUSH };
const gzip: Decoder = { tryOn: (start) => gunzipSync(start, BEGINNING), stream: () => createGunzip() };
const zlib: Decoder = { tryOn: (start) => inflateSync(start, BEGINNING), stream: () => createInflate() };
const raw: Decoder = { tryOn: (start) => inflateRawSync(start, BEGINNING), stream: () => createInflateRaw() };
const brotli: Decoder = {
  tryOn: (start) => brotliDecompressSync(start, { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  stream: () => createBrotliDecompress(),
};

/** RFC 9110 §8.4.1.2 means deflate in a zlib envelope; IIS sends it bare. */
const DECODERS = new Map([
  ['gzip', [gzip]],
  ['x-gzip', [gzip]],
  ['deflate', [zlib, raw]],
  ['br', [brotli]],
]);

/**
 * A body without its codings. We ask for none, but some telephonies compress whatever they send, and some name a coding
 * that they did not apply. What is no coding known here (`none`, `aws-chunked`, `UTF8`, `audio/mpeg`) is passed over:
 * the bytes then tell what they are.
 *
 * @param codings in the order in which they were applied.
 * @throws ExportError `recording_too_large`, where the body or any layer of it is larger than that.
 */
export function decodedBody(
  body: AsyncIterable<Buffer>,
  codings: readonly string[],
  maxBytes: number,
): AsyncIterable<Buffer> {
  return codings
    .map((coding) => DECODERS.get(coding) ?? [])
    .filter((decoders) => decoders.length > 0)
    .slice(-MAX_CODINGS)
    .reduceRight((coded, decoders) => limited(decoded(coded, decoders), maxBytes), limited(body, maxBytes));
}

async function* decoded(body: AsyncIterable<Buffer>, decoders: readonly Decoder[]): AsyncGenerator<Buffer> {
  const source = body[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < START_BYTES) {
    const next = await source.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  const whole = resumed(start, source);
  const decoder = start.length > 0 ? decoders.find((one) => fits(one, start.subarray(0, START_BYTES))) : undefined;
  if (!decoder) yield* whole;
  else yield* pipeline(Readable.from(whole, { objectMode: false }), decoder.stream(), () => undefined);
}

function fits(decoder: Decoder, start: Buffer): boolean {
  try {
    decoder.tryOn(start);
    return true;
  } catch {
    return false;
  }
}

async function* resumed(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (start.length > 0) yield start;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Each layer is held to the limit: what unpacks to nothing may take a flood of bytes beneath it. */
async function* limited(body: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const bytes of body) {
    size += bytes.length;
    if (size > maxBytes) throw new ExportError('recording_too_large', { values: { maxBytes } });
    yield bytes;
  }
}
