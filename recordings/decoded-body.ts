import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ExportError } from '../errors/export-error.ts';

/**
 * The body without its content encoding. We ask for none, but some telephonies compress whatever they send. The size
 * limit counts what comes out of here, so that a small body can't unpack into a large one unnoticed.
 *
 * @throws ExportError `recording_not_audio` for an encoding that nobody asked for and nobody here can undo.
 */
export function decodedBody(body: Readable, contentEncoding: string): AsyncIterable<Buffer> {
  // `none`, `binary` and the like are no codings at all, but some servers write them there.
  switch (contentEncoding) {
    case 'identity':
    case '':
    case 'none':
    case 'binary':
    case '8bit':
    case 'utf-8':
      return body;
    case 'gzip':
    case 'x-gzip':
      return pipeline(body, createGunzip(), () => undefined);
    case 'deflate':
      return pipeline(body, createInflate(), () => undefined);
    case 'br':
      return pipeline(body, createBrotliDecompress(), () => undefined);
    default:
      body.on('error', () => undefined).destroy();
      throw new ExportError('recording_not_audio');
  }
}
