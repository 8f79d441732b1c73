const LARGEST = 0xffffffff;
const HEADER_BYTES = 44;

export interface SampleFormat {
  codec: number;
  channels: number;
  sampleRateHz: number;
  sampleBytes: number;
}

/** The header of a WAV with nothing but its description and so many bytes of sound. */
export function wavHeader({ codec, channels, sampleRateHz, sampleBytes }: SampleFormat, soundBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF');
  header.writeUInt32LE(Math.min(LARGEST, HEADER_BYTES - 8 + soundBytes), 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(codec, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(Math.min(LARGEST, sampleRateHz * channels * sampleBytes), 28);
  header.writeUInt16LE(Math.min(0xffff, channels * sampleBytes), 32);
  header.writeUInt16LE(sampleBytes * 8, 34);
  header.write('data', 36);
  header.writeUInt32LE(Math.min(LARGEST, soundBytes), 40);
  return header;
}
