import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createRecordings, type Recording, type Recordings } from '../../recordings/fetch-recording.ts';
import { FFMPEG, madeByFfmpeg, twoVoices } from '../support/made-audio.ts';
import { probeAudio } from '../support/probed-audio.ts';
import { adts, mp3, oggOpus, wav } from './audio-samples.ts';
import { Telephony } from './telephony.ts';

// Recordings as public bug reports describe them; ffmpeg judges what would be uploaded.

const SECONDS = 4;
let telephony: Telephony;
let recordings: Recordings;
let voices: Buffer;

beforeAll(async () => {
  telephony = new Telephony();
  await telephony.listen();
  recordings = createRecordings({ insecureHosts: [telephony.host], ffmpeg: FFMPEG });
  voices = await twoVoices(SECONDS);
});
afterAll(async () => {
  await recordings.close();
  telephony.close();
});

async function receive(body: Buffer, contentType = 'application/octet-stream'): Promise<Recording> {
  telephony.answer = (_request, response) => response.setHeader('content-type', contentType).end(body);
  return recordings.receive(telephony.link, { signal: new AbortController().signal });
}

/** What would be uploaded, as a player plays it. */
async function played(body: Buffer, contentType?: string) {
  const recording = await receive(body, contentType);
  const parts: Buffer[] = [];
  for await (const part of recording.chunks()) parts.push(Buffer.from(part));
  await recording.dispose();
  const judged = await probeAudio(Buffer.concat(parts));
  // The report says what a player counts.
  expect(Math.abs(recording.format.durationSeconds - judged.seconds)).toBeLessThan(0.1);
  expect(recording.format.channels).toBe(judged.channels);
  return { ...judged, remarks: recording.remarks, from: recording.convertedFrom };
}

const made = (...given: string[]) => madeByFfmpeg(voices, '-i', '{in}', ...given, '{out}');
const copied = (bytes: Buffer, ...given: string[]) =>
  madeByFfmpeg(bytes, '-i', '{in}', '-c', 'copy', ...given, '{out}');
const opus = ['-c:a', 'libopus', '-b:a', '24k'];
const aac = ['-c:a', 'aac', '-b:a', '32k'];
const video = ['-f', 'lavfi', '-i', 'color=c=black:s=16x16:r=2:d=12', '-i', '{in}', '-map', '0:v', '-map', '1:a'];
const perTrack = [
  '-filter_complex',
  '[0:a]asplit[l][r];[l]pan=mono|c0=c0[left];[r]pan=mono|c0=c1[right]',
  ...['-map', '[left]', '-map', '[right]'],
];

describe('two voices are sent whole and apart', () => {
  test.each<[string, () => Promise<Buffer>]>([
    [
      'WebM whose clock begins at 10 s',
      async () => copied(await made(...opus, '-f', 'webm'), '-bsf:a', 'setts=ts=PTS+10000', '-f', 'webm'),
    ],
    [
      'WebM whose clock begins at 5 h',
      async () => copied(await made(...opus, '-f', 'webm'), '-output_ts_offset', '18000', '-f', 'webm'),
    ],
    [
      'WebM whose clock leaps by 5 h',
      async () => copied(await made(...opus, '-f', 'webm'), '-bsf:a', 'setts=ts=PTS+gt(N\\,99)*18000000', '-f', 'webm'),
    ],
    [
      'Ogg Opus whose clock begins at 5 h',
      async () => copied(await made(...opus, '-f', 'ogg'), '-output_ts_offset', '18000', '-f', 'ogg'),
    ],
    [
      'fragmented MP4 whose clock begins at 5 h',
      async () => made(...aac, '-output_ts_offset', '18000', '-movflags', '+frag_keyframe+empty_moov', '-f', 'mp4'),
    ],
    [
      'a film shorter in sound than in picture',
      () => madeByFfmpeg(voices, ...video, '-c:v', 'mpeg4', ...opus, '-f', 'matroska', '{out}'),
    ],
    ['M4A with a line feed behind', async () => Buffer.concat([await made(...aac, '-f', 'mp4'), Buffer.from('\n')])],
    [
      'M4A with a comment behind',
      async () => Buffer.concat([await made(...aac, '-f', 'mp4'), Buffer.from('\r\n<!-- 0.01 s -->\r\n')]),
    ],
    [
      'M4A behind a warning',
      async () => Buffer.concat([Buffer.from('<b>Notice</b>: x\n'), await made(...aac, '-f', 'mp4')]),
    ],
    ['M4A whose description claims a year', async () => claimingYears(await made(...aac, '-f', 'mp4'))],
    ['QuickTime without its type', async () => withoutType(await made('-c:a', 'pcm_mulaw', '-f', 'mov'))],
    ['Wave64', () => made('-f', 'w64')],
    ['RF64', () => made('-rf64', 'always', '-f', 'wav')],
    [
      'BW64',
      async () => Buffer.concat([Buffer.from('BW64'), (await made('-rf64', 'always', '-f', 'wav')).subarray(4)]),
    ],
    ['AAC in LATM', () => made(...aac, '-f', 'latm')],
    ['AAC behind a line feed', async () => Buffer.concat([Buffer.from('\n'), await made(...aac, '-f', 'adts')])],
    ['AIFF with the ends of its samples the other way round', () => made('-c:a', 'pcm_s16le', '-f', 'aiff')],
    ['AIFF with its description behind the sound', async () => soundFirst(await made('-f', 'aiff'))],
    ['VOC', () => made('-c:a', 'pcm_s16le', '-f', 'voc')],
    ['AU of unknown length', async () => withBytes(await made('-c:a', 'pcm_mulaw', '-f', 'au'), 8, 'ffffffff')],
    ['Matroska', () => made('-c:a', 'pcm_s16le', '-f', 'matroska')],
    ['AVI', () => made('-c:a', 'libmp3lame', '-f', 'avi')],
    ['Flash video', () => made('-ar', '22050', '-c:a', 'libmp3lame', '-f', 'flv')],
    ['an MPEG transport stream', () => made('-ar', '48000', '-c:a', 'mp2', '-f', 'mpegts')],
    ['MPEG layer II', () => made('-ar', '16000', '-c:a', 'mp2', '-f', 'mp2')],
    ['IMA ADPCM', () => made('-c:a', 'adpcm_ima_wav', '-f', 'wav')],
    [
      'A-law whose byte rate is wrong',
      async () => withBytes(await made('-c:a', 'pcm_alaw', '-f', 'wav'), 28, '401f0000'),
    ],
    ['A-law of size 0', async () => sizeZero(await made('-c:a', 'pcm_alaw', '-f', 'wav'))],
    ['24 bits the other way round', () => Promise.resolve(rifx24(voices))],
  ])('%s', async (_what, make) => {
    const { seconds, channels, alone, remarks } = await played(await make());
    expect(channels).toBe(2);
    expect(Math.abs(seconds - SECONDS)).toBeLessThan(0.3);
    expect(alone.left).toBeGreaterThan(0.35);
    expect(alone.right).toBeGreaterThan(0.35);
    expect(remarks).toEqual([]);
  });

  test.each<[string, string[]]>([
    ['Matroska', [...opus, '-f', 'matroska']],
    ['MP4', [...aac, '-f', 'mp4']],
    ['Ogg', [...opus, '-f', 'ogg']],
  ])('one on each track of %s', async (_what, form) => {
    const { seconds, channels, alone, remarks } = await played(await made(...perTrack, ...form));
    expect({ channels, remarks }).toEqual({ channels: 2, remarks: ['tracks_joined'] });
    expect(Math.abs(seconds - SECONDS)).toBeLessThan(0.2);
    expect(alone.left).toBeGreaterThan(0.35);
    expect(alone.right).toBeGreaterThan(0.35);
  });

  test.each([3, 4, 6, 9])('in the first two of %i channels', async (channels) => {
    const { alone, remarks, ...judged } = await played(inChannels(voices, channels));
    expect(judged).toMatchObject({ channels: 2, codec: 'opus' });
    expect(remarks).toEqual(['channels_mixed']);
    expect(Math.min(alone.left, alone.right)).toBeGreaterThan(0.35);
  });
});

describe('several recordings one after another in a file', () => {
  const layer3 = (...given: string[]) => made(...given, '-c:a', 'libmp3lame', '-f', 'mp3');
  const twice = async (part: Promise<Buffer>) => Buffer.concat([await part, await part]);

  test.each<[string, () => Promise<Buffer>]>([
    ['MP3s with tags and indexes of their own', () => twice(layer3('-ar', '8000', '-b:a', '32k', '-write_id3v1', '1'))],
    ['MP3s of two bit rates', async () => Buffer.concat([await layer3('-b:a', '64k'), await layer3('-q:a', '7')])],
    ['MP3s of one and of two channels', async () => Buffer.concat([await layer3('-ac', '1'), await layer3()])],
    ['Ogg Opus', () => twice(made(...opus, '-f', 'ogg'))],
    ['Ogg Vorbis', () => twice(made('-c:a', 'libvorbis', '-f', 'ogg'))],
    ['Ogg FLAC', () => twice(made('-c:a', 'flac', '-f', 'ogg'))],
    ['AAC', () => twice(made(...aac, '-f', 'adts'))],
  ])('%s are sent one after another', async (_what, make) => {
    const { seconds } = await played(await make());
    expect(Math.abs(seconds - 2 * SECONDS)).toBeLessThan(0.5);
  });
});

test('an AAC of nothing but silence is sent', async () => {
  const silence = await made('-af', 'volume=0', ...aac, '-f', 'mp4');
  const { seconds } = await played(await copied(silence, '-f', 'adts'));
  expect(Math.abs(seconds - SECONDS)).toBeLessThan(0.3);
});

test('an MP3 of a few frames of which the last is cut is sent', async () => {
  const { seconds, remarks } = await played(
    (await made('-t', '0.5', '-c:a', 'libmp3lame', '-f', 'mp3')).subarray(0, -60),
  );
  expect(seconds).toBeGreaterThan(0.3);
  expect(remarks).toEqual(['incomplete']);
});

test('one voice in LATM is not doubled', async () => {
  const { channels } = await played(await made('-ac', '1', ...aac, '-f', 'latm'));
  expect(channels).toBe(1);
});

describe('silence', () => {
  test('where no packets came stays as long as it was', async () => {
    const webm = await made(...opus, '-f', 'webm');
    const gaps = await copied(webm, '-bsf:a', 'noise=drop=between(mod(n\\,100)\\,20\\,60)', '-f', 'webm');
    const { seconds } = await played(gaps);
    expect(Math.abs(seconds - SECONDS)).toBeLessThan(0.2);
  });

  test('at the end of a short Vorbis is not lost', async () => {
    const { seconds } = await played(await made('-t', '1.5', '-c:a', 'libvorbis', '-f', 'ogg'));
    expect(Math.abs(seconds - 1.5)).toBeLessThan(0.1);
  });
});

test.each<[string, string, Buffer]>([
  ['A-law that begins with 64 ms of one letter', 'audio/PCMA', Buffer.alloc(512, 'U')],
  ['A-law that begins with a brace', 'audio/PCMA', Buffer.from('{')],
  ['µ-law that begins as AAC does', 'audio/basic', Buffer.from([0xff, 0xf9])],
])('%s is taken by its media type', async (_what, contentType, before) => {
  const raw = await made('-ac', '1', '-f', contentType === 'audio/PCMA' ? 'alaw' : 'mulaw');
  const { seconds, channels } = await played(Buffer.concat([before, raw]), contentType);
  expect(channels).toBe(1);
  expect(Math.abs(seconds - SECONDS - before.length / 8_000)).toBeLessThan(0.1);
});

test('G.722 is taken by its media type', async () => {
  const { seconds, from } = await played(
    await made('-ac', '1', '-ar', '16000', '-c:a', 'g722', '-f', 'g722'),
    'audio/G722',
  );
  expect(from).toBe('raw G.722');
  expect(Math.abs(seconds - SECONDS)).toBeLessThan(0.1);
});

test('tracks that are no pair are mixed, and the report says so', async () => {
  const three = ['-map', '0:a', '-map', '0:a', '-map', '0:a', ...opus, '-f', 'matroska'];
  const { channels, remarks, alone } = await played(await made(...three));
  expect({ channels, remarks }).toEqual({ channels: 2, remarks: ['tracks_mixed'] });
  expect(Math.min(alone.left, alone.right)).toBeGreaterThan(0.35);
});

test.each<[string, () => Promise<Buffer>]>([
  ['a WAV', () => Promise.resolve(voices.subarray(0, 100_000))],
  ['a FLAC', async () => (await made('-c:a', 'flac', '-f', 'flac')).subarray(0, 20_000)],
  ['an AAC', async () => (await made(...aac, '-f', 'adts')).subarray(0, 10_000)],
  ['an Ogg Opus', async () => (await made(...opus, '-page_duration', '100000', '-f', 'ogg')).subarray(0, 9_000)],
])('what a recorder left of %s is sent, and the report says so', async (_what, make) => {
  const { seconds, remarks } = await played(await make());
  expect(remarks).toEqual(['incomplete']);
  expect(seconds).toBeGreaterThan(0.5);
  expect(seconds).toBeLessThan(SECONDS);
});

describe('what has no sound never becomes a talk', () => {
  test.each<[string, string, () => Buffer | Promise<Buffer>]>([
    ['a WAV of nothing', 'recording_empty', () => wav({ seconds: 0 })],
    ['a WAV without sound', 'recording_empty', () => wav({ seconds: 0 }).subarray(0, -8)],
    ['a WAV of A-law of nothing', 'recording_empty', () => wav({ seconds: 0, codec: 6, bits: 8 })],
    ['a WAV of 50 ms', 'recording_empty', () => wav({ seconds: 0.05 })],
    ['a WAV of A-law of 50 ms', 'recording_empty', () => wav({ seconds: 0.05, codec: 6, bits: 8 })],
    ['an MP3 that encodes nothing', 'recording_empty', () => mp3({ frames: 2 })],
    ['an MP3 of an empty WAV', 'recording_empty', () => made('-t', '0.001', '-c:a', 'libmp3lame', '-f', 'mp3')],
    ['an M4A of 20 ms', 'recording_empty', () => made('-t', '0.02', '-ar', '48000', ...aac, '-f', 'mp4')],
    ['an Ogg of nothing but headers', 'recording_empty', () => oggOpus({ seconds: 0 })],
    ['an Ogg without channels', 'recording_empty', () => oggOpus({ channels: 0, seconds: 0 })],
    [
      'a film without sound',
      'recording_not_audio',
      () => madeByFfmpeg(voices, ...video.slice(0, 4), '-c:v', 'mpeg4', '-f', 'matroska', '{out}'),
    ],
    [
      'a picture',
      'recording_not_audio',
      () => madeByFfmpeg(voices, ...video.slice(0, 4), '-frames:v', '1', '-f', 'image2', '-c:v', 'png', '{out}'),
    ],
    ['a moving picture', 'recording_not_audio', () => madeByFfmpeg(voices, ...video.slice(0, 4), '-f', 'gif', '{out}')],
    ['zeros', 'recording_not_audio', () => Buffer.alloc(100_000)],
    ['AAC frames of nothing', 'conversion_failed', () => adts({ frames: 200 })],
    [
      'a program',
      'recording_not_audio',
      () => Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(60_000, 9)]),
    ],
  ])('%s is %s', async (_what, code, make) => {
    await expect(receive(await make(), 'audio/mpeg')).rejects.toMatchObject({ code, kind: 'permanent' });
  });

  test('random bytes are none', async () => {
    // By a generator that is seeded, so that a failure can be repeated.
    let state = 1;
    const random = () => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) >> 16;
    for (let round = 0; round < 5; round++) {
      const bytes = Buffer.from(Array.from({ length: 20_000 }, () => random() & 0xff));
      await expect(receive(bytes, 'audio/mpeg')).rejects.toMatchObject({ code: 'recording_not_audio' });
    }
  });
});

test('a list of other files makes ffmpeg open none of them', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const link = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.wav`;
  // A control character keeps each from being refused as text before ffmpeg sees it.
  for (const list of [
    `#EXTM3U\n#EXTINF:1,\n${link}\n\x01`,
    `ffconcat version 1.0\nfile '${link}'\n\x01`,
    `v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n\x01`,
    `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>${link}</BaseURL></MPD>\x01`,
  ]) {
    await expect(receive(Buffer.from(list))).rejects.toMatchObject({ code: 'recording_not_audio' });
  }
  expect(connections).toBe(0);
  server.close();
});

function withBytes(bytes: Buffer, at: number, hex: string): Buffer {
  Buffer.from(hex, 'hex').copy(bytes, at);
  return bytes;
}

function sizeZero(bytes: Buffer): Buffer {
  return withBytes(bytes, bytes.indexOf('data') + 4, '00000000');
}

/** The durations of the film, of its track and of its sound: in `mvhd`, `tkhd` and `mdhd`. */
function claimingYears(bytes: Buffer): Buffer {
  withBytes(bytes, bytes.indexOf('mvhd') + 20, '7fffffff');
  withBytes(bytes, bytes.indexOf('mdhd') + 20, '7fffffff');
  return bytes;
}

/** As QuickTime wrote it before there were types. */
function withoutType(bytes: Buffer): Buffer {
  return withBytes(bytes, 4, Buffer.from('wide').toString('hex'));
}

/** Chunks in another order: `SSND` before `COMM`. */
function soundFirst(bytes: Buffer): Buffer {
  const description = bytes.indexOf('COMM');
  const sound = bytes.indexOf('SSND');
  return Buffer.concat([bytes.subarray(0, description), bytes.subarray(sound), bytes.subarray(description, sound)]);
}

/** The two voices in the first two channels of so many. */
function inChannels(source: Buffer, channels: number): Buffer {
  const samples = source.subarray(source.indexOf('data') + 8);
  const sound = Buffer.alloc((samples.length / 4) * channels * 2);
  for (let block = 0; block < samples.length / 4; block++) {
    samples.copy(sound, block * channels * 2, block * 4, block * 4 + 4);
  }
  return Buffer.concat([wav({ channels, seconds: 0, plain: true, dataBytes: sound.length }), sound]);
}

/** 16 bits as 24 in RIFX, which ffmpeg 5 turns into noise. */
function rifx24(source: Buffer): Buffer {
  const samples = source.subarray(source.indexOf('data') + 8);
  const sound = Buffer.alloc((samples.length / 2) * 3);
  for (let at = 0; at < samples.length / 2; at++) sound.writeInt16BE(samples.readInt16LE(at * 2), at * 3);
  const header = wav({ bits: 24, seconds: 0, bigEndian: true, plain: true, dataBytes: sound.length });
  return Buffer.concat([header, sound]);
}
