import type { AudioFormat, ReadableBytes } from './audio-format.ts';

const HEAD_BYTES = 256 * 1024;

/** Audio that SpeechSense does not take, by its first bytes. */
const MAGICS: { name: string; mimeType: string; at: number; magic: string }[] = [
  { name: 'M4A', mimeType: 'audio/mp4', at: 4, magic: 'ftyp' },
  { name: 'AMR-WB', mimeType: 'audio/amr-wb', at: 0, magic: '#!AMR-WB' },
  { name: 'AMR', mimeType: 'audio/amr', at: 0, magic: '#!AMR' },
  { name: 'WebM', mimeType: 'audio/webm', at: 0, magic: '\x1a\x45\xdf\xa3' },
  { name: 'FLAC', mimeType: 'audio/flac', at: 0, magic: 'fLaC' },
  { name: 'AIFF', mimeType: 'audio/aiff', at: 8, magic: 'AIF' },
  { name: 'WMA', mimeType: 'audio/x-ms-wma', at: 0, magic: '\x30\x26\xb2\x75\x8e\x66\xcf\x11' },
  { name: 'CAF', mimeType: 'audio/x-caf', at: 0, magic: 'caff' },
  { name: 'AU', mimeType: 'audio/basic', at: 0, magic: '.snd' },
  { name: 'WAV RF64', mimeType: 'audio/x-rf64', at: 0, magic: 'RF64' },
  { name: 'AAC', mimeType: 'audio/aac', at: 0, magic: '\xff\xf1' },
  { name: 'AAC', mimeType: 'audio/aac', at: 0, magic: '\xff\xf9' },
];

/** What music-metadata can tell from the head alone; the name stands without it. */
export async function recogniseOther(bytes: ReadableBytes, start: number): Promise<AudioFormat | undefined> {
  const head = await bytes.read(start, HEAD_BYTES);
  const known = MAGICS.find(({ at, magic }) => head.toString('latin1', at, at + magic.length) === magic);
  if (!known) return undefined;
  const details = await readDetails(head, known.mimeType, bytes.sizeBytes - start);
  return {
    name: known.name,
    container: undefined,
    durationSeconds: details?.duration,
    channels: details?.numberOfChannels,
    sampleRateHz: details?.sampleRate,
    truncated: false,
  };
}

async function readDetails(head: Buffer, mimeType: string, size: number) {
  // Loaded only here: the formats that pass never need it, and it is large.
  const { parseBuffer } = await import('music-metadata');
  try {
    const { format } = await parseBuffer(head, { mimeType, size }, { duration: false, skipCovers: true });
    return format;
  } catch {
    return undefined;
  }
}
