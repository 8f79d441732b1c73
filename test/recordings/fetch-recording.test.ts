import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  createRecordings,
  type Recording,
  type Recordings,
  type RecordingsOptions,
} from '../../recordings/fetch-recording.ts';
import { mp3, oggOpus, wav } from './audio-samples.ts';
import { Telephony, type Answer } from './telephony.ts';

let telephony: Telephony;
let recordings: Recordings;
let tempDir: string;
const opened: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  telephony = new Telephony();
  await telephony.listen();
  tempDir = await mkdtemp(join(tmpdir(), 'recordings-test-'));
  recordings = connect();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  telephony.close();
  await rm(tempDir, { recursive: true });
});

function connect(options: RecordingsOptions = {}): Recordings {
  const made = createRecordings({ insecureHosts: [telephony.host], tempDir, ...options });
  opened.push(made);
  return made;
}

const signal = () => new AbortController().signal;
const receive = (link = telephony.link) => recordings.receive(link, { signal: signal() });

function answering(body: Buffer | string, headers: Record<string, string | number> = {}, status = 200): Answer {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

async function bytesOf(recording: Recording): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of recording.chunks()) parts.push(part);
  return Buffer.concat(parts);
}

describe('a recording', () => {
  test('is received whole and recognised, and can be read twice', async () => {
    const body = mp3({ frames: 500 });
    telephony.answer = answering(body, { 'content-type': 'application/octet-stream' });
    const recording = await receive();
    expect(recording).toMatchObject({
      sizeBytes: body.length,
      container: 'mp3',
      format: { durationSeconds: 18, channels: 2 },
    });
    expect((await bytesOf(recording)).equals(body)).toBe(true);
    expect((await bytesOf(recording)).equals(body)).toBe(true);
    expect(await readdir(tempDir)).toEqual([]);
    await recording.dispose();
  });

  test.each([
    ['announced', (body: Buffer) => answering(body, { 'content-length': body.length })],
    ['unannounced', (body: Buffer) => answering(body)],
  ])('larger than the memory for it (%s) comes whole through a file without a name', async (_name, answer) => {
    const body = wav({ seconds: 100 });
    body.forEach((_, index) => (body[index + 100] = index % 251));
    recordings = connect({ limits: { memoryBytes: 100_000 } });
    telephony.answer = answer(body);
    const recording = await receive();
    expect(recording).toMatchObject({ sizeBytes: body.length, container: 'wav' });
    expect((await bytesOf(recording)).equals(body)).toBe(true);
    expect((await bytesOf(recording)).equals(body)).toBe(true);
    expect(await readdir(tempDir)).toEqual([]);
    await recording.dispose();
  });

  test('comes in large pieces however it arrived', async () => {
    const body = mp3({ frames: 2_000 });
    telephony.answer = (_request, response) => {
      let start = 0;
      const crumb = () => {
        if (start >= body.length) return response.end();
        response.write(body.subarray(start, (start += 1_000)));
        return setImmediate(crumb);
      };
      crumb();
    };
    const sizes: number[] = [];
    for await (const part of (await receive()).chunks()) sizes.push(part.length);
    expect(sizes).toEqual([262_144, body.length - 262_144]);
  });

  test('tells how far it is', async () => {
    const body = oggOpus({ seconds: 3 });
    telephony.answer = answering(body);
    const progress: number[] = [];
    await recordings.receive(telephony.link, { signal: signal(), onProgress: (bytes) => progress.push(bytes) });
    expect(progress.at(-1)).toBe(body.length);
  });

  test('is asked for politely, and connections are used again', async () => {
    telephony.answer = answering(mp3());
    for (let count = 0; count < 5; count++) await receive();
    // undici may open a second one while it puts the first one away.
    expect(telephony.connected).toBeLessThanOrEqual(2);
    expect(telephony.requests[0]?.headers).toMatchObject({
      'accept-encoding': 'identity',
      'user-agent': expect.stringMatching(/^speechsense-export\//),
    });
    expect(telephony.requests[1]?.headers).not.toHaveProperty('cookie');
  });

  test('that is compressed although nobody asked is unpacked', async () => {
    const body = mp3();
    telephony.answer = answering(gzipSync(body), { 'content-encoding': 'gzip' });
    expect((await bytesOf(await receive())).equals(body)).toBe(true);
  });

  test.each(['none', 'binary'])('that names the encoding %s, which is none, is taken as it is', async (encoding) => {
    const body = mp3();
    telephony.answer = answering(body, { 'content-encoding': encoding });
    expect((await bytesOf(await receive())).equals(body)).toBe(true);
  });

  test('is stopped with the reason of the stop', async () => {
    const stop = new AbortController();
    telephony.answer = (_request, response) => {
      response.write(mp3());
      stop.abort(new Error('stopped'));
    };
    await expect(recordings.receive(telephony.link, { signal: stop.signal })).rejects.toThrow('stopped');
  });
});

describe('what a link returns instead', () => {
  test.each([
    [404, 'recording_expired', 'permanent'],
    [410, 'recording_expired', 'permanent'],
    [401, 'recording_forbidden', 'permanent'],
    [403, 'recording_forbidden', 'permanent'],
    [400, 'recording_missing', 'permanent'],
    [204, 'recording_not_audio', 'permanent'],
    [304, 'recording_unreachable', 'retryable'],
    [429, 'recording_unreachable', 'retryable'],
    [500, 'recording_unreachable', 'retryable'],
    [503, 'recording_unreachable', 'retryable'],
  ])('HTTP %i is %s', async (status, code, kind) => {
    telephony.answer = answering('', {}, status);
    await expect(receive()).rejects.toMatchObject({ code, kind });
  });

  test('a pause that is asked for is passed on', async () => {
    telephony.answer = answering('', { 'retry-after': '17' }, 503);
    await expect(receive()).rejects.toMatchObject({ retryAfterMs: 17_000 });
  });

  test.each([
    ['a page', 'recording_not_audio', '<html>User is not licensed</html>'],
    ['an API error', 'recording_not_audio', '{"error":"KEY_IS_EXPIRED"}'],
    ['nothing', 'recording_not_audio', ''],
    ['five hours', 'recording_too_long', oggOpus({ seconds: 5 * 3_600 })],
    ['no sound', 'recording_empty', wav({ seconds: 0.09 })],
  ])('%s with 200 is %s', async (_name, code, body) => {
    recordings = connect({ limits: { memoryBytes: 1_000_000 } });
    telephony.answer = answering(body, { 'content-type': 'audio/mpeg' });
    await expect(receive()).rejects.toMatchObject({ code });
  });

  test('half a WAV is sent where its recorder left no more, and the report says so', async () => {
    const half = wav({ dataBytes: 10_000_000 });
    telephony.answer = answering(half);
    await expect(receive()).resolves.toMatchObject({ format: { durationSeconds: 1 }, remarks: ['incomplete'] });
  });

  test('half a WAV is truncated where nothing told the end of the answer', async () => {
    telephony.answer = (request) =>
      request.socket.end(
        Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n'), wav({ dataBytes: 10_000_000 })]),
      );
    await expect(receive()).rejects.toMatchObject({ code: 'recording_truncated', kind: 'retryable' });
  });

  test.each([
    ['less than its length', { 'content-length': 1_000_000 }],
    ['no last chunk', {}],
  ])('an early end (%s) is a truncated recording', async (_name, headers) => {
    telephony.answer = (_request, response) => {
      response.writeHead(200, headers).write(mp3(), () => response.socket?.end());
    };
    await expect(receive()).rejects.toMatchObject({ code: 'recording_truncated', kind: 'retryable' });
  });

  test('half a gzip is a truncated recording', async () => {
    const packed = gzipSync(wav());
    telephony.answer = answering(packed.subarray(0, packed.length - 20), { 'content-encoding': 'gzip' });
    await expect(receive()).rejects.toMatchObject({ code: 'recording_truncated' });
  });

  test('more than the limit is refused at once by its length', async () => {
    recordings = connect({ limits: { maxBytes: 1_000 } });
    telephony.answer = (_request, response) => response.writeHead(200, { 'content-length': 5_000_000 }).write('x');
    await expect(receive()).rejects.toMatchObject({ code: 'recording_too_large', values: { maxBytes: 1_000 } });
  });

  test('more than the limit is refused while it comes, unpacked bytes counted', async () => {
    recordings = connect({ limits: { maxBytes: 100_000 } });
    telephony.answer = answering(gzipSync(Buffer.alloc(10_000_000)), { 'content-encoding': 'gzip' });
    await expect(receive()).rejects.toMatchObject({ code: 'recording_too_large' });
  });

  test('silence before, silence within and a drip without end are unreachable', async () => {
    recordings = connect({ limits: { firstByteMs: 100, stallMs: 100 } });
    telephony.answer = () => undefined;
    await expect(receive()).rejects.toMatchObject({ code: 'recording_unreachable' });
    telephony.answer = (_request, response) => response.write(mp3());
    await expect(receive()).rejects.toMatchObject({ code: 'recording_unreachable' });
    recordings = connect({ limits: { totalMs: 200 } });
    telephony.answer = (_request, response) => {
      const drip = setInterval(() => response.write('\xff'), 20);
      response.on('close', () => clearInterval(drip));
    };
    await expect(receive()).rejects.toMatchObject({ code: 'recording_unreachable', values: { what: 'time limit' } });
  });

  test('nobody there is unreachable, named by its code', async () => {
    telephony.close();
    await expect(receive()).rejects.toMatchObject({ code: 'recording_unreachable', values: { what: 'ECONNREFUSED' } });
  });

  test('leaves no file behind, whatever it was', async () => {
    recordings = connect({ limits: { memoryBytes: 10 } });
    telephony.answer = answering('<html>'.repeat(100_000));
    await expect(receive()).rejects.toMatchObject({ code: 'recording_not_audio' });
    expect(await readdir(tempDir)).toEqual([]);
  });

  test('no room for a temporary file is said', async () => {
    recordings = connect({ limits: { memoryBytes: 10 }, tempDir: join(tempDir, 'absent') });
    telephony.answer = answering(mp3());
    await expect(receive()).rejects.toMatchObject({ code: 'temporary_file_failed', values: { what: 'ENOENT' } });
  });
});

describe('redirects', () => {
  const to = (location: string): Answer => answering('', { location }, 302);

  test('are followed, relative ones too', async () => {
    telephony.answer = (request, response) => {
      (request.url === '/audio.mp3' ? answering(mp3()) : to('/audio.mp3'))(request, response);
    };
    await expect(receive()).resolves.toMatchObject({ container: 'mp3' });
  });

  test('are followed ten times and not forever, and time does not help', async () => {
    telephony.answer = to('/again');
    await expect(receive()).rejects.toMatchObject({
      code: 'recording_unreachable',
      kind: 'permanent',
      values: { what: 'too many redirects' },
    });
    expect(telephony.requests.length).toBe(11);
  });

  test('carry the credentials of a link to its own origin only', async () => {
    const other = new Telephony();
    await other.listen();
    other.answer = answering(mp3());
    recordings = connect({ insecureHosts: [telephony.host, other.host] });
    telephony.answer = (request, response) => to(request.url === '/2' ? other.link : '/2')(request, response);
    await receive(`http://user:p%40ss@${telephony.host}/1`);
    const expected = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(telephony.requests.map(({ headers }) => headers.authorization)).toEqual([expected, expected]);
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    other.close();
  });
});

test('no error holds the link', async () => {
  const failures = [
    answering('', {}, 500),
    answering('<html>'),
    answering('', { location: 'http://127.0.0.1/secret-2' }, 302),
  ];
  for (const failure of failures) {
    telephony.answer = failure;
    const error: unknown = await receive().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).stack)).not.toMatch(
      /secret/,
    );
  }
});
