import { describe, expect, test } from '@jest/globals';
import type { ReadableBytes } from '../../recordings/audio-format.ts';
import { recognise } from '../../recordings/recognise.ts';
import { mp3, mp3Frame, oggOpus, wav, xingFrame } from './audio-samples.ts';

class Bytes implements ReadableBytes {
  readBytes = 0;
  readonly #bytes: Buffer;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  get sizeBytes(): number {
    return this.#bytes.length;
  }
  read(offset: number, length: number): Promise<Buffer> {
    const part = this.#bytes.subarray(offset, offset + length);
    this.readBytes += part.length;
    return Promise.resolve(part);
  }
  async *chunks(): AsyncGenerator<Buffer> {
    yield await this.read(0, this.sizeBytes);
  }
}

const recogniseBytes = (bytes: Buffer) => recognise(new Bytes(bytes));

describe('a WAV recording', () => {
  test('of 16-bit PCM is taken, with its duration, channels and rate', async () => {
    await expect(recogniseBytes(wav({ seconds: 3 }))).resolves.toEqual({
      name: 'WAV PCM 16-bit',
      container: 'wav',
      demuxer: 'wav',
      durationSeconds: 3,
      channels: 2,
      sampleRateHz: 8_000,
      truncated: false,
    });
  });

  test('in the extensible form is read by the codec inside', async () => {
    await expect(recogniseBytes(wav({ extensible: true }))).resolves.toMatchObject({ container: 'wav' });
    await expect(recogniseBytes(wav({ extensible: true, codec: 6, bits: 8 }))).resolves.toMatchObject({
      name: 'WAV G.711 A-law',
    });
  });

  test.each([
    [{ codec: 6, bits: 8 }, 'WAV G.711 A-law'],
    [{ codec: 7, bits: 8 }, 'WAV G.711 µ-law'],
    [{ codec: 2, bits: 4 }, 'WAV MS ADPCM'],
    [{ codec: 0x11, bits: 4 }, 'WAV IMA ADPCM'],
    [{ codec: 0x31, bits: 8 }, 'WAV GSM 6.10'],
    [{ codec: 3, bits: 32 }, 'WAV float'],
    [{ codec: 0x55, bits: 16 }, 'WAV MP3'],
    [{ bits: 24 }, 'WAV PCM 24-bit'],
    [{ bits: 8 }, 'WAV PCM 8-bit'],
    [{ codec: 0x1234 }, 'WAV codec 0x1234'],
    [{ rate: 96_000 }, 'WAV PCM 16-bit'],
  ])('with %j inside is known and not taken', async (format, name) => {
    await expect(recogniseBytes(wav(format))).resolves.toMatchObject({ name, container: undefined });
  });

  test('that promises more data than there is broke off', async () => {
    await expect(recogniseBytes(wav({ dataBytes: 1_000_000 }))).resolves.toMatchObject({ truncated: true });
    await expect(recogniseBytes(wav().subarray(0, 60))).resolves.toMatchObject({ truncated: true });
  });

  test.each([0, 0xffff_ffff, 0x7fff_ffff])(
    'from a recorder that wrote %i for the unknown size is whole',
    async (dataBytes) => {
      await expect(recogniseBytes(wav({ dataBytes, seconds: 2 }))).resolves.toMatchObject({
        truncated: false,
        durationSeconds: 2,
      });
    },
  );
});

describe('an MP3 recording', () => {
  test('is taken, with its duration, channels and rate', async () => {
    await expect(recogniseBytes(mp3({ frames: 250 }))).resolves.toEqual({
      name: 'MP3',
      container: 'mp3',
      durationSeconds: 9,
      channels: 2,
      sampleRateHz: 16_000,
      truncated: false,
    });
    await expect(recogniseBytes(mp3({ mono: true }))).resolves.toMatchObject({ channels: 1 });
  });

  test('is found behind ID3 tags, even one larger than any window', async () => {
    await expect(recogniseBytes(mp3({ id3Bytes: 300_000, frames: 250 }))).resolves.toMatchObject({
      container: 'mp3',
      durationSeconds: 9,
    });
  });

  test('is found behind garbage that holds sync words', async () => {
    const garbage = Buffer.concat([Buffer.from('<br>Warning: session'), mp3Frame(9, 1), Buffer.alloc(3_000, 0xff)]);
    await expect(recogniseBytes(mp3({ garbage, frames: 250 }))).resolves.toMatchObject({
      sampleRateHz: 16_000,
      durationSeconds: 9,
    });
  });

  test('with an index has the duration that the index gives', async () => {
    const sound = mp3({ frames: 100, version: 1, bitRates: [1, 9] });
    const indexed = Buffer.concat([xingFrame(1_000, sound.length), sound]);
    const { durationSeconds } = (await recogniseBytes(indexed)) ?? {};
    expect(durationSeconds).toBeCloseTo((1_000 * 1_152) / 44_100);
  });

  test('with an index that counts more bytes than there are broke off', async () => {
    const sound = mp3({ frames: 100, version: 1, bitRates: [9] });
    const indexed = Buffer.concat([xingFrame(100, sound.length), sound]);
    await expect(recogniseBytes(indexed)).resolves.toMatchObject({ truncated: false });
    await expect(recogniseBytes(indexed.subarray(0, indexed.length / 2))).resolves.toMatchObject({ truncated: true });
  });

  test('of varying rate that begins with silence is not taken for days', async () => {
    const silence = mp3({ frames: 50, version: 1, bitRates: [1] });
    const speech = mp3({ frames: 5_000, version: 1, bitRates: [9] });
    const { durationSeconds = 0 } = (await recogniseBytes(Buffer.concat([silence, speech]))) ?? {};
    expect(durationSeconds / ((5_050 * 1_152) / 44_100)).toBeCloseTo(1, 0);
  });

  test('of a single frame is one', async () => {
    await expect(recogniseBytes(mp3({ frames: 1 }))).resolves.toMatchObject({ container: 'mp3' });
  });
});

describe('an Ogg recording', () => {
  test('of Opus is taken, with its duration and channels', async () => {
    await expect(recogniseBytes(oggOpus({ seconds: 5 }))).resolves.toEqual({
      name: 'OggOpus',
      container: 'ogg_opus',
      durationSeconds: 5,
      channels: 2,
      sampleRateHz: 48_000,
      truncated: false,
    });
  });

  test('whose last page is not all there broke off', async () => {
    const whole = oggOpus({ seconds: 5 });
    await expect(recogniseBytes(whole.subarray(0, whole.length - 10))).resolves.toMatchObject({
      truncated: true,
      durationSeconds: 4,
    });
  });

  test('of something else is known and not taken', async () => {
    const packet = Buffer.concat([Buffer.from('\x01vorbis'), Buffer.alloc(23)]);
    await expect(recogniseBytes(oggOpus({ packet }))).resolves.toMatchObject({
      name: 'Ogg Vorbis',
      container: undefined,
    });
  });
});

test.each([
  ['M4A', Buffer.concat([Buffer.from('\0\0\0\x20ftypM4A \0\0\0\0'), Buffer.alloc(500)])],
  ['AMR', Buffer.concat([Buffer.from('#!AMR\n'), Buffer.alloc(500)])],
  ['AMR-WB', Buffer.concat([Buffer.from('#!AMR-WB\n'), Buffer.alloc(500)])],
  ['WebM', Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.alloc(500)])],
  ['FLAC', Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(500)])],
  ['AIFF', Buffer.concat([Buffer.from('FORM\0\0\0\0AIFF'), Buffer.alloc(500)])],
  ['AAC', Buffer.concat([Buffer.from([0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc]), Buffer.alloc(500)])],
])('%s is known and not taken', async (name, bytes) => {
  await expect(recogniseBytes(bytes)).resolves.toMatchObject({ name, container: undefined });
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a page', Buffer.from('<!doctype html><title>Войти</title>')],
  ['a page in windows-1251', Buffer.from('<html>\xc2\xee\xe9\xf2\xe8 \xff\xff\xff\xfb\xff</html>', 'latin1')],
  ['an API error', Buffer.from('{"error":"expired"}')],
  ['zeros', Buffer.alloc(10_000)],
  ['ones', Buffer.alloc(10_000, 0xff)],
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452ffe3', 'hex')],
  ['a WAV header without format', Buffer.from('RIFF\0\0\0\0WAVEdata\0\0\0\0')],
])('%s is not audio', async (_name, bytes) => {
  await expect(recogniseBytes(bytes)).resolves.toBeUndefined();
});

test.each([
  ['MP3', mp3({ frames: 100_000 })],
  ['WAV', wav({ seconds: 1_000 })],
])('recognising a long %s reads a few pieces of it', async (_name, whole) => {
  const bytes = new Bytes(whole);
  await recognise(bytes);
  expect(bytes.sizeBytes).toBeGreaterThan(10_000_000);
  expect(bytes.readBytes).toBeLessThan(500_000);
});

describe('oddities that cost no sound are let pass', () => {
  const tag = Buffer.concat([Buffer.from('ID3\x04\x00\x00\x00\x00\x00\x05', 'latin1'), Buffer.alloc(5)]);

  test.each([1, 8, 44])('a WAV header that promises %i bytes too many', async (extra) => {
    const whole = wav({ seconds: 2 });
    const promised = wav({ seconds: 2, dataBytes: whole.length - whole.indexOf('data') - 8 + extra });
    await expect(recogniseBytes(promised)).resolves.toMatchObject({ truncated: false, container: 'wav' });
    await expect(recogniseBytes(promised.subarray(0, promised.length - 100))).resolves.toMatchObject({
      truncated: true,
    });
  });

  test.each([
    ['WAV', wav({ seconds: 2 }), { name: 'WAV PCM 16-bit', durationSeconds: 2 }],
    ['Ogg Opus', oggOpus(), { name: 'OggOpus', channels: expect.any(Number) }],
    ['AMR', Buffer.concat([Buffer.from('#!AMR\n'), Buffer.alloc(1_300, 0x00)]), { name: 'AMR', truncated: false }],
  ])('an ID3 tag in front of %s, which then goes through ffmpeg', async (_, bytes, expected) => {
    await expect(recogniseBytes(Buffer.concat([tag, bytes]))).resolves.toMatchObject({
      ...expected,
      container: undefined,
    });
  });
});
