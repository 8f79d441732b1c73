import type { AudioSource, ReadableBytes } from '../formats/audio-format.ts';

/** A part of other bytes, from `start` up to, not including, `end`. */
export function byteRange(bytes: ReadableBytes, start: number, end = bytes.sizeBytes): ReadableBytes {
  const sizeBytes = Math.max(0, Math.min(end, bytes.sizeBytes) - start);
  if (start === 0 && sizeBytes === bytes.sizeBytes) return bytes;
  return {
    sizeBytes,
    read: (offset, length) => bytes.read(start + offset, Math.max(0, Math.min(length, sizeBytes - offset))),
    async *chunks() {
      let at = 0;
      for await (const piece of bytes.chunks()) {
        const part = piece.subarray(Math.max(0, start - at), Math.max(0, start + sizeBytes - at));
        at += piece.length;
        if (part.length > 0) yield part;
        if (at >= start + sizeBytes) return;
      }
    },
  };
}

/** Bytes with others in front of them. */
export function withHeader(header: Buffer, body: AudioSource): AudioSource {
  return {
    sizeBytes: header.length + body.sizeBytes,
    async *chunks() {
      yield header;
      yield* body.chunks();
    },
  };
}

/** Samples of so many bytes each, every one turned round: from big-endian to little-endian. */
export function turned(body: AudioSource, sampleBytes: number): AudioSource {
  if (sampleBytes === 1) return body;
  return {
    sizeBytes: body.sizeBytes - (body.sizeBytes % sampleBytes),
    async *chunks() {
      let rest: Buffer = Buffer.alloc(0);
      for await (const piece of body.chunks()) {
        const bytes = Buffer.concat([rest, piece]);
        const whole = bytes.length - (bytes.length % sampleBytes);
        rest = bytes.subarray(whole);
        for (let at = 0; at < whole; at += sampleBytes) bytes.subarray(at, at + sampleBytes).reverse();
        if (whole > 0) yield bytes.subarray(0, whole);
      }
    },
  };
}
