import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createDeflate, createDeflateRaw, createGzip } from 'node:zlib';

/** What can be done to a body; `deflate-raw` is what IIS calls deflate. */
export const CODINGS = ['gzip', 'deflate', 'deflate-raw', 'br'] as const;
export type Coding = (typeof CODINGS)[number];

export function encoderOf(coding: Coding): Transform {
  switch (coding) {
    case 'gzip':
      return createGzip();
    case 'deflate':
      return createDeflate();
    case 'deflate-raw':
      return createDeflateRaw();
    case 'br':
      // Its best is too slow for a stand-in.
      return createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  }
}

/** The name that servers give it. */
export function nameOf(coding: Coding): string {
  return coding === 'deflate-raw' ? 'deflate' : coding;
}
