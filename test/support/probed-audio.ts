import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export interface ProbedAudio {
  codec: string;
  container: string;
  channels: number;
  /** Of sound, decoded and counted. */
  seconds: number;
  /** Of its time, how much only the left channel is heard, and how much only the right one: 20 dB above the other. */
  alone: { left: number; right: number };
}

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const RATE = 8_000;
const WAV_HEADER = /^[^]{12}fmt [^]*?data[^]{4}/;

/**
 * What ffmpeg, and none of our own code, finds in these bytes.
 *
 * @param input how ffmpeg is to read them. Default: it stops at the first error.
 * @throws when they are no valid audio.
 */
export async function probeAudio(bytes: Buffer, input: readonly string[] = ['-xerror']): Promise<ProbedAudio> {
  const folder = await mkdtemp(path.join(tmpdir(), 'probe-test-'));
  const file = path.join(folder, 'audio');
  try {
    await writeFile(file, bytes);
    const decode = ['-hide_banner', '-nostdin', ...input, '-i', file, '-map', '0:a', '-c:a', 'pcm_s16le'];
    const { stdout, stderr } = await promisify(execFile)(FFMPEG, [...decode, '-ar', String(RATE), '-f', 'wav', '-'], {
      encoding: 'buffer',
      maxBuffer: 512 * 1024 * 1024,
    });
    const described = stderr.toString();
    const channels = stdout.readUInt16LE(22);
    const headerBytes = WAV_HEADER.exec(stdout.toString('latin1', 0, 1_024))?.[0].length ?? 0;
    const sound = stdout.subarray(headerBytes);
    return {
      codec: /Stream #0:0.*: Audio: (\w+)/.exec(described)?.[1] ?? '',
      container: /Input #0, (\S+), from/.exec(described)?.[1] ?? '',
      channels,
      seconds: sound.length / 2 / channels / RATE,
      alone: channels === 2 ? aloneIn(sound) : { left: 0, right: 0 },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const WINDOW = RATE / 20;
const TEN_TIMES = 10;

function aloneIn(sound: Buffer): ProbedAudio['alone'] {
  const frames = sound.length / 4;
  const alone = { left: 0, right: 0 };
  for (let start = 0; start + WINDOW <= frames; start += WINDOW) {
    const [left, right] = [rms(sound, start, 0), rms(sound, start, 1)];
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
