import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const TIMEOUT_MS = 10_000;

/** Whether recordings can be converted on this machine. */
export interface ConverterCheck {
  ok: boolean;
  /** Of ffmpeg, as it says itself; null where it can't be run. */
  version: string | null;
}

/**
 * Whether there is an ffmpeg that can write Ogg Opus. Some builds come without that encoder.
 *
 * @param ffmpeg a path, or a name to be found on PATH.
 */
export async function checkConverter(ffmpeg: string): Promise<ConverterCheck> {
  try {
    const options = { timeout: TIMEOUT_MS, env: { PATH: process.env.PATH } };
    const { stdout } = await promisify(execFile)(ffmpeg, ['-hide_banner', '-encoders'], options);
    const { stdout: banner } = await promisify(execFile)(ffmpeg, ['-version'], options);
    const version = /^ffmpeg version (\S{1,60})/.exec(banner)?.[1] ?? 'unknown';
    return { ok: / libopus /.test(stdout), version };
  } catch {
    return { ok: false, version: null };
  }
}
