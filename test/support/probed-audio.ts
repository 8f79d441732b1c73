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

/** What ffmpeg, and none of our own code, finds in these bytes. @throws when they are no valid audio. */
export async function probeAudio(bytes: Buffer): Promise<ProbedAudio> {
  const folder = await mkdtemp(path.join(tmpdir(), 'probe-test-'));
  const file = path.join(folder, 'audio');
  try {
    await writeFile(file, bytes);
    // It says what it reads only beside doing something with it; ffprobe does not come with every ffmpeg.
    const { stderr } = await promisify(execFile)('ffmpeg', ['-hide_banner', '-i', file, '-f', 'null', '-']);
    const seen = (pattern: RegExp) => pattern.exec(stderr)?.slice(1) ?? [];
    const [container = ''] = seen(/^Input #0, (\S+), from/m);
    const [hours, minutes, seconds] = seen(/Duration: (\d+):(\d+):([\d.]+)/).map(Number);
    const [codec = '', layout = ''] = seen(/Audio: (\w+)[^\n]*? Hz, ([^\s,]+)/);
    return {
      codec,
      container,
      channels: { mono: 1, stereo: 2 }[layout] ?? Number(layout),
      seconds: Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds),
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
