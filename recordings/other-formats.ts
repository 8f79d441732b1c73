import type { AudioFormat, Demuxer, ReadableBytes } from './audio-format.ts';
import { readDetails } from './details.ts';
import { isMp4Truncated } from './mp4-boxes.ts';

const HEAD_BYTES = 64;
/** Audio that SpeechSense does not take, by its first bytes. */
const MAGICS: { name: string; mimeType: string; demuxer: Demuxer; at: number; magic: string }[] = [
  { name: 'M4A', mimeType: 'audio/mp4', demuxer: 'mov', at: 4, magic: 'ftyp' },
  { name: 'WebM', mimeType: 'audio/webm', demuxer: 'matroska', at: 0, magic: '\x1a\x45\xdf\xa3' },
  { name: 'FLAC', mimeType: 'audio/flac', demuxer: 'flac', at: 0, magic: 'fLaC' },
  { name: 'AIFF', mimeType: 'audio/aiff', demuxer: 'aiff', at: 8, magic: 'AIF' },
  { name: 'WMA', mimeType: 'audio/x-ms-wma', demuxer: 'asf', at: 0, magic: '\x30\x26\xb2\x75\x8e\x66\xcf\x11' },
  { name: 'CAF', mimeType: 'audio/x-caf', demuxer: 'caf', at: 0, magic: 'caff' },
  { name: 'AU', mimeType: 'audio/basic', demuxer: 'au', at: 0, magic: '.snd' },
  { name: 'WAV RF64', mimeType: 'audio/x-rf64', demuxer: 'wav', at: 0, magic: 'RF64' },
  { name: 'AAC', mimeType: 'audio/aac', demuxer: 'aac', at: 0, magic: '\xff\xf1' },
  { name: 'AAC', mimeType: 'audio/aac', demuxer: 'aac', at: 0, magic: '\xff\xf9' },
];

/** The name by the first bytes, the rest by music-metadata; the name stands without it. */
export async function recogniseOther(bytes: ReadableBytes, start: number): Promise<AudioFormat | undefined> {
  const head = await bytes.read(start, HEAD_BYTES);
  const known = MAGICS.find(({ at, magic }) => head.toString('latin1', at, at + magic.length) === magic);
  if (!known) return undefined;
  const { name, demuxer, mimeType } = known;
  const truncated = demuxer === 'mov' && (await isMp4Truncated(bytes));
  return { name, demuxer, container: undefined, truncated, ...(await readDetails(bytes, mimeType)) };
}
