import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { createRecordings, type Recordings } from '../../recordings/fetch-recording.ts';
import { FFMPEG, madeByFfmpeg, twoVoices } from '../support/made-audio.ts';
import { mp3 } from './audio-samples.ts';
import { Telephony } from './telephony.ts';

// Files on whose tags a reader of tags worked for 15 to 47 seconds, in which its process could do nothing else.

/** What a busy machine may add; the attacks took longer by far. */
const MAX_BLOCKED_MS = 2_000;

let telephony: Telephony;
let recordings: Recordings;
let voices: Buffer;

beforeAll(async () => {
  telephony = new Telephony();
  await telephony.listen();
  recordings = createRecordings({ insecureHosts: [telephony.host], ffmpeg: FFMPEG });
  voices = await twoVoices(2);
});
afterAll(async () => {
  await recordings.close();
  telephony.close();
});

const files: [string, () => Promise<Buffer>][] = [
  ['a FLAC whose comments are said to be 4 billion', flacOfComments],
  ['an AIFF with a million ID3 frames', aiffOfTags],
  ['an MP3 whose tag is a million frames', () => Promise.resolve(Buffer.concat([id3(1_000_000), mp3({ frames: 50 })]))],
  ['16 MiB of sync words', () => Promise.resolve(Buffer.alloc(16 * 1024 * 1024, 'fffb90c4', 'hex'))],
  ['16 MiB of the beginnings of containers', () => Promise.resolve(Buffer.alloc(16 * 1024 * 1024, 'OggSRIFFftypfLaC'))],
  ['a WAV of a million chunks', () => Promise.resolve(wavOfChunks())],
  ['an Ogg of a million pages', () => Promise.resolve(oggOfPages())],
];

test.each(files.flatMap(([what, make]) => [false, true].map((isPacked) => ({ what, make, isPacked }))))(
  '$what stops nothing else (packed: $isPacked)',
  async ({ make, isPacked }) => {
    const body = await make();
    const sent = isPacked ? gzipSync(body) : body;
    telephony.answer = (_request, response) =>
      response.writeHead(200, isPacked ? { 'content-encoding': 'gzip' } : {}).end(sent);
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const ended = await recordings.receive(telephony.link, { signal: new AbortController().signal }).then(
      (recording) => recording.dispose().then(() => 'sent'),
      (error: unknown) => (error as { code: string }).code,
    );
    delay.disable();
    expect(['sent', 'recording_not_audio', 'conversion_failed', 'recording_empty']).toContain(ended);
    expect(delay.max / 1e6).toBeLessThan(MAX_BLOCKED_MS);
  },
);

async function flacOfComments(): Promise<Buffer> {
  const flac = await madeByFfmpeg(voices, '-i', '{in}', '-c:a', 'flac', '-f', 'flac', '{out}');
  const comments = Buffer.alloc(16 * 1024 * 1024 - 4);
  comments.writeUInt32LE(0, 0);
  comments.writeUInt32LE(0xffffffff, 4);
  const header = Buffer.alloc(4);
  header.writeUInt8(4);
  header.writeUIntBE(comments.length, 1, 3);
  const description = 4 + 4 + 34;
  return Buffer.concat([flac.subarray(0, description), header, comments, flac.subarray(description)]);
}

async function aiffOfTags(): Promise<Buffer> {
  const aiff = await madeByFfmpeg(voices, '-i', '{in}', '-f', 'aiff', '{out}');
  const tag = id3(1_000_000);
  const header = Buffer.alloc(8);
  header.write('ID3 ');
  header.writeUInt32BE(tag.length, 4);
  return Buffer.concat([aiff.subarray(0, 12), header, tag, aiff.subarray(12)]);
}

function id3(frames: number): Buffer {
  const frame = Buffer.from('TXXX\0\0\0\x02\0\0\0a', 'latin1');
  const body = Buffer.alloc(frames * frame.length, frame);
  const size = [21, 14, 7, 0].map((shift) => (body.length >> shift) & 0x7f);
  return Buffer.concat([Buffer.from('ID3\x04\0\0', 'latin1'), Buffer.from(size), body]);
}

function wavOfChunks(): Buffer {
  return Buffer.concat([
    Buffer.from('RIFF\xff\xff\xff\x7fWAVE', 'latin1'),
    Buffer.alloc(8_000_000, 'JUNK\0\0\0\0', 'latin1'),
  ]);
}

function oggOfPages(): Buffer {
  const page = Buffer.alloc(28);
  page.write('OggS');
  page.writeUInt8(1, 26);
  return Buffer.alloc(28_000_000 / 2, page);
}
