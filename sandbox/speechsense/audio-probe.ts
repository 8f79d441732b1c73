/** Containers by their number in the proto; raw samples have none. */
export type AudioKind =
  { container: 'WAV' | 'OGG_OPUS' | 'MP3' } | { container: 'RAW'; sampleRateHertz: number; channels: number };

/** What the bytes of an upload turned out to be. */
export interface ProbedAudio {
  /** Undefined where it can't be told. */
  seconds: number | undefined;
  /** Whether recognition will make anything of it; the service accepts the upload all the same. */
  recognisable: boolean;
}

const UNRECOGNISABLE: ProbedAudio = { seconds: undefined, recognisable: false };

/** Tells the length of audio by its first and last bytes. */
export function probeAudio(kind: AudioKind, head: Buffer, tail: Buffer, sizeBytes: number): ProbedAudio {
  switch (kind.container) {
    case 'RAW':
      return { seconds: sizeBytes / (kind.sampleRateHertz * kind.channels * 2), recognisable: true };
    case 'WAV':
      return probeWav(head, sizeBytes);
    case 'OGG_OPUS':
      return probeOggOpus(head, tail);
    case 'MP3':
      return probeMp3(head, sizeBytes);
  }
}

function probeWav(head: Buffer, sizeBytes: number): ProbedAudio {
  if (head.length < 12 || head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') {
    return UNRECOGNISABLE;
  }
  let linearPcm = false;
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= head.length;) {
    const id = head.toString('latin1', at, at + 4);
    const length = head.readUInt32LE(at + 4);
    if (id === 'fmt ' && at + 24 <= head.length) {
      linearPcm = head.readUInt16LE(at + 8) === 1 && head.readUInt16LE(at + 22) === 16;
      bytesPerSecond = head.readUInt32LE(at + 16);
    }
    if (id === 'data') {
      const dataBytes = Math.min(length, sizeBytes - at - 8);
      return { seconds: bytesPerSecond > 0 ? dataBytes / bytesPerSecond : undefined, recognisable: linearPcm };
    }
    at += 8 + length + (length % 2);
  }
  return UNRECOGNISABLE;
}

function probeOggOpus(head: Buffer, tail: Buffer): ProbedAudio {
  const opusHead = head.indexOf('OpusHead');
  if (head.toString('latin1', 0, 4) !== 'OggS' || opusHead < 0 || opusHead + 12 > head.length) return UNRECOGNISABLE;
  const lastPage = tail.lastIndexOf('OggS');
  if (lastPage < 0 || lastPage + 14 > tail.length) return { seconds: undefined, recognisable: true };
  const preSkip = head.readUInt16LE(opusHead + 10);
  // RFC 7845 §4: granule positions count samples at 48 kHz, whatever the input's rate was.
  return { seconds: (Number(tail.readBigUInt64LE(lastPage + 6)) - preSkip) / 48_000, recognisable: true };
}

const MPEG1_KBITS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_KBITS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** By the first frame's bit rate: right for a constant one, near enough for the others to judge "more than 4 hours". */
function probeMp3(head: Buffer, sizeBytes: number): ProbedAudio {
  const tagBytes = id3Bytes(head);
  // A tag longer than what was kept hides the first frame.
  if (tagBytes > 0 && tagBytes + 4 > head.length) return { seconds: undefined, recognisable: true };
  for (let at = tagBytes; at + 4 <= head.length; at += 1) {
    const header = head.readUInt32BE(at);
    const version = (header >>> 19) & 0x3;
    const layer = (header >>> 17) & 0x3;
    const kbits = (version === 3 ? MPEG1_KBITS : MPEG2_KBITS)[(header >>> 12) & 0xf];
    if (header >>> 21 !== 0x7ff || version === 1 || layer !== 1 || kbits === undefined || kbits === 0) continue;
    return { seconds: ((sizeBytes - at) * 8) / (kbits * 1000), recognisable: true };
  }
  return UNRECOGNISABLE;
}

function id3Bytes(head: Buffer): number {
  if (head.length < 10 || head.toString('latin1', 0, 3) !== 'ID3') return 0;
  return 10 + ((head.readUInt8(6) << 21) | (head.readUInt8(7) << 14) | (head.readUInt8(8) << 7) | head.readUInt8(9));
}
