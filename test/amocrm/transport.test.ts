import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ExportError } from '../../errors/export-error.ts';
import { createAmocrmTransport, TOO_SLOW, type TransportLimits } from '../../amocrm/http/transport.ts';
import { waitFor } from '../support/wait-for.ts';
import { type OwnServer, ownServer, readerOf } from './account-reader.ts';

const anything = z.looseObject({});

describe('a request to amoCRM', () => {
  let server: OwnServer | undefined;
  let closed = 0;
  afterEach(() => server?.close());

  async function readFrom(answer: (response: ServerResponse) => unknown, limits: Partial<TransportLimits>) {
    closed = 0;
    server = await ownServer((_, response) => {
      response.on('close', () => closed++);
      answer(response);
    });
    return readerOf(server.url, { transport: createAmocrmTransport(limits) }).get('/account', {}, anything);
  }
  const connectionClosed = () => waitFor(() => closed === 1, { what: 'the connection to be closed' });

  test('ends when a body drips for ever, never silent for long', async () => {
    const drip = (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    };
    await expect(readFrom(drip, { totalMs: 200 })).rejects.toMatchObject({
      code: 'amocrm_unavailable',
      values: { what: TOO_SLOW },
    });
    await connectionClosed();
  });

  test.each([
    ['nothing', () => undefined],
    ['headers alone', (response: ServerResponse) => response.writeHead(200).flushHeaders()],
    ['half a body', (response: ServerResponse) => response.writeHead(200).write('{')],
  ])('ends when %s comes and then silence', async (_, answer) => {
    await expect(readFrom(answer, { silenceMs: 50 })).rejects.toMatchObject({
      code: 'amocrm_unavailable',
      values: { what: TOO_SLOW },
    });
    await connectionClosed();
  });

  test('ends when a body without an end pours in', async () => {
    const pour = (response: ServerResponse) => {
      const chunk = 'x'.repeat(65_536);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.writeHead(200).on('drain', more);
      more();
    };
    await expect(readFrom(pour, { maxBytes: 1_000_000 })).rejects.toMatchObject({ code: 'amocrm_answer_too_large' });
    await connectionClosed();
  });

  test('ends when a host takes the connection and never finishes the TLS handshake', async () => {
    const mute: Server = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const gone = new Promise((resolve) => mute.once('connection', (socket) => socket.resume().once('close', resolve)));
    const { port } = mute.address() as AddressInfo;
    await expect(createAmocrmTransport({ connectMs: 50 }).get(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'ETIMEDOUT',
    });
    await gone;
    mute.close();
  });

  test('may be silent for longer than its connection may be idle, which we close before its host does', async () => {
    const closedByUs = new Set<Socket>();
    server = await ownServer(({ socket }, response) => {
      socket.once('end', () => closedByUs.add(socket));
      const answer = () => response.writeHead(200, { connection: 'keep-alive', 'keep-alive': 'timeout=2' }).end('{}');
      if (server?.requests.length === 2) setTimeout(answer, 1_500);
      else answer();
    });
    const http = readerOf(server.url);
    await http.get('/account', {}, anything);
    await http.get('/account', {}, anything);
    const [first, second] = server.requests.map(({ socket }) => socket);
    expect(first).toBe(second);
    await waitFor(() => closedByUs.size === 1, { what: 'the idle connection to be closed by us', timeoutMs: 20_000 });
  });

  test('asks its turn once more when a new connection stands, and is written when that is there', async () => {
    server = await ownServer((_, response) => response.writeHead(200).end('{}'));
    let letGo: () => void = () => undefined;
    const asked = { times: 0 };
    const due = () => {
      asked.times++;
      return new Promise<void>((resolve) => (letGo = resolve));
    };
    const http = readerOf(server.url, { pace: () => Promise.resolve({ due, end: () => Promise.resolve() }) });
    const first = http.get('/account', {}, anything);
    await waitFor(() => asked.times === 1, { what: 'the connection to stand' });
    expect(server.requests).toHaveLength(0);
    letGo();
    await first;
    await http.get('/account', {}, anything);
    expect(server.requests).toHaveLength(2);
    expect(asked.times).toBe(1);
  });

  test('whose turn comes to nothing is not sent, and says why', async () => {
    server = await ownServer((_, response) => response.writeHead(200).end('{}'));
    const due = () => Promise.reject(new ExportError('amocrm_throttled', { retryAfterMs: 7_000 }));
    const http = readerOf(server.url, { pace: () => Promise.resolve({ due, end: () => Promise.resolve() }) });
    await expect(http.get('/account', {}, anything)).rejects.toMatchObject({ code: 'amocrm_throttled' });
    expect(server.requests).toHaveLength(0);
  });

  test('uses one connection for one after another, and leaves no listener on a long-lived signal', async () => {
    const ports = new Set<number | undefined>();
    server = await ownServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(200).end('{}');
    });
    const stop = new AbortController();
    let listening = 0;
    const count = (by: number, method: 'addEventListener' | 'removeEventListener') => {
      const original = stop.signal[method].bind(stop.signal);
      stop.signal[method] = (...given: Parameters<AbortSignal['addEventListener']>) => {
        listening += by;
        original(...given);
      };
    };
    count(1, 'addEventListener');
    count(-1, 'removeEventListener');
    const http = readerOf(server.url, { signal: stop.signal });
    for (let n = 0; n < 5; n++) await http.get('/account', {}, anything);
    expect(ports.size).toBe(1);
    expect(listening).toBe(0);
  });
});
