import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAILURE_REASONS } from '../../errors/reasons.ts';
import { createRecordings, type Recordings } from '../../recordings/fetch-recording.ts';
import { createClock } from '../../sandbox/clock.ts';
import type { RecordingFormat } from '../../sandbox/recording-formats.ts';
import { ODD_HEADS } from '../../sandbox/telephony/odd-head.ts';
import { LIES } from '../../sandbox/telephony/telephony-fault.ts';
import { startTelephony, type Telephony } from '../../sandbox/telephony/telephony-server.ts';

const clock = createClock({ startMs: Date.parse('2026-11-22T10:00:00Z'), frozen: true });
let telephony: Telephony;
let recordings: Recordings | undefined;
let tempDir: string;

const HURRIED = { firstByteMs: 300, stallMs: 300, totalMs: 1_500 };
/** For what is not about time, on a machine that has little. */
const PATIENT = { firstByteMs: 10_000, stallMs: 10_000, totalMs: 30_000 };

async function patience(limits: typeof HURRIED): Promise<void> {
  await recordings?.close();
  recordings = createRecordings({
    insecureHosts: [new URL(telephony.url).host],
    tempDir,
    limits: { memoryBytes: 20_000, maxBytes: 4_000_000, ...limits },
  });
}

beforeAll(async () => {
  telephony = await startTelephony({ clock });
  tempDir = await mkdtemp(join(tmpdir(), 'lies-test-'));
});
beforeEach(async () => {
  telephony.reset();
  await patience(HURRIED);
});
afterAll(async () => {
  await recordings?.close();
  await telephony.close();
  await rm(tempDir, { recursive: true });
});

function reception(): Recordings {
  if (!recordings) throw new Error('not set up');
  return recordings;
}

const recording = (format: RecordingFormat = 'mp3') =>
  telephony.recordingUrl({ worldId: 'c', format, talkSeconds: 30 });
const receive = (link = recording()) => reception().receive(link, { signal: new AbortController().signal });
const lie = (name: (typeof LIES)[number]) => ({ kind: 'lie', lie: name });
const page = (status: number, headers: Record<string, string> = {}, body = '<html>') => ({
  kind: 'answer',
  status,
  headers,
  body,
});

/** What is answered, what it is called, and whether time may heal it. */
type Row = [what: string, action: object, reason: string, heals: 'heals' | 'stays', format?: RecordingFormat];
const TABLE: Row[] = [
  ['a page that says who is not licensed, with 200', lie('html'), 'recording_not_audio', 'stays'],
  ['an error in JSON, with 200', lie('json'), 'recording_not_audio', 'stays'],
  ['nothing, with 200', lie('empty'), 'recording_not_audio', 'stays'],
  ['204', page(204, {}, ''), 'recording_not_audio', 'stays'],
  [
    'text, called raw samples',
    page(200, { 'content-type': 'audio/basic' }, 'no such record'),
    'recording_not_audio',
    'stays',
  ],
  ['a page, called an MP3', page(200, { 'content-type': 'audio/mpeg' }), 'recording_not_audio', 'stays'],
  ['404 with KEY_IS_EXPIRED', lie('expired'), 'recording_expired', 'stays'],
  ['410', lie('gone'), 'recording_expired', 'stays'],
  ['403', lie('forbidden'), 'recording_forbidden', 'stays'],
  ['401 with a challenge', page(401, { 'www-authenticate': 'Basic' }), 'recording_forbidden', 'stays'],
  ['402', page(402), 'recording_forbidden', 'stays'],
  ['451', page(451), 'recording_forbidden', 'stays'],
  ['400 with "no files to concat"', lie('no-files'), 'recording_missing', 'stays'],
  ['422', page(422), 'recording_missing', 'stays'],
  ['500', lie('failing'), 'recording_unreachable', 'heals'],
  ['502', page(502), 'recording_unreachable', 'heals'],
  ['503 with Retry-After', { kind: 'unavailable', retryAfterSeconds: 7 }, 'recording_unreachable', 'heals'],
  ['429', page(429), 'recording_unreachable', 'heals'],
  ['408', page(408), 'recording_unreachable', 'heals'],
  ['304, though nobody asked whether it changed', page(304, {}, ''), 'recording_unreachable', 'heals'],
  ['206, though nobody asked for a part', page(206), 'recording_unreachable', 'heals'],
  ['300 without a way to go', page(300), 'recording_unreachable', 'heals'],
  ['302 without a way to go', page(302), 'recording_unreachable', 'heals'],
  ['a redirect to a login page', { kind: 'redirect' }, 'recording_not_audio', 'stays'],
  ['a redirect to itself, again and again', { kind: 'redirect-loop' }, 'recording_unreachable', 'stays'],
  ['more redirects than anyone follows', { kind: 'redirects', hops: 11 }, 'recording_unreachable', 'stays'],
  ['an answer of another protocol', { kind: 'not-http' }, 'recording_not_audio', 'stays'],
  [
    '206 with a half that nobody asked for',
    { kind: 'status', status: 206, range: 'half' },
    'recording_truncated',
    'heals',
  ],
  ['a bomb in gzip', { kind: 'bomb', coding: 'gzip', sizeBytes: 10_000_000_000 }, 'recording_too_large', 'stays'],
  ['a bomb in deflate', { kind: 'bomb', coding: 'deflate', sizeBytes: 10_000_000_000 }, 'recording_too_large', 'stays'],
  ['a bomb in raw deflate', { kind: 'bomb', coding: 'deflate-raw', sizeBytes: 1e10 }, 'recording_too_large', 'stays'],
  ['a bomb in Brotli', { kind: 'bomb', coding: 'br', sizeBytes: 10_000_000_000 }, 'recording_too_large', 'stays'],
  ['10 GB of nothing, announced', { kind: 'flood', sizeBytes: 10_000_000_000 }, 'recording_too_large', 'stays'],
  [
    '10 GB of nothing in chunks',
    { kind: 'flood', sizeBytes: 1e10, framing: 'chunked' },
    'recording_too_large',
    'stays',
  ],
  ['202', lie('processing'), 'recording_not_audio', 'stays'],
  ['204, as some telephonies do at first', lie('no-content'), 'recording_not_audio', 'stays'],
  ['409', lie('conflict'), 'recording_missing', 'stays'],
  ['423', lie('locked'), 'recording_missing', 'stays'],
  ['404 of a store, NoSuchKey', lie('s3-no-key'), 'recording_expired', 'stays'],
  ['403 of a store, AccessDenied', lie('s3-denied'), 'recording_forbidden', 'stays'],
  ['403 of a store, Request has expired', lie('s3-expired'), 'recording_expired', 'stays'],
  ['400 of a store, ExpiredToken', lie('s3-token-expired'), 'recording_expired', 'stays'],
  ['400 of Google, ExpiredToken', lie('gcs-expired'), 'recording_expired', 'stays'],
  ['403 of Azure, outside of its time frame', lie('azure-expired'), 'recording_expired', 'stays'],
  ['a redirect to a file', { kind: 'redirect', to: 'file:///etc/passwd' }, 'recording_host_forbidden', 'stays'],
  ['a redirect into the machine', { kind: 'redirect', to: 'http://[::1]/' }, 'recording_host_forbidden', 'stays'],
  ['a redirect to nowhere', { kind: 'redirect', to: 'http://' }, 'recording_missing', 'stays'],
  ['a closed connection', { kind: 'drop' }, 'recording_unreachable', 'heals'],
  ['silence', { kind: 'silence' }, 'recording_unreachable', 'heals'],
  ['a first byte that comes too late', { kind: 'first-byte', delayMs: 60_000 }, 'recording_unreachable', 'heals'],
  ['silence in the middle', { kind: 'stall', afterBytes: 1_000 }, 'recording_unreachable', 'heals'],
  ['a drip that never ends', { kind: 'drip', bytes: 1, everyMs: 50 }, 'recording_unreachable', 'heals'],
  ['so slow that time runs out', { kind: 'slow', bytesPerSecond: 500 }, 'recording_unreachable', 'heals'],
  ['less than its length', { kind: 'cut', afterBytes: 1_000 }, 'recording_truncated', 'heals'],
  ['no last chunk', { kind: 'cut', afterBytes: 1_000, framing: 'chunked' }, 'recording_truncated', 'heals'],
  [
    'half a WAV, and nothing in HTTP shows it',
    { kind: 'cut', afterBytes: 1_000, framing: 'until-close' },
    'recording_truncated',
    'heals',
    'wav',
  ],
  [
    'half an Ogg, and nothing in HTTP shows it',
    { kind: 'cut', afterBytes: 50_000, framing: 'until-close' },
    'recording_truncated',
    'heals',
    'ogg',
  ],
  [
    'half an MP3 with an index, and nothing in HTTP shows it',
    { kind: 'cut', afterBytes: 20_000, framing: 'until-close' },
    'recording_truncated',
    'heals',
    'mp3-vbr',
  ],
  [
    'half a FLAC, which only its conversion shows',
    { kind: 'cut', afterBytes: 60_000, framing: 'until-close' },
    'recording_truncated',
    'heals',
    'flac',
  ],
  [
    'half an AMR, and nothing in HTTP shows it',
    { kind: 'cut', afterBytes: 10_001, framing: 'until-close' },
    'recording_truncated',
    'heals',
    'amr',
  ],
  [
    'an M4A without its end, where its contents were',
    { kind: 'cut', afterBytes: 60_000, framing: 'until-close' },
    'recording_truncated',
    'heals',
    'm4a-tail',
  ],
];

describe('a link that lies', () => {
  const rows = TABLE.map(([what, action, reason, heals, format = 'mp3']) => ({ what, action, reason, heals, format }));
  test.each(rows)('with $what', async ({ action, reason, heals, format }) => {
    if (reason !== 'recording_unreachable') await patience(PATIENT);
    expect(await telephony.control('PUT', '/faults', [{ action }])).toMatchObject({ status: 200 });
    // Encoded beforehand, as the limits here are short.
    await telephony.recordingSha256({ worldId: 'c', format, talkSeconds: 30 });
    await expect(receive(recording(format))).rejects.toMatchObject({
      code: reason,
      kind: heals === 'heals' ? 'retryable' : 'permanent',
    });
    expect(FAILURE_REASONS).toContain(reason);
    expect(await readdir(tempDir)).toEqual([]);
  });

  test('is a lie of this table, whichever the sandbox knows', () => {
    const told = TABLE.map(([, action]) => ('lie' in action ? action.lie : undefined));
    for (const known of LIES) expect(told).toContain(known);
  });
});

describe('a link that looks like a lie', () => {
  test.each([
    ['in gzip that nobody asked for', { kind: 'gzip' }],
    ['without a length', { kind: 'no-length' }],
    ['called a page', { kind: 'content-type', contentType: 'text/html' }],
    ['after a while', { kind: 'first-byte', delayMs: 50 }],
    ['slowly, but in time', { kind: 'slow', bytesPerSecond: 200_000 }],
    ...ODD_HEADS.map((head): [string, object] => [`behind an odd head: ${head}`, { kind: 'odd-head', head }]),
    ...[
      ['aws-chunked'],
      ['aws-chunked,'],
      [','],
      ['UTF8'],
      ['chunked'],
      ['audio/mpeg'],
      ['identity, identity'],
      ['none', 'none'],
      ['gzip'],
      ['deflate'],
      ['br'],
    ].map((says): [string, object] => [
      `in an encoding that is none: ${says.join(' and ')}`,
      { kind: 'encoded', says },
    ]),
    ['in deflate', { kind: 'encoded', says: ['deflate'], is: ['deflate'] }],
    ['in raw deflate', { kind: 'encoded', says: ['deflate'], is: ['deflate-raw'] }],
    ['in Brotli', { kind: 'encoded', says: ['br'], is: ['br'] }],
    ['in gzip twice', { kind: 'encoded', says: ['gzip, gzip'], is: ['gzip', 'gzip'] }],
    ['in gzip and then deflate', { kind: 'encoded', says: ['gzip', 'deflate'], is: ['gzip', 'deflate'] }],
    ['in gzip that is named twice', { kind: 'encoded', says: ['gzip', 'gzip'], is: ['gzip'] }],
    ['as 201', { kind: 'status', status: 201 }],
    ['as 203', { kind: 'status', status: 203 }],
    ['as 206 with the whole', { kind: 'status', status: 206 }],
    ['as 206 with the whole of an unknown size', { kind: 'status', status: 206, range: 'unknown-size' }],
    ['as 206 with a wrong sum', { kind: 'status', status: 206, range: 'miscounted' }],
    ['behind ten redirects', { kind: 'redirects', hops: 10 }],
    ['behind a redirect in raw UTF-8', { kind: 'redirects', hops: 1, encoding: 'utf-8' }],
    ['behind a redirect in windows-1251', { kind: 'redirects', hops: 1, encoding: 'windows-1251' }],
    ['behind a redirect that is said twice', { kind: 'redirects', hops: 1, twice: true }],
    ['behind redirects that want their cookie back', { kind: 'redirects', hops: 2, cookie: true }],
  ])('gives its recording %s', async (_what, action) => {
    expect(await telephony.control('PUT', '/faults', [{ action }])).toMatchObject({ status: 200 });
    const received = await receive();
    const hash = createHash('sha256');
    for await (const part of received.chunks()) hash.update(part);
    expect(hash.digest('hex')).toBe(await telephony.recordingSha256({ worldId: 'c', format: 'mp3', talkSeconds: 30 }));
    await received.dispose();
  });
});

test('a link that has lived its half hour is expired by the sandbox’s clock', async () => {
  const link = telephony.recordingUrl({ worldId: 'c', format: 'mp3', talkSeconds: 30 }, clock.nowMs() + 1_800_000);
  await (await receive(link)).dispose();
  clock.advance(1_801);
  await expect(receive(link)).rejects.toMatchObject({ code: 'recording_expired' });
});

test('a telephony that asks for a pause is not asked again before it is over', async () => {
  await telephony.control('PUT', '/faults', [{ times: 1, action: { kind: 'unavailable', retryAfterSeconds: 60 } }]);
  await expect(receive()).rejects.toMatchObject({ retryAfterMs: 60_000 });
  const requests = telephony.counters().requests;
  for (let time = 0; time < 5; time++) {
    await expect(receive()).rejects.toMatchObject({ code: 'recording_unreachable', retryAfterMs: expect.any(Number) });
  }
  expect(telephony.counters().requests).toBe(requests);
});
