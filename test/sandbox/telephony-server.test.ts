import { createHash } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { request } from 'undici';

import { createClock } from '../../sandbox/clock.ts';
import type { Recording } from '../../sandbox/telephony/recording.ts';
import { startTelephony, type Telephony } from '../../sandbox/telephony/telephony-server.ts';
import { waitFor } from '../support/wait-for.ts';

const CALL: Recording = { worldId: 'call-1', format: 'mp3', talkSeconds: 20 };
const clock = createClock({ startMs: Date.parse('2026-11-22T10:00:00Z'), frozen: true });

let telephony: Telephony;

beforeAll(async () => {
  telephony = await startTelephony({ clock });
});

beforeEach(() => {
  telephony.reset();
});

afterAll(async () => {
  await telephony.close();
});

async function faults(...plan: unknown[]): Promise<void> {
  expect(await telephony.control('PUT', '/faults', plan)).toMatchObject({ status: 200 });
}

interface Download {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

async function download(url = telephony.recordingUrl(CALL), headers: Record<string, string> = {}): Promise<Download> {
  const answer = await request(url, { headers });
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.from(await answer.body.arrayBuffer()) };
}

async function failure(attempt: Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a download', () => {
  test.each(['mp3', 'wav', 'ogg'] as const)(
    'of %s gives the bytes that the server names the hash of',
    async (format) => {
      const recording: Recording = { worldId: `of ${format}`, format, talkSeconds: 300 };
      const { status, headers, body } = await download(telephony.recordingUrl(recording));
      expect(status).toBe(200);
      expect(headers['content-type']).toBe({ mp3: 'audio/mpeg', wav: 'audio/wav', ogg: 'audio/ogg' }[format]);
      expect(headers['content-length']).toBe(String(body.length));
      expect(sha256(body)).toBe(await telephony.recordingSha256(recording));
    },
  );

  test('of an exact size has that size', async () => {
    const { body } = await download(telephony.recordingUrl({ worldId: 'x', format: 'mp3', sizeBytes: 1_048_576 }));
    expect(body).toHaveLength(1_048_576);
  });

  test('of a range gives that range', async () => {
    const whole = (await download()).body;
    const part = await download(undefined, { range: 'bytes=1000-1999' });
    expect(part).toMatchObject({ status: 206, headers: { 'content-range': `bytes 1000-1999/${whole.length}` } });
    expect(part.body.equals(whole.subarray(1000, 2000))).toBe(true);
    const tail = await download(undefined, { range: 'bytes=-10' });
    expect(tail.body.equals(whole.subarray(-10))).toBe(true);
    expect(await download(undefined, { range: `bytes=${whole.length}-` })).toMatchObject({ status: 416 });
  });

  test('by HEAD tells the length and sends nothing', async () => {
    const answer = await request(telephony.recordingUrl(CALL), { method: 'HEAD' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'accept-ranges': 'bytes' });
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(79_000);
    expect((await answer.body.arrayBuffer()).byteLength).toBe(0);
  });

  test('is counted for its recording', async () => {
    const { body } = await download();
    await download();
    await download(telephony.recordingUrl({ ...CALL, worldId: 'call-2' }));
    expect(telephony.requestsPer()).toEqual({ 'call-1': 2, 'call-2': 1 });
    await waitFor(() => telephony.counters().open === 0, { what: 'the downloads to be over' });
    expect(telephony.counters()).toMatchObject({ requests: 3, completed: 3, recordings: 2, bytes: 3 * body.length });
  });

  test('by a link that was never given out is 404', async () => {
    expect(await download(`${telephony.url}/records/x/rec.tape?seconds=1`)).toMatchObject({ status: 404 });
  });
});

describe('a link', () => {
  test('dies when the clock says so, in the words of a vendor', async () => {
    const link = telephony.recordingUrl(CALL, clock.nowMs() + 1_800_000);
    expect(await download(link)).toMatchObject({ status: 200 });
    clock.advance(1_801);
    const dead = await download(link);
    expect(dead.status).toBe(404);
    expect(dead.body.toString()).toBe('KEY_IS_EXPIRED');
    expect(await download()).toMatchObject({ status: 200 });
  });

  test('has the lifetime that the server was started with', async () => {
    const shortLived = await startTelephony({ clock, linkLifetimeMs: 60_000 });
    const link = shortLived.recordingUrl(CALL);
    expect(await download(link)).toMatchObject({ status: 200 });
    clock.advance(61);
    expect(await download(link)).toMatchObject({ status: 404 });
    await shortLived.close();
  });
});

describe('a lie', () => {
  test.each([
    ['expired', 404, 'KEY_IS_EXPIRED'],
    ['forbidden', 403, 'Forbidden'],
    ['gone', 410, 'Gone'],
    ['failing', 500, 'Internal'],
    ['no-files', 400, 'no files to concat'],
    ['html', 200, '<!doctype html>'],
    ['json', 200, '{"success":false'],
    ['empty', 200, ''],
  ])('%s answers %i', async (lie, status, body) => {
    await faults({ times: 1, action: { kind: 'lie', lie } });
    const answer = await download();
    expect(answer.status).toBe(status);
    expect(answer.body.toString().startsWith(body)).toBe(true);
    if (body === '') expect(answer.body).toHaveLength(0);
    expect((await download()).body.length).toBeGreaterThan(79_000);
  });

  test('unavailable says when to come back', async () => {
    await faults({ action: { kind: 'unavailable', retryAfterSeconds: 7 } });
    expect(await download()).toMatchObject({ status: 503, headers: { 'retry-after': '7' } });
  });

  test('a wrong content type covers the right bytes', async () => {
    await faults({ action: { kind: 'content-type', contentType: 'text/html' } });
    const { headers, body } = await download();
    expect(headers['content-type']).toBe('text/html');
    expect(sha256(body)).toBe(await telephony.recordingSha256(CALL));
  });

  test('gzip comes though nobody asked for it', async () => {
    await faults({ action: { kind: 'gzip' } });
    const { headers, body } = await download();
    expect(headers['content-encoding']).toBe('gzip');
    expect(headers['content-length']).toBeUndefined();
    expect(body.readUInt16BE(0)).toBe(0x1f8b);
  });

  test('no length is told, and all bytes come', async () => {
    await faults({ action: { kind: 'no-length' } });
    const { headers, body } = await download();
    expect(headers['content-length']).toBeUndefined();
    expect(sha256(body)).toBe(await telephony.recordingSha256(CALL));
  });

  test('a redirect leads to a login page, to another place, or round and round', async () => {
    await faults(
      { times: 1, action: { kind: 'redirect' } },
      { times: 1, action: { kind: 'redirect', to: 'http://169.254.169.254/' } },
      { action: { kind: 'redirect-loop' } },
    );
    const login = await download();
    expect(login).toMatchObject({ status: 302, headers: { location: '/login' } });
    expect((await download(`${telephony.url}/login`)).body.toString()).toContain('<form');
    expect(await download()).toMatchObject({ status: 302, headers: { location: 'http://169.254.169.254/' } });
    const first = await download();
    const second = await download(`${telephony.url}${String(first.headers['location'])}`);
    expect(second.headers['location']).toContain('hop=2');
  });
});

describe('a body cut short', () => {
  test.each(['length', 'chunked'] as const)('shows by its framing: %s', async (framing) => {
    await faults({ action: { kind: 'cut', afterBytes: 30_000, framing } });
    expect(await failure(download())).toBe('UND_ERR_SOCKET');
  });

  test('until the connection closes shows by nothing', async () => {
    await faults({ action: { kind: 'cut', afterBytes: 30_000, framing: 'until-close' } });
    const { status, headers, body } = await download();
    expect(status).toBe(200);
    expect(headers['content-length']).toBeUndefined();
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(body).toHaveLength(30_000);
  });

  test('is not counted as completed', async () => {
    await faults({ action: { kind: 'cut', afterBytes: 30_000 } });
    await failure(download());
    await waitFor(() => telephony.counters().open === 0, { what: 'the download to be over' });
    expect(telephony.counters()).toMatchObject({ requests: 1, completed: 0, bytes: 30_000 });
  });
});

describe('a server that takes its time', () => {
  test('never answers, until the client gives up', async () => {
    await faults({ action: { kind: 'silence' } });
    expect(await failure(request(telephony.recordingUrl(CALL), { headersTimeout: 300 }))).toBe(
      'UND_ERR_HEADERS_TIMEOUT',
    );
  });

  test('stalls in the middle', async () => {
    await faults({ action: { kind: 'stall', afterBytes: 5_000 } });
    const answer = await request(telephony.recordingUrl(CALL), { bodyTimeout: 300 });
    expect(await failure(answer.body.arrayBuffer())).toBe('UND_ERR_BODY_TIMEOUT');
    expect(telephony.counters().bytes).toBe(5_000);
  });

  test('drips', async () => {
    await faults({ action: { kind: 'drip', bytes: 10, everyMs: 20 } });
    const answer = await request(telephony.recordingUrl(CALL));
    const sizes: number[] = [];
    for await (const piece of answer.body) {
      sizes.push((piece as Buffer).length);
      if (sizes.length === 5) break;
    }
    expect(Math.max(...sizes)).toBeLessThan(1_000);
  });

  test('sends all in the end', async () => {
    await faults({ action: { kind: 'slow', bytesPerSecond: 400_000 } }, { action: { kind: 'first-byte', delayMs: 5 } });
    expect(sha256((await download()).body)).toBe(await telephony.recordingSha256(CALL));
    await faults({ action: { kind: 'first-byte', delayMs: 5 } });
    expect(sha256((await download()).body)).toBe(await telephony.recordingSha256(CALL));
  });

  test('drops the connection without a word', async () => {
    await faults({ action: { kind: 'drop' } });
    expect(await failure(download())).toBe('UND_ERR_SOCKET');
  });
});

test('a fault for one recording spares the others, and strikes after so many', async () => {
  await faults({ worldId: 'call-1', after: 1, times: 1, action: { kind: 'lie', lie: 'gone' } });
  const other = telephony.recordingUrl({ ...CALL, worldId: 'call-2' });
  const statuses = [];
  for (const url of [undefined, other, undefined, undefined]) statuses.push((await download(url)).status);
  expect(statuses).toEqual([200, 200, 410, 200]);
});

test('a control request that makes no sense is told so', async () => {
  expect(await telephony.control('PUT', '/faults', [{ action: { kind: 'explode' } }])).toMatchObject({ status: 400 });
  expect(await telephony.control('GET', '/nothing')).toMatchObject({ status: 404 });
});
