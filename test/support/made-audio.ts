import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRange } from '../../sandbox/telephony/recording.ts';
import { createRecordingMaker } from '../../sandbox/telephony/recording-maker.ts';

export const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';

/** Two voices in turns as WAV: the left one is heard for the first half of each second, the right one for the other. */
export async function twoVoices(talkSeconds: number): Promise<Buffer> {
  const make = await createRecordingMaker();
  const file = make({ worldId: 'made', format: 'wav', talkSeconds });
  return Buffer.concat([...readRange(file, 0, file.sizeBytes)]);
}

/** What ffmpeg makes of it; `{in}` and `{out}` in the arguments stand for files. */
export async function madeByFfmpeg(input: Buffer, ...given: string[]): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'made-test-'));
  const files: Record<string, string> = { '{in}': path.join(folder, 'in'), '{out}': path.join(folder, 'out') };
  try {
    await writeFile(path.join(folder, 'in'), input);
    const args = given.map((arg) => files[arg] ?? arg);
    const child = spawn(FFMPEG, ['-nostdin', '-v', 'error', '-y', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`ffmpeg failed: ${args.join(' ')}`);
    return await readFile(path.join(folder, 'out'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
