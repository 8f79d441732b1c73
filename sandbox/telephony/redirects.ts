import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** «Звонок» in what a server may write into a Location without encoding it. */
const NAMES = {
  ascii: Buffer.from('call'),
  'utf-8': Buffer.from('Звонок'),
  'windows-1251': Buffer.from('c7e2eeedeeea', 'hex'),
};

export interface RedirectsFault {
  hops: number;
  encoding: keyof typeof NAMES;
  twice: boolean;
  cookie: boolean;
}

/** Made anew with the process: a cookie of another server does not open this one. */
const SESSION = randomBytes(8).toString('hex');

/**
 * Answers with the next redirect; false when the request has come through all of them. A Location whose bytes did not
 * come back as they were leads to nothing, and one without its cookie is refused.
 */
export function redirectOn(request: IncomingMessage, response: ServerResponse, fault: RedirectsFault): boolean {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const [, hopText = '0'] = /(?:^|&)hop=(\d+)/.exec(query) ?? [];
  const hop = Number(hopText);
  const name = NAMES[fault.encoding];
  if (hop > 0 && !query.toLowerCase().includes(`&name=${escaped(name)}`)) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('no such call');
    return true;
  }
  if (hop > 0 && fault.cookie && !(request.headers.cookie ?? '').includes(`session=${SESSION}`)) {
    response.writeHead(403, { 'content-type': 'text/plain' }).end('no session');
    return true;
  }
  if (hop >= fault.hops) return false;
  const asked = query.replace(/&hop=.*$/, '');
  const location = `Location: ${path}?${asked}&hop=${hop + 1}&name=${name.toString('latin1')}\r\n`;
  const cookie = fault.cookie ? `Set-Cookie: session=${SESSION}; Path=/; HttpOnly\r\n` : '';
  // By hand: Node writes neither such bytes nor a second Location.
  request.socket.end(
    `HTTP/1.1 302 Found\r\n${location}${fault.twice ? location : ''}${cookie}Content-Length: 0\r\nConnection: close\r\n\r\n`,
    'latin1',
  );
  return true;
}

/** As a client has to send bytes that are no ASCII. */
function escaped(name: Buffer): string {
  return [...name].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16)}`)).join('');
}
