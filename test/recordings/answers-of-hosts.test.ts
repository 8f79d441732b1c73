import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HostRests } from '../../recordings/host-brake.ts';
import { createRecordings, type Recordings } from '../../recordings/fetch-recording.ts';
import { mp3 } from './audio-samples.ts';
import { Telephony } from './telephony.ts';

let good: Telephony;
let shared: Telephony;
let recordings: Recordings;

beforeEach(async () => {
  [good, shared] = [new Telephony(), new Telephony()];
  await Promise.all([good.listen(), shared.listen()]);
  recordings = createRecordings({
    insecureHosts: [good.host, shared.host],
    limits: { firstByteMs: 300, stallMs: 300 },
  });
  shared.answer = (_request, response) => response.end(mp3());
});
afterEach(async () => {
  await recordings.close();
  good.close();
  shared.close();
});

const receive = (link: string, accountId = 1, evenAtRest = false) =>
  recordings.receive(link, { signal: new AbortController().signal, accountId, evenAtRest });
const refusal = (link: string, accountId?: number) => receive(link, accountId).catch((error: unknown) => error);

describe('a host that asks for a pause', () => {
  test('at the end of a redirect is the only one that is left alone', async () => {
    good.answer = (request, response) =>
      request.url === '/moved' ? response.writeHead(302, { location: shared.link }).end() : response.end(mp3());
    shared.answer = (_request, response) => response.writeHead(503, { 'retry-after': '600' }).end();
    await expect(receive(`http://${good.host}/moved`)).rejects.toMatchObject({ retryAfterMs: 600_000 });
    await expect(receive(good.link)).resolves.toMatchObject({ container: 'mp3' });
    expect(await refusal(shared.link)).toBeInstanceOf(HostRests);
    expect(shared.requests).toHaveLength(1);
  });

  test('does not rest for another account', async () => {
    shared.answer = (_request, response) => response.writeHead(429, { 'retry-after': '600' }).end();
    expect(await refusal(shared.link, 1)).not.toBeInstanceOf(HostRests);
    expect(await refusal(shared.link, 1)).toBeInstanceOf(HostRests);
    shared.answer = (_request, response) => response.end(mp3());
    await expect(receive(shared.link, 2)).resolves.toMatchObject({ container: 'mp3' });
  });

  test('is asked all the same in a last try', async () => {
    shared.answer = (_request, response) => response.writeHead(503, { 'retry-after': '600' }).end();
    await refusal(shared.link);
    expect(await refusal(shared.link)).toMatchObject({ isUp: true });
    shared.answer = (_request, response) => response.end(mp3());
    await expect(receive(shared.link, 1, true)).resolves.toMatchObject({ container: 'mp3' });
  });
});

test.each<[string, (telephony: Telephony) => void]>([
  [
    'a loop of redirects',
    (at) => (at.answer = (_request, response) => response.writeHead(302, { location: '/x' }).end()),
  ],
  ['no HTTP', (at) => (at.answer = ({ socket }) => socket.end('220 pbx\r\n'))],
  [
    'half of a recording',
    (at) =>
      (at.answer = (_, response) =>
        response.writeHead(200, { 'content-length': 9 }).write('ID3', () => response.socket?.end())),
  ],
  ['silence in the middle', (at) => (at.answer = (_request, response) => response.write('ID3'))],
  ['408', (at) => (at.answer = (_request, response) => response.writeHead(408).end())],
  ['304', (at) => (at.answer = (_request, response) => response.writeHead(304).end())],
  ['404', (at) => (at.answer = (_request, response) => response.writeHead(404).end())],
])('%s, again and again, is no reason to leave the host alone', async (_what, answer) => {
  answer(shared);
  for (let time = 0; time < 5; time++) expect(await refusal(shared.link)).not.toBeInstanceOf(HostRests);
  shared.answer = (_request, response) => response.end(mp3());
  await expect(receive(shared.link)).resolves.toMatchObject({ container: 'mp3' });
});

describe('several links in one field', () => {
  test('are tried in turn', async () => {
    good.answer = (_request, response) => response.writeHead(404).end();
    await expect(receive(`${good.link}, ${shared.link}`)).resolves.toMatchObject({ container: 'mp3' });
    await expect(receive(JSON.stringify([good.link, shared.link]))).resolves.toMatchObject({ container: 'mp3' });
  });

  test.each([
    ['what may heal', [404, 503, 403], { code: 'recording_unreachable', kind: 'retryable' }],
    ['else what may come yet', [404, 410, 403], { code: 'recording_expired', values: { what: 'not found' } }],
    ['else what the last one answered', [410, 401, 400], { code: 'recording_missing' }],
  ])('that have no recording tell %s', async (_what, statuses, outcome) => {
    shared.answer = (request, response) => response.writeHead(Number(request.url?.slice(1))).end();
    await expect(receive(statuses.map((status) => `http://${shared.host}/${status}`).join('\n'))).rejects.toMatchObject(
      outcome,
    );
  });

  test('are each checked', async () => {
    await expect(receive('http://127.0.0.1:1/a.mp3, http://10.0.0.1/a.mp3')).rejects.toMatchObject({
      code: 'recording_host_forbidden',
    });
  });
});

test('a link without a scheme is asked for by TLS first and then without', async () => {
  await expect(receive(`${shared.host}/1.mp3`)).resolves.toMatchObject({ container: 'mp3' });
  await expect(receive(`//${shared.host}/1.mp3`)).resolves.toMatchObject({ container: 'mp3' });
  shared.answer = (_request, response) => response.writeHead(410).end();
  await expect(receive(`${shared.host}/1.mp3`)).rejects.toMatchObject({ code: 'recording_expired' });
});

test('a link that names no host fails at once, and nothing is asked', async () => {
  const asked: string[] = [];
  const resolve = (name: string) => {
    asked.push(name);
    return Promise.resolve([]);
  };
  const strict = createRecordings({ resolve });
  for (const link of [
    'https:///pbxcore/api/amo-crm/playback?view=/storage/1.mp3',
    'http:////pbx/1',
    'https://',
    'http:///\\x/1',
  ]) {
    await expect(strict.receive(link, { signal: new AbortController().signal })).rejects.toMatchObject({
      code: 'recording_missing',
      kind: 'permanent',
    });
  }
  expect(asked).toEqual([]);
  await strict.close();
});

describe('a connection is used again', () => {
  const twice = async (first: string) => {
    let connections = 0;
    shared.answer = ({ socket }) => {
      connections++;
      socket.write(first, 'latin1');
    };
    await refusal(shared.link);
    shared.answer = (_request, response) => response.end(mp3());
    await expect(receive(shared.link)).resolves.toMatchObject({ container: 'mp3' });
    return { connections, connected: shared.connected };
  };
  const body = '<html>';

  test('after an answer that is written as it should be', async () => {
    shared.answer = (_request, response) => response.end(mp3());
    for (let time = 0; time < 4; time++) await receive(shared.link);
    expect(shared.connected).toBe(1);
  });

  test.each([
    ['has a length and chunks', `Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n${body}\r\n0\r\n\r\n`],
    ['has its length twice', `Content-Length: 6\r\nContent-Length: 6\r\n\r\n${body}`],
    ['has two lengths', `Content-Length: 6\r\nContent-Length: 5\r\n\r\n${body}`],
    ['has an odd line', `no colon\r\nContent-Length: 6\r\n\r\n${body}`],
    ['has a space before a colon', `Content-Length : 6\r\n\r\n${body}`],
    ['is to be closed', `Connection: close\r\nContent-Length: 6\r\n\r\n${body}`],
    ['has bytes behind it', `Content-Length: 6\r\n\r\n${body}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nOggS`],
  ])('but not after one that %s', async (_what, head) => {
    expect(await twice(`HTTP/1.1 200 OK\r\n${head}`)).toEqual({ connections: 1, connected: 2 });
  });

  test('and where it was closed meanwhile, the request is sent once more', async () => {
    shared.answer = (_request, response) => response.end(mp3());
    await receive(shared.link);
    shared.answer = ({ socket }) => {
      shared.answer = (_request, response) => response.end(mp3());
      socket.destroy();
    };
    await expect(receive(shared.link)).resolves.toMatchObject({ container: 'mp3' });
  });
});

test('cookies go back to the very host that set them, within one fetch', async () => {
  good.answer = (request, response) => {
    const to = request.url === '/1' ? '/2' : shared.link;
    response
      .writeHead(302, { location: to, 'set-cookie': ['a=1; Path=/', 'gone=1; Max-Age=0', 'tls=1; Secure'] })
      .end();
  };
  await receive(`http://${good.host}/1`);
  expect(good.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, 'a=1']);
  expect(shared.requests[0]?.headers.cookie).toBeUndefined();
  await receive(`http://${good.host}/1`);
  expect(good.requests[2]?.headers.cookie).toBeUndefined();
});

test.each([
  ['UTF-8', Buffer.from('/rec/Звонок 1.mp3'), '/rec/%D0%97%D0%B2%D0%BE%D0%BD%D0%BE%D0%BA%201.mp3'],
  ['windows-1251', Buffer.from([...Buffer.from('/rec/'), 0xc7, 0xe2, 0xee, 0xed]), '/rec/%C7%E2%EE%ED'],
])('a Location in raw %s is asked for byte by byte', async (_encoding, location, path) => {
  shared.answer = (request, response) => {
    if (request.url === path) response.end(mp3());
    else {
      const head = Buffer.from('HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ');
      request.socket.write(Buffer.concat([head, location, Buffer.from('\r\n\r\n')]));
    }
  };
  await expect(receive(shared.link)).resolves.toMatchObject({ container: 'mp3' });
});
