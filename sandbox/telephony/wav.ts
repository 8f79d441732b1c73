import { fileOf, type PlainRecording, type RecordingFile, tile } from './recording.ts';

const SAMPLE_RATE_HERTZ = 8_000;
const CHANNELS = 2;
const SAMPLE_BYTES = 2;
const BLOCK_BYTES = CHANNELS * SAMPLE_BYTES;
/** Tones of the operator (left) and the client (right); each speaks half a second. */
const TONES_HERTZ = [220, 330] as const;
const AMPLITUDE = 8_000;

/** A maker of WAV recordings: linear PCM, 16 bit, 8 kHz, two channels; the recording's id is in a LIST INFO comment. */
export function wavMaker(): (recording: PlainRecording) => RecordingFile {
  const samples = tile(oneSecond());
  return ({ worldId, talkSeconds, sizeBytes }) => {
    const least = header(worldId, 0, 0).length;
    if (sizeBytes !== undefined && (sizeBytes % 2 !== 0 || sizeBytes < least + BLOCK_BYTES)) {
      throw new RangeError(`A WAV recording has an even number of bytes, at least ${least + BLOCK_BYTES}`);
    }
    const blocks =
      sizeBytes === undefined
        ? Math.max(1, Math.round(talkSeconds * SAMPLE_RATE_HERTZ))
        : Math.floor((sizeBytes - least) / BLOCK_BYTES);
    const dataBytes = blocks * BLOCK_BYTES;
    const padding = sizeBytes === undefined ? 0 : sizeBytes - least - dataBytes;
    return fileOf('audio/wav', [header(worldId, padding, dataBytes), { loop: samples, sizeBytes: dataBytes }]);
  };
}

function header(worldId: string, padding: number, dataBytes: number): Buffer {
  const text = Buffer.from(`Call ${worldId}\0`);
  const comment = Buffer.concat([text, Buffer.alloc((text.length % 2) + padding)]);
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(CHANNELS, 2);
  format.writeUInt32LE(SAMPLE_RATE_HERTZ, 4);
  format.writeUInt32LE(SAMPLE_RATE_HERTZ * BLOCK_BYTES, 8);
  format.writeUInt16LE(BLOCK_BYTES, 12);
  format.writeUInt16LE(SAMPLE_BYTES * 8, 14);
  const chunks = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', format),
    chunk('LIST', Buffer.concat([Buffer.from('INFO'), chunk('ICMT', comment)])),
    chunkHeader('data', dataBytes),
  ]);
  return Buffer.concat([chunkHeader('RIFF', chunks.length + dataBytes), chunks]);
}

function chunk(id: string, content: Buffer): Buffer {
  return Buffer.concat([chunkHeader(id, content.length), content]);
}

function chunkHeader(id: string, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.write(id, 'latin1');
  bytes.writeUInt32LE(sizeBytes, 4);
  return bytes;
}

function oneSecond(): Buffer {
  const bytes = Buffer.alloc(SAMPLE_RATE_HERTZ * BLOCK_BYTES);
  for (let block = 0; block < SAMPLE_RATE_HERTZ; block += 1) {
    const speaker = block < SAMPLE_RATE_HERTZ / 2 ? 0 : 1;
    const sample = Math.round(AMPLITUDE * Math.sin((2 * Math.PI * TONES_HERTZ[speaker] * block) / SAMPLE_RATE_HERTZ));
    bytes.writeInt16LE(sample, block * BLOCK_BYTES + speaker * SAMPLE_BYTES);
  }
  return bytes;
}
