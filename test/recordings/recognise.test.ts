import { describe, expect, test } from '@jest/globals';
import type { ReadableBytes } from '../../recordings/formats/audio-format.ts';
import { recognise } from '../../recordings/formats/recognise.ts';
import { adts, mp3, mp3Frame, oggOpus, wav, xingFrame } from './audio-samples.ts';

class Bytes implements ReadableBytes {
  readonly #bytes: Buffer;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  get sizeBytes(): number {
    return this.#bytes.length;
  }
  read(offset: number, length: number): Promise<Buffer> {
    return Promise.resolve(this.#bytes.subarray(offset, offset + length));
  }
  async *chunks(): AsyncGenerator<Buffer> {
    // In small pieces, so that what turns or cuts them meets their edges.
    for (let at = 0; at < this.sizeBytes; at += 1_001) yield await this.read(at, 1_001);
  }
}

const recogniseBytes = (bytes: Buffer, contentType = '') => recognise(new Bytes(bytes), contentType);

/** What would be uploaded. */
async function sent(bytes: Buffer): Promise<Buffer> {
  const recognised = await recogniseBytes(bytes);
  const parts: Buffer[] = [];
  for await (const part of recognised?.source.chunks() ?? []) parts.push(part);
  expect(Buffer.concat(parts)).toHaveLength(recognised?.source.sizeBytes ?? -1);
  return Buffer.concat(parts);
}

const NEWLINE = Buffer.from('\n');
const WARNING = Buffer.from('<br>\r\n<b>Warning</b>: session_start() in записи.php<br>\n');

describe('a WAV recording', () => {
  test('of 16-bit PCM goes as it is, with its duration and channels', async () => {
    await expect(recogniseBytes(wav({ seconds: 3 }))).resolves.toMatchObject({
      name: 'WAV PCM 16-bit',
      taken: { container: 'wav', durationSeconds: 3, channels: 2 },
      isCut: false,
    });
    expect((await sent(wav({ seconds: 3 }))).equals(wav({ seconds: 3 }))).toBe(true);
  });

  const plain = wav({ plain: true, noise: true });
  test.each<[string, Buffer]>([
    ['a size of 0', wav({ noise: true, dataBytes: 0 })],
    ['a size of 0xffffffff', wav({ noise: true, dataBytes: 0xffff_ffff })],
    ['a size of 0x7fffffff', wav({ noise: true, dataBytes: 0x7fff_ffff })],
    ['a size that counts its header', wav({ noise: true, dataBytes: plain.length - 44 + 58 })],
    ['the extensible form', wav({ noise: true, extensible: true })],
    ['a wrong byte rate', wav({ noise: true, bytesPerSecond: 8 })],
    ['a chunk of odd size that is not padded', wav({ noise: true, padded: false })],
    ['its bytes the other way round (RIFX)', wav({ noise: true, bigEndian: true })],
    ['a line feed behind its end', Buffer.concat([plain, NEWLINE])],
    ['a line feed in front', Buffer.concat([NEWLINE, plain])],
    ['a warning in front', Buffer.concat([WARNING, plain])],
    ['half a sample at its end', wav({ noise: true, extraBytes: 3, dataBytes: 0 })],
  ])('with %s is sent with a header that is right', async (_what, bytes) => {
    const written = await sent(bytes);
    expect(written.equals(plain)).toBe(true);
  });

  test('with a hundred chunks before its sound is one', async () => {
    await expect(recogniseBytes(wav({ chunks: 100 }))).resolves.toMatchObject({ taken: { durationSeconds: 1 } });
  });

  test.each([
    [{ codec: 6, bits: 8 }, 'WAV G.711 A-law'],
    [{ codec: 6, bits: 8, extensible: true }, 'WAV G.711 A-law'],
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
    [{ channels: 3 }, 'WAV PCM 16-bit'],
  ])('with %j inside is known and left to ffmpeg', async (format, name) => {
    const recognised = await recogniseBytes(wav(format));
    expect(recognised).toMatchObject({ name });
    expect(recognised).not.toHaveProperty('taken');
  });

  test('that promises more than there is was cut, and what there is can be sent', async () => {
    await expect(recogniseBytes(wav({ dataBytes: 1_000_000 }))).resolves.toMatchObject({
      isCut: true,
      taken: { durationSeconds: 1 },
    });
  });

  test.each<[string, Buffer]>([
    ['no sound', wav({ seconds: 0 })],
    ['no sound, and a list of names behind', Buffer.concat([wav({ seconds: 0 }), list(4_000)])],
    ['no place for sound', wav({ seconds: 0 }).subarray(0, -8)],
    ['no channels', wav({ channels: 0, rate: 8_000 })],
  ])('with %s lasts no time', async (_what, bytes) => {
    await expect(recogniseBytes(bytes)).resolves.toMatchObject({ taken: { durationSeconds: 0 } });
  });
});

function list(bytes: number): Buffer {
  const header = Buffer.alloc(8);
  header.write('LIST');
  header.writeUInt32LE(bytes, 4);
  return Buffer.concat([header, Buffer.alloc(bytes, 'x')]);
}

describe('an MP3 recording', () => {
  test('goes as it is, with its duration and channels', async () => {
    const recognised = await recogniseBytes(mp3({ frames: 250 }));
    expect(recognised).toMatchObject({ name: 'MP3', isCut: false });
    expect(recognised?.taken).toEqual({ container: 'mp3', durationSeconds: 9, channels: 2 });
    await expect(recogniseBytes(mp3({ mono: true }))).resolves.toMatchObject({ taken: { channels: 1 } });
  });

  test('takes its ID3 tag along, even one larger than any window', async () => {
    const tagged = mp3({ id3Bytes: 300_000, frames: 250 });
    await expect(recogniseBytes(tagged)).resolves.toMatchObject({ taken: { durationSeconds: 9 } });
    expect((await sent(tagged)).equals(tagged)).toBe(true);
  });

  test.each<[string, Buffer, Buffer]>([
    [
      'garbage that holds sync words',
      Buffer.concat([Buffer.from('<br>Warning: session'), mp3Frame(9, 1), Buffer.alloc(3_000, 0xff)]),
      Buffer.alloc(0),
    ],
    ['70,000 zeros', Buffer.alloc(70_000), Buffer.alloc(0)],
    ['half a frame', mp3Frame(9, 2).subarray(40), Buffer.alloc(0)],
    ['a line feed on both sides', NEWLINE, NEWLINE],
    ['a tag behind', Buffer.alloc(0), Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 'x')])],
    ['a large tag behind', Buffer.alloc(0), Buffer.concat([Buffer.from('APETAGEX'), Buffer.alloc(500_000, 'x')])],
  ])('between %s is sent without it', async (_what, before, behind) => {
    const sound = mp3({ frames: 250 });
    const around = Buffer.concat([before, sound, behind]);
    await expect(recogniseBytes(around)).resolves.toMatchObject({ taken: { durationSeconds: 9 } });
    expect((await sent(around)).equals(sound)).toBe(true);
  });

  test('of varying rate without an index lasts as long as its frames, whatever it begins with', async () => {
    const silence = mp3({ frames: 2_000, version: 1, bitRates: [1] });
    const speech = mp3({ frames: 50, version: 1, bitRates: [9] });
    const recognised = await recogniseBytes(Buffer.concat([silence, speech, silence]));
    expect(recognised?.taken?.durationSeconds).toBeCloseTo((4_050 * 1_152) / 44_100, 6);
  });

  test('with an index is believed only as far as its frames go', async () => {
    const sound = mp3({ frames: 100, version: 1, bitRates: [9] });
    const whole = await recogniseBytes(Buffer.concat([xingFrame(100, sound.length), sound]));
    expect(whole?.taken?.durationSeconds).toBeCloseTo((100 * 1_152) / 44_100, 6);
    const cut = await recogniseBytes(Buffer.concat([xingFrame(700_000, sound.length), sound]));
    expect(cut).toMatchObject({ isCut: true, reader: { demuxer: 'mp3' } });
    expect(cut).not.toHaveProperty('taken');
  });

  test.each<[string, Buffer]>([
    ['two recordings one behind the other', Buffer.concat([mp3(), Buffer.from('ID3'), Buffer.alloc(90), mp3()])],
    ['frames of two rates', Buffer.concat([mp3(), mp3({ version: 1, bitRates: [9] })])],
  ])('of %s is left to ffmpeg', async (_what, bytes) => {
    const recognised = await recogniseBytes(bytes);
    expect(recognised).toMatchObject({ name: 'MP3', reader: { demuxer: 'mp3', channels: 2 } });
    expect(recognised).not.toHaveProperty('taken');
  });

  test.each([1, 2])('of %i frames, as encoders make of nothing, lasts no time', async (frames) => {
    await expect(recogniseBytes(mp3({ frames }))).resolves.toMatchObject({ taken: { durationSeconds: 0 } });
  });
});

describe('an Ogg recording', () => {
  test('of Opus goes as it is, with what its packets hold', async () => {
    const recognised = await recogniseBytes(oggOpus({ seconds: 5 }));
    expect(recognised).toMatchObject({ name: 'OggOpus', isCut: false });
    expect(recognised?.taken).toEqual({ container: 'ogg_opus', durationSeconds: 5 - 312 / 48_000, channels: 2 });
  });

  test.each<[string, Buffer]>([
    [
      'an ID3 tag in front',
      Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\x05', 'latin1'), Buffer.alloc(5), oggOpus()]),
    ],
    ['a line feed behind', Buffer.concat([oggOpus(), NEWLINE])],
    ['a warning in front', Buffer.concat([WARNING, oggOpus()])],
  ])('with %s goes without it', async (_what, bytes) => {
    expect((await sent(bytes)).equals(oggOpus())).toBe(true);
  });

  test.each<[string, Buffer]>([
    ['whose clock begins at five hours', oggOpus({ seconds: 5, beginsAtSeconds: 18_000 })],
    ['with a gap', oggOpus({ seconds: 5, skippedPage: 3 })],
    ['of two streams', Buffer.concat([oggOpus({ seconds: 2 }), oggOpus({ seconds: 2, serial: 78 })])],
    ['of three channels', oggOpus({ channels: 3 })],
  ])('%s is left to ffmpeg', async (_what, bytes) => {
    const recognised = await recogniseBytes(bytes);
    expect(recognised).toMatchObject({ name: 'OggOpus', isCut: false });
    expect(recognised).not.toHaveProperty('taken');
  });

  test('whose last page is not all there was cut', async () => {
    const whole = oggOpus({ seconds: 5 });
    await expect(recogniseBytes(whole.subarray(0, whole.length - 10))).resolves.toMatchObject({ isCut: true });
  });

  test.each([
    ['nothing but its headers', { seconds: 0 }],
    ['no channels', { channels: 0 }],
  ])('of %s lasts no time', async (_what, sample) => {
    const recognised = await recogniseBytes(oggOpus(sample));
    expect(recognised?.taken?.channels === 0 || recognised?.taken?.durationSeconds === 0).toBe(true);
  });

  test('of something else is known and left to ffmpeg', async () => {
    const packet = Buffer.concat([Buffer.from('\x01vorbis'), Buffer.alloc(23)]);
    const recognised = await recogniseBytes(oggOpus({ packet }));
    expect(recognised).toMatchObject({ name: 'Ogg Vorbis' });
    expect(recognised).not.toHaveProperty('taken');
  });
});

describe('frames without a container', () => {
  test.each<[string, Buffer]>([
    ['as they are', adts()],
    ['with a checksum each', adts({ checksum: true })],
    ['behind a line feed', Buffer.concat([NEWLINE, adts()])],
    ['behind an ID3 tag', Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\x05', 'latin1'), Buffer.alloc(5), adts()])],
  ])('are AAC %s', async (_what, bytes) => {
    await expect(recogniseBytes(bytes)).resolves.toMatchObject({
      name: 'AAC',
      reader: { demuxer: 'aac', channels: 1 },
    });
  });

  test('are GSM when each begins as GSM does, with whatever is behind the last one', async () => {
    const frames = Buffer.concat(Array.from({ length: 20 }, (_, n) => Buffer.alloc(33, n).fill(0xd0 | (n % 16), 0, 1)));
    for (const bytes of [frames, Buffer.concat([frames, NEWLINE]), frames.subarray(0, -5)]) {
      await expect(recogniseBytes(bytes)).resolves.toMatchObject({ name: 'raw GSM 06.10' });
    }
  });

  test('are no GSM when they are the silence of A-law', async () => {
    await expect(recogniseBytes(Buffer.alloc(8_000, 0xd5))).resolves.toMatchObject({ name: undefined });
  });
});

describe('bare samples', () => {
  const noise = Buffer.from(Array.from({ length: 8_000 }, (_, at) => (at * 167 + ((at * at) >> 3)) & 0xff));

  test.each<[string, Buffer]>([
    ['that begin with a brace', Buffer.concat([Buffer.from('{'), noise])],
    ['that begin with an angle', Buffer.concat([Buffer.from('<'), noise])],
    ['that begin with 64 ms of one letter', Buffer.concat([Buffer.alloc(512, 'U'), noise])],
    ['that are nothing but one letter', Buffer.alloc(8_000, 'U')],
    ['that begin as AAC does', Buffer.concat([Buffer.from([0xff, 0xf9]), noise])],
    ['of silence', Buffer.alloc(8_000, 0xd5)],
  ])('%s are what their media type says', async (_what, bytes) => {
    await expect(recogniseBytes(bytes, 'audio/PCMA')).resolves.toMatchObject({
      name: 'raw G.711 A-law',
      reader: { demuxer: 'alaw', channels: 1, sampleRateHz: 8_000 },
    });
  });

  test.each([
    '{"error":"expired"}',
    '<html><body>Войти</body></html>',
    'KEY_IS_EXPIRED',
    '<?xml version="1.0"?><Error/>',
  ])('are none where they read %s', async (text) => {
    await expect(recogniseBytes(Buffer.from(text), 'audio/PCMA')).resolves.toBeUndefined();
  });

  test.each([
    ['audio/L16;rate=16000;channels=2', 'big', { demuxer: 's16be', channels: 2, sampleRateHz: 16_000 }],
    ['audio/L16', 'little', { demuxer: 's16le', channels: 1, sampleRateHz: 8_000 }],
    ['audio/x-l16', 'little', { demuxer: 's16le' }],
  ])('of %s are read %s end first, behind whatever silence', async (contentType, end, reader) => {
    const sound = Buffer.alloc(16_000);
    for (let at = 4_000; at + 2 <= sound.length; at += 2) {
      const sample = Math.round(8_000 * Math.sin(at / 20));
      if (end === 'big') sound.writeInt16BE(sample, at);
      else sound.writeInt16LE(sample, at);
    }
    await expect(recogniseBytes(sound, contentType)).resolves.toMatchObject({ reader });
  });

  test('of G.722 are known by their media type', async () => {
    await expect(recogniseBytes(noise, 'audio/G722')).resolves.toMatchObject({
      reader: { demuxer: 'g722', channels: 1 },
    });
  });
});

test.each([
  ['M4A', Buffer.concat([Buffer.from('\0\0\0\x20ftypM4A \0\0\0\0'), Buffer.alloc(500)])],
  ['QuickTime', Buffer.concat([Buffer.from('\0\0\0\x08wide\0\0\x01\0mdat'), Buffer.alloc(500)])],
  ['AMR', Buffer.concat([Buffer.from('#!AMR\n'), Buffer.alloc(500)])],
  ['AMR-WB', Buffer.concat([Buffer.from('#!AMR-WB\n'), Buffer.alloc(500)])],
  ['WebM', Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.alloc(500)])],
  ['FLAC', Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(500)])],
  ['AIFF', Buffer.concat([Buffer.from('FORM\0\0\0\0AIFF'), Buffer.alloc(500)])],
])('%s is known and left to ffmpeg', async (name, bytes) => {
  const recognised = await recogniseBytes(bytes);
  expect(recognised).toMatchObject({ name });
  expect(recognised).not.toHaveProperty('taken');
});

test.each<[string, Buffer, boolean]>([
  ['a box that goes on behind the end', Buffer.from('\0\0\0\x10ftypM4A \0\0\0\0\0\x01\0\0mdat'), true],
  ['a comment behind the end', Buffer.from('\0\0\0\x10ftypM4A \0\0\0\0\r\n<!-- 0.01 s -->\r\n'), false],
  ['a line feed behind the end', Buffer.from('\0\0\0\x10ftypM4A \0\0\0\0\n'), false],
])('an M4A with %s', async (_what, bytes, isCut) => {
  await expect(recogniseBytes(bytes)).resolves.toMatchObject({ name: 'M4A', isCut });
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a page', Buffer.from('<!doctype html><title>Войти</title>')],
  ['a page in windows-1251', Buffer.from('<html>\xc2\xee\xe9\xf2\xe8 \xff\xff\xff\xfb\xff</html>', 'latin1')],
  ['a page in UTF-16', Buffer.from('\ufeff<html><body>Нет записи</body></html>', 'utf16le')],
  ['an API error', Buffer.from('{"error":"expired"}')],
  ['a sentence', Buffer.from('Запись не найдена')],
  ['a playlist', Buffer.from('#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n')],
  ['a list of files', Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n")],
  ['an archive of a recording', Buffer.concat([Buffer.from('PK\x03\x04'), mp3()])],
  ['a document', Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3', 'latin1')],
])('%s is not audio', async (_name, bytes) => {
  await expect(recogniseBytes(bytes)).resolves.toBeUndefined();
  await expect(recogniseBytes(bytes, 'audio/mpeg')).resolves.toBeUndefined();
});

test.each([
  ['zeros', Buffer.alloc(10_000)],
  ['ones', Buffer.alloc(10_000, 0xff)],
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452ffe3', 'hex')],
  ['sync words by chance', Buffer.concat([Buffer.alloc(5_000, 7), mp3({ frames: 4 }), Buffer.alloc(90_000, 7)])],
])('%s is nothing that we know', async (_name, bytes) => {
  await expect(recogniseBytes(bytes)).resolves.toMatchObject({ name: undefined });
});
