import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ExportError } from '../../errors/export-error.ts';
import { createRecordings, type Recording, type RecordingsOptions } from '../../recordings/fetch-recording.ts';
import { checkConverter } from '../../recordings/ffmpeg/ffmpeg-version.ts';
import { probeAudio } from '../support/probed-audio.ts';
import { waitFor } from '../support/wait-for.ts';
import { oggOpus, wav } from './audio-samples.ts';
import { Telephony } from './telephony.ts';

let telephony: Telephony;
let folder: string;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'convert-test-'));
  telephony = new Telephony();
  await telephony.listen();
});
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));
afterAll(async () => {
  telephony.close();
  await rm(folder, { recursive: true });
});

/** Eight seconds of A-law in two channels. */
const ALAW = wav({ codec: 6, bits: 8, seconds: 8 });

function receive(options: RecordingsOptions = {}, signal = new AbortController().signal): Promise<Recording> {
  const recordings = createRecordings({ insecureHosts: [telephony.host], tempDir: folder, ...options });
  opened.push(recordings);
  return recordings.receive(telephony.link, { signal });
}

function serving(body: Buffer): void {
  telephony.answer = (_request, response) => response.end(body);
}

async function bytesOf(recording: Recording): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of recording.chunks()) parts.push(part);
  return Buffer.concat(parts);
}

/** A program that stands in for ffmpeg, to see how it is treated. It may see nothing but itself. @param data behind it. */
async function program(name: string, script: string, data: Buffer = Buffer.alloc(0)): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, Buffer.concat([Buffer.from(`#!/bin/sh\n${script}\n`), data]));
  await chmod(file, 0o755);
  return file;
}

describe('a recording that SpeechSense does not take', () => {
  test('becomes Ogg Opus of the same length and channels, the same bytes each time', async () => {
    serving(ALAW);
    const recording = await receive();
    expect(recording).toMatchObject({ container: 'ogg_opus', convertedFrom: 'WAV G.711 A-law' });
    const bytes = await bytesOf(recording);
    expect(bytes).toHaveLength(recording.sizeBytes);
    expect(await probeAudio(bytes)).toMatchObject({ codec: 'opus', container: 'ogg', channels: 2 });
    expect((await probeAudio(bytes)).seconds).toBeCloseTo(8, 1);
    expect((await bytesOf(await receive())).equals(bytes)).toBe(true);
    await recording.dispose();
  });

  test('goes through files without names where it is large, and leaves none', async () => {
    serving(wav({ bits: 24, seconds: 120 }));
    const recording = await receive({ limits: { memoryBytes: 100_000 } });
    expect(recording.format.durationSeconds).toBeCloseTo(120, 1);
    expect(await readdir(folder)).toEqual([]);
    await recording.dispose();
  });

  test('is refused with what to install where there is no ffmpeg', async () => {
    serving(ALAW);
    for (const ffmpeg of ['/nowhere/ffmpeg', 'no-such-ffmpeg', path.join(folder)]) {
      const error: unknown = await receive({ ffmpeg }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'audio_unsupported',
        kind: 'permanent',
        values: { format: 'WAV G.711 A-law' },
      });
      expect((error as ExportError).sentence('ru')).toMatch(/apt install ffmpeg.*FFMPEG_PATH/);
      expect((error as ExportError).sentence('en')).toMatch(/apt install ffmpeg.*FFMPEG_PATH/);
    }
  });

  test.each([
    ['is damaged', Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(50_000, 7)])],
    ['holds nothing', Buffer.concat([Buffer.from('\0\0\0\x14ftypM4A \0\0\0\0M4A ')])],
  ])('and that %s fails for itself', async (_what, body) => {
    serving(body);
    await expect(receive()).rejects.toMatchObject({ code: 'conversion_failed', kind: 'permanent' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('and is longer than four hours is refused, however little it was packed into', async () => {
    serving(ALAW);
    const faked = await program('long', 'cat >/dev/null; tail -n +3 "$0"; exit', oggOpus({ seconds: 4 * 3_600 + 1 }));
    await expect(receive({ ffmpeg: faked })).rejects.toMatchObject({ code: 'recording_too_long' });
    await rm(faked);
  });

  test('and unpacks into more than the limit is refused as that', async () => {
    serving(ALAW);
    const bomb = await program('bomb', 'exec yes');
    const refused = receive({ ffmpeg: bomb, limits: { maxBytes: 1_000_000 } });
    await expect(refused).rejects.toMatchObject({ code: 'recording_too_large', values: { maxBytes: 1_000_000 } });
    expect(await readdir(folder)).toEqual(['bomb']);
    await rm(bomb);
  });

  test('and comes out shorter than it is, is sent as far as it came, and the report says so', async () => {
    serving(ALAW);
    const faked = await program('short', `ffmpeg -v quiet -f wav -i pipe:0 -t 5 -c:a libopus -f ogg pipe:1`);
    await expect(receive({ ffmpeg: faked })).resolves.toMatchObject({ remarks: ['incomplete'] });
    await rm(faked);
  });
});

describe('ffmpeg', () => {
  test('is given a reader and pipes, limits and no environment', async () => {
    serving(ALAW);
    process.env.TEST_SECRET = 'secret';
    // Its only ways out are the recording that it makes and what it says, which nothing keeps.
    const seen = '{ echo "$*"; ulimit -v; ulimit -t; ulimit -c; nice; env; }';
    const checks = [
      `grep -q -e '-nostdin .*-protocol_whitelist pipe,cache -codec_whitelist [^ ]* -f wav -i pipe:0 .*-f ogg pipe:1$'`,
      `grep -q '^${1024 * 1024}$'`,
      `grep -q '^900$'`,
      `grep -qE '^1[0-9]$'`,
      `{ ! grep -qE 'secret|DATABASE|ENCRYPTION'; }`,
    ];
    const spy = await program(
      'spy',
      `said=$(${seen}); ${checks.map((check) => `echo "$said" | ${check} || exit 69`).join('\n')}\nexec ffmpeg "$@"`,
    );
    await expect(receive({ ffmpeg: spy })).resolves.toMatchObject({ container: 'ogg_opus' });
    delete process.env.TEST_SECRET;
    await rm(spy);
  });

  test('says what it likes without anybody keeping it', async () => {
    serving(ALAW);
    const loud = await program('loud', `yes +79990000000 | head -c 50000000 >&2; exec ffmpeg "$@"`);
    await expect(receive({ ffmpeg: loud })).resolves.toMatchObject({ container: 'ogg_opus' });
    await rm(loud);
  });

  test.each([
    ['when the call is stopped', { stopped: true }, /stopped/],
    ['when its time is over', { stopped: false }, /could not convert/],
  ])('is killed %s', async (_when, { stopped }, outcome) => {
    serving(ALAW);
    // By its arguments, since it may have a process id of its own world.
    const seconds = String(1e6 + randomInt(1e6));
    const stuck = await program('stuck', `exec sleep ${seconds}`);
    const runs = () =>
      promisify(execFile)('ps', ['-A', '-o', 'args']).then(({ stdout }) => stdout.includes(`sleep ${seconds}`));
    const stop = new AbortController();
    const received = receive({ ffmpeg: stuck, limits: stopped ? {} : { convertMs: 2_000 } }, stop.signal);
    const outcomeSeen = expect(received).rejects.toThrow(outcome);
    await waitFor(runs, { what: 'it to run' });
    if (stopped) stop.abort(new Error('stopped'));
    await outcomeSeen;
    await waitFor(async () => !(await runs()), { what: 'it to be gone' });
    await rm(stuck);
  });

  test.each<[string, string, object]>([
    ['crashes', 'kill -SEGV $$', { code: 'conversion_failed', kind: 'permanent' }],
    ['aborts', 'kill -ABRT $$', { code: 'conversion_failed', kind: 'permanent' }],
    ['eats memory', 'a=aaaaaaaa; while :; do a=$a$a; done', { code: 'conversion_failed', kind: 'permanent' }],
    ['is killed by somebody else', 'kill -KILL $$', { code: 'unexpected', kind: 'bug' }],
  ])('that %s leaves nothing behind', async (_what, script, error) => {
    serving(ALAW);
    const broken = await program('broken', script);
    await expect(receive({ ffmpeg: broken, limits: { memoryBytes: 100_000 } })).rejects.toMatchObject(error);
    expect(await readdir(folder)).toEqual(['broken']);
    await rm(broken);
  });

  test('runs no more often at once than there are processors, and who waits can be stopped', async () => {
    serving(ALAW);
    const recordings = createRecordings({ insecureHosts: [telephony.host], tempDir: folder });
    opened.push(recordings);
    const stops = Array.from({ length: 6 }, () => new AbortController());
    const all = stops.map(({ signal }) => recordings.receive(telephony.link, { signal }));
    stops.at(-1)?.abort(new Error('stopped'));
    const settled = await Promise.allSettled(all);
    expect(settled.map(({ status }) => status)).toEqual([...Array<string>(5).fill('fulfilled'), 'rejected']);
  });
});

describe('the check', () => {
  test('tells whether ffmpeg is there, which one, and whether it writes Opus', async () => {
    expect(await checkConverter('ffmpeg')).toEqual({ ok: true, version: expect.stringMatching(/^\S+$/) });
    expect(await checkConverter('/nowhere/ffmpeg')).toEqual({ ok: false, version: null });
    const poor = await program('poor', `echo "ffmpeg version 9.9-poor"`);
    expect(await checkConverter(poor)).toEqual({ ok: false, version: '9.9-poor' });
    await rm(poor);
  });
});
