/** Small real files of each kind, built byte by byte. */

export function wav({
  codec = 1,
  bits = 16,
  channels = 2,
  rate = 8_000,
  seconds = 1,
  dataBytes = -1,
  extensible = false,
  bytesPerSecond = -1,
  bigEndian = false,
  /** A chunk of odd size before the sound, or none. */
  plain = false,
  padded = true,
  chunks = 0,
  noise = false,
  /** Behind the last whole second. */
  extraBytes = 0,
} = {}): Buffer {
  const uint = (value: number, bytes: 2 | 4) => {
    const written = Buffer.alloc(bytes);
    if (bigEndian) written.writeUIntBE(value, 0, bytes);
    else written.writeUIntLE(value, 0, bytes);
    return written;
  };
  const chunk = (id: string, body: Buffer) =>
    Buffer.concat([Buffer.from(id), uint(body.length, 4), body, Buffer.alloc(padded ? body.length % 2 : 0)]);
  const sound = Buffer.alloc(Math.floor(seconds * rate * channels * (bits / 8)));
  if (noise) for (let at = 0; at < sound.length; at++) sound[at] = (at * 31 + (at >> 5)) & 0xff;
  if (noise && bigEndian) sound.swap16();
  const guid = Buffer.from('000000001000800000aa00389b71', 'hex');
  const format = Buffer.concat([
    uint(extensible ? 0xfffe : codec, 2),
    uint(channels, 2),
    uint(rate, 4),
    uint(bytesPerSecond === -1 ? (rate * channels * bits) / 8 : bytesPerSecond, 4),
    uint((channels * bits) / 8, 2),
    uint(bits, 2),
    ...(extensible ? [uint(22, 2), uint(bits, 2), uint(3, 4), uint(codec, 2), guid] : []),
  ]);
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    ...(plain ? [] : [chunk('LIST', Buffer.from('INFOodd'))]),
    ...Array.from({ length: chunks }, () => chunk('JUNK', Buffer.alloc(4))),
    chunk('fmt ', format),
    Buffer.from('data'),
    uint(dataBytes === -1 ? sound.length : dataBytes, 4),
    sound,
    Buffer.alloc(extraBytes),
  ]);
  return Buffer.concat([Buffer.from(bigEndian ? 'RIFX' : 'RIFF'), uint(body.length, 4), body]);
}

/** AAC frames with nothing in them, mono at 8 kHz. */
export function adts({ frames = 20, checksum = false } = {}): Buffer {
  const frame = Buffer.alloc(checksum ? 42 : 40);
  frame.set([0xff, checksum ? 0xf0 : 0xf1, 0x6c, 0x40, frame.length >> 3, ((frame.length & 7) << 5) | 0x1f, 0xfc]);
  return Buffer.concat(Array.from({ length: frames }, () => frame));
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

/** A page a second, of 50 packets of 20 ms with nothing in them but their first byte. */
export function oggOpus({
  seconds = 1,
  channels = 2,
  packet = opusHead(channels),
  beginsAtSeconds = 0,
  skippedPage = -1,
  serial = 77,
} = {}): Buffer {
  const at = (second: number) => BigInt((beginsAtSeconds + second) * 48_000);
  const pages = [oggPage([packet], 0n, 0, { flags: 2, serial }), oggPage([Buffer.from('OpusTags')], 0n, 1, { serial })];
  const sound = Array.from({ length: 50 }, () => Buffer.from([channels === 2 ? 0xfc : 0xf8, 0, 0, 0]));
  for (let second = 1; second <= seconds; second++) {
    const isLast = second === seconds;
    if (second !== skippedPage) pages.push(oggPage(sound, at(second), second + 1, { flags: isLast ? 4 : 0, serial }));
  }
  return Buffer.concat(pages);
}

const PRE_SKIP = 312;

function opusHead(channels: number): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead');
  head.writeUInt8(1, 8);
  head.writeUInt8(channels, 9);
  head.writeUInt16LE(PRE_SKIP, 10);
  head.writeUInt32LE(48_000, 12);
  return head;
}

function oggPage(packets: Buffer[], position: bigint, sequence: number, { flags = 0, serial = 77 }): Buffer {
  const header = Buffer.alloc(27);
  header.write('OggS');
  header.writeUInt8(flags, 5);
  header.writeBigUInt64LE(position, 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(sequence, 18);
  header.writeUInt8(packets.length, 26);
  return Buffer.concat([header, Buffer.from(packets.map(({ length }) => length)), ...packets]);
}

function id3(size: number): Buffer {
  if (size === 0) return Buffer.alloc(0);
  const tag = Buffer.alloc(10 + size, 0xff);
  tag.write('ID3');
  tag.set([4, 0, 0, (size >> 21) & 0x7f, (size >> 14) & 0x7f, (size >> 7) & 0x7f, size & 0x7f], 3);
  return tag;
}
