/** Small real files of each kind, built byte by byte. */

export function wav({
  codec = 1,
  bits = 16,
  channels = 2,
  rate = 8_000,
  seconds = 1,
  dataBytes = -1,
  extensible = false,
} = {}): Buffer {
  const bytesPerSecond = (rate * channels * bits) / 8;
  const sound = Buffer.alloc(Math.floor(seconds * bytesPerSecond));
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : codec, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE(bytesPerSecond, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(codec, 24);
  return Buffer.concat([
    Buffer.from('RIFF'),
    uint32(4 + 8 + format.length + 8 + sound.length),
    Buffer.from('WAVE'),
    chunk('LIST', Buffer.from('INFOodd')),
    chunk('fmt ', format),
    Buffer.from('data'),
    uint32(dataBytes === -1 ? sound.length : dataBytes),
    sound,
  ]);
}

/** Layer III frames of silence, MPEG-2 at 16 kHz or MPEG-1 at 44.1 kHz, with the bit rates given (index 1–14). */
export function mp3({
  frames = 50,
  bitRates = [4],
  version = 2,
  mono = false,
  id3Bytes = 0,
  garbage = Buffer.alloc(0),
} = {}): Buffer {
  const parts = [id3(id3Bytes), garbage];
  for (let frame = 0; frame < frames; frame++) {
    parts.push(mp3Frame(bitRates[frame % bitRates.length] ?? 4, version, mono));
  }
  return Buffer.concat(parts);
}

export function mp3Frame(bitRateIndex: number, version: number, mono = false): Buffer {
  const rates = version === 1 ? [0, 32, 40, 48, 56, 64, 80, 96, 112, 128] : [0, 8, 16, 24, 32, 40, 48, 56, 64, 80];
  const [samples, hertz] = version === 1 ? [1_152, 44_100] : [576, 16_000];
  const frame = Buffer.alloc(Math.floor(((samples / 8) * (rates[bitRateIndex] ?? 0) * 1_000) / hertz));
  frame.set([0xff, version === 1 ? 0xfb : 0xf3, (bitRateIndex << 4) | (version === 1 ? 0 : 8), mono ? 0xc0 : 0]);
  return frame;
}

/** The frame that LAME puts first: how many frames and bytes there are. */
export function xingFrame(frames: number, bytes: number, bitRateIndex = 9): Buffer {
  const frame = mp3Frame(bitRateIndex, 1);
  frame.write('Xing', 36);
  frame.writeUInt32BE(3, 40);
  frame.writeUInt32BE(frames, 44);
  frame.writeUInt32BE(bytes, 48);
  return frame;
}

export function oggOpus({ seconds = 1, channels = 2, packet = opusHead(channels) } = {}): Buffer {
  const pages = [oggPage(packet, 0n, 2), oggPage(Buffer.from('OpusTags'), 0n)];
  for (let second = 1; second <= seconds; second++)
    pages.push(oggPage(Buffer.alloc(200), BigInt(second * 48_000 + 312)));
  return Buffer.concat(pages);
}

function opusHead(channels: number): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead');
  head.writeUInt8(1, 8);
  head.writeUInt8(channels, 9);
  head.writeUInt16LE(312, 10);
  head.writeUInt32LE(48_000, 12);
  return head;
}

function oggPage(packet: Buffer, position: bigint, flags = 0): Buffer {
  const header = Buffer.alloc(28);
  header.write('OggS');
  header.writeUInt8(flags, 5);
  header.writeBigUInt64LE(position, 6);
  header.writeUInt32LE(77, 14);
  header.writeUInt8(1, 26);
  header.writeUInt8(packet.length, 27);
  return Buffer.concat([header, packet]);
}

function id3(size: number): Buffer {
  if (size === 0) return Buffer.alloc(0);
  const tag = Buffer.alloc(10 + size, 0xff);
  tag.write('ID3');
  tag.set([4, 0, 0, (size >> 21) & 0x7f, (size >> 14) & 0x7f, (size >> 7) & 0x7f, size & 0x7f], 3);
  return tag;
}

function chunk(id: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(id), uint32(body.length), body, Buffer.alloc(body.length % 2)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
