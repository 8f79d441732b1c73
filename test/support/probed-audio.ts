import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export interface ProbedAudio {
  codec: string;
  container: string;
  channels: number;
  seconds: number;
  /** Mean loudness of each channel in its own half second of the sandbox's recordings and in the other's, in dB. */
  loudness: { own: number; other: number }[];
}

/** What ffprobe and ffmpeg, and none of our own code, find in these bytes. @throws when they are no valid audio. */
export async function probeAudio(bytes: Buffer): Promise<ProbedAudio> {
  const folder = await mkdtemp(path.join(tmpdir(), 'probe-test-'));
  const file = path.join(folder, 'audio');
  try {
    await writeFile(file, bytes);
    const entries = 'stream=codec_name,channels:format=duration,format_name';
    const { stdout } = await promisify(execFile)('ffprobe', [
      '-v',
      'error',
      '-of',
      'json',
      '-show_entries',
      entries,
      file,
    ]);
    const { streams, format } = JSON.parse(stdout) as {
      streams: { codec_name: string; channels: number }[];
      format: { duration: string; format_name: string };
    };
    const channels = streams[0]?.channels ?? 0;
    const loudness = [];
    for (let channel = 0; channel < channels; channel++) {
      const [first, second] = [await meanVolume(file, channel, 0), await meanVolume(file, channel, 0.5)];
      loudness.push(channel === 0 ? { own: first, other: second } : { own: second, other: first });
    }
    return {
      codec: streams[0]?.codec_name ?? '',
      container: format.format_name,
      channels,
      seconds: Number(format.duration),
      loudness,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** In the half second of each second that begins here; without its edges, where one voice gives way to the other. */
async function meanVolume(file: string, channel: number, from: number): Promise<number> {
  const within = `aselect='between(mod(t,1),${from + 0.1},${from + 0.4})'`;
  const filter = `pan=mono|c0=c${channel},${within},volumedetect`;
  const { stderr } = await promisify(execFile)('ffmpeg', ['-v', 'info', '-i', file, '-af', filter, '-f', 'null', '-']);
  return Number(/mean_volume: (-?[\d.]+) dB/.exec(stderr)?.[1]);
}
