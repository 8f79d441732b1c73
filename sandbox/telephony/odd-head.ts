/** Heads of answers that break HTTP's rules, and that browsers and curl read all the same. */
export const ODD_HEADS = [
  'length-and-chunked',
  'length-twice',
  'length-doubled',
  'length-with-plus',
  'lf-only',
  'space-before-colon',
  'continue-first',
  'control-byte',
  'line-without-colon',
  'folded-line',
  'long-head',
  'transfer-identity',
  'chunked-twice',
  'no-reason',
  'icy',
] as const;
export type OddHead = (typeof ODD_HEADS)[number];

/** An answer byte by byte: what stands before the recording, and behind it. */
export interface OddFrame {
  before: Buffer;
  after: Buffer;
}

const NONE = Buffer.alloc(0);

export function oddFrame(odd: OddHead, contentType: string, sizeBytes: number): OddFrame {
  const length = `Content-Length: ${sizeBytes}`;
  const type = `Content-Type: ${contentType}`;
  const lines = (...all: string[]): OddFrame => ({
    before: Buffer.from(`${['HTTP/1.1 200 OK', type, ...all].join('\r\n')}\r\n\r\n`, 'latin1'),
    after: NONE,
  });
  const inOneChunk = (...all: string[]): OddFrame => ({
    before: Buffer.concat([lines(...all).before, Buffer.from(`${sizeBytes.toString(16)}\r\n`)]),
    after: Buffer.from('\r\n0\r\n\r\n'),
  });
  const verbatim = (head: string): OddFrame => ({ before: Buffer.from(head, 'latin1'), after: NONE });
  switch (odd) {
    case 'length-and-chunked':
      return inOneChunk(length, 'Transfer-Encoding: chunked');
    case 'chunked-twice':
      return inOneChunk('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked');
    case 'length-twice':
      return lines(length, length);
    case 'length-doubled':
      return lines(`Content-Length: ${sizeBytes}, ${sizeBytes}`);
    case 'length-with-plus':
      return lines(`Content-Length: +${sizeBytes}`);
    case 'lf-only':
      return verbatim(`HTTP/1.1 200 OK\n${type}\n${length}\n\n`);
    case 'space-before-colon':
      return lines(`Content-Length : ${sizeBytes}`);
    case 'continue-first':
      return verbatim(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n${type}\r\n${length}\r\n\r\n`);
    case 'control-byte':
      return lines('X-Call: a\x01b\x00c', length);
    case 'line-without-colon':
      return lines('Warning: mysql_connect()', 'in /var/www/rec.php on line 1', length);
    case 'folded-line':
      return lines('X-Call: 1', ' 2', length);
    case 'long-head':
      return lines(`Set-Cookie: session=${'s'.repeat(20_000)}`, length);
    case 'transfer-identity':
      return lines('Transfer-Encoding: identity', length);
    case 'no-reason':
      return verbatim(`HTTP/1.1 200\r\n${type}\r\n${length}\r\n\r\n`);
    case 'icy':
      return verbatim(`ICY 200 OK\r\n${type}\r\n\r\n`);
  }
}
