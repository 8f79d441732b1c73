import { createHash } from 'node:crypto';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { PLAIN_FORMATS } from '../../sandbox/recording-formats.ts';
import { type PlainRecording, readRange } from '../../sandbox/telephony/recording.ts';
import { createRecordingMaker, type RecordingMaker } from '../../sandbox/telephony/recording-maker.ts';
import { probeAudio } from '../support/probed-audio.ts';

let make: RecordingMaker;

beforeAll(async () => {
  make = await createRecordingMaker();
});

function bytesOf(recording: PlainRecording): Buffer {
  const file = make(recording);
  return Buffer.concat([...readRange(file, 0, file.sizeBytes)]);
}

describe.each(PLAIN_FORMATS)('a recording as %s', (format) => {
  test.each([1, 7, 61, 600])('has two channels and lasts %i seconds', async (talkSeconds) => {
    const { channels, seconds } = await probeAudio(bytesOf({ worldId: 'call', format, talkSeconds }));
    expect(channels).toBe(2);
    // MP3 frames are 72 ms long, so the nearest whole number of them is within half of that.
    expect(Math.abs(seconds - talkSeconds)).toBeLessThan(0.04);
  });

  test('is what its format says, and not longer than a PBX makes it', async () => {
    const bytes = bytesOf({ worldId: 'call', format, talkSeconds: 120 });
    const { codec } = await probeAudio(bytes);
    expect(codec).toBe({ mp3: 'mp3', wav: 'pcm_s16le', ogg: 'opus' }[format]);
    expect(bytes.length).toBeLessThan(format === 'wav' ? 4_000_000 : 500_000);
  });

  test('has bytes of its own, the same each time, with its id inside', () => {
    const hash = (worldId: string): string =>
      createHash('sha256')
        .update(bytesOf({ worldId, format, talkSeconds: 30 }))
        .digest('hex');
    const hashes = Array.from({ length: 300 }, (_, index) => hash(`звонок ${index}`));
    expect(new Set(hashes).size).toBe(300);
    expect(hash('звонок 7')).toBe(hashes[7]);
    expect(bytesOf({ worldId: 'звонок 7', format, talkSeconds: 30 }).includes('звонок 7')).toBe(true);
  });

  test('can have any exact size', async () => {
    const step = format === 'wav' ? 2 : 1;
    for (let sizeBytes = 1_000_000; sizeBytes < 1_000_600; sizeBytes += step) {
      expect(make({ worldId: 'exact', format, sizeBytes }).sizeBytes).toBe(sizeBytes);
    }
    const { channels, seconds } = await probeAudio(bytesOf({ worldId: 'exact', format, sizeBytes: 1_000_000 }));
    expect(channels).toBe(2);
    expect(seconds).toBeGreaterThan(30);
  });

  test('refuses a size too small to be one', () => {
    expect(() => make({ worldId: 'tiny', format, sizeBytes: 40 })).toThrow(RangeError);
  });

  test('gives any range of its bytes', () => {
    const recording: PlainRecording = { worldId: 'ranges', format, talkSeconds: 90 };
    const whole = bytesOf(recording);
    const file = make(recording);
    for (const [from, to] of [
      [0, 1],
      [10, 200],
      [5_000, 5_001],
      [1, whole.length],
      [whole.length - 1, whole.length],
      [4_000, 123_456],
    ] as const) {
      expect(Buffer.concat([...readRange(file, from, to)]).equals(whole.subarray(from, to))).toBe(true);
    }
  });
});

test('all pages of an Ogg recording carry their own number and a right checksum', () => {
  const bytes = bytesOf({ worldId: 'pages', format: 'ogg', talkSeconds: 10 });
  const sequences = [];
  for (let at = 0; at < bytes.length;) {
    const segments = bytes.readUInt8(at + 26);
    const body = bytes.subarray(at + 27, at + 27 + segments).reduce((sum, length) => sum + length, 0);
    const page = Buffer.from(bytes.subarray(at, at + 27 + segments + body));
    const written = page.readUInt32LE(22);
    page.writeUInt32LE(0, 22);
    expect(oggChecksum(page)).toBe(written);
    sequences.push(page.readUInt32LE(18));
    at += page.length;
  }
  expect(sequences).toEqual(Array.from(sequences, (_, index) => index));
  expect(sequences).toHaveLength(13);
});

/** By the definition: long division by the polynomial. */
function oggChecksum(bytes: Buffer): number {
  let rest = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const top = ((rest >>> 31) & 1) ^ ((byte >>> bit) & 1);
      rest = ((rest << 1) ^ (top === 1 ? 0x04c11db7 : 0)) >>> 0;
    }
  }
  return rest;
}
