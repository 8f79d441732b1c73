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
  /** Of its time, how much only the left channel is heard, and how much only the right one: 20 dB above the other. */
  alone: { left: number; right: number };
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
    return {
      codec: streams[0]?.codec_name ?? '',
      container: format.format_name,
      channels: streams[0]?.channels ?? 0,
      seconds: Number(format.duration),
      alone: await aloneIn(file),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const RATE = 8_000;
const WINDOW = RATE / 20;
const TEN_TIMES = 10;

async function aloneIn(file: string): Promise<ProbedAudio['alone']> {
  const decode = ['-v', 'error', '-i', file, '-ac', '2', '-ar', String(RATE), '-f', 's16le', 'pipe:1'];
  const options = { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 } as const;
  const { stdout } = await promisify(execFile)('ffmpeg', decode, options);
  const frames = stdout.length / 4;
  const alone = { left: 0, right: 0 };
  for (let start = 0; start + WINDOW <= frames; start += WINDOW) {
    const [left, right] = [rms(stdout, start, 0), rms(stdout, start, 1)];
    if (left > TEN_TIMES * right) alone.left += WINDOW / frames;
    if (right > TEN_TIMES * left) alone.right += WINDOW / frames;
  }
  return alone;
}

function rms(samples: Buffer, start: number, channel: number): number {
  let sum = 1;
  for (let at = start; at < start + WINDOW; at++) sum += samples.readInt16LE(at * 4 + channel * 2) ** 2;
  return Math.sqrt(sum / WINDOW);
}
