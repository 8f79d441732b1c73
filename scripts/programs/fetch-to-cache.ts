import { accessSync, constants, mkdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isNativeError } from 'node:util/types';

/** The first folder that can be written to, made when absent; the last one when there is none, to fail there with its reason. */
export function writableFolder(folders: readonly [string, string]): string {
  const [first, second] = folders;
  try {
    mkdirSync(first, { recursive: true });
    accessSync(first, constants.W_OK);
    return first;
  } catch {
    return second;
  }
}

/**
 * Runs what fetches an executable in a folder of its own beside the target, and moves the executable that it returns to
 * the target: it appears there whole or not at all, also when two processes do this at once.
 * @returns undefined when it is at the target, else the reason that `fetchInto` threw, as an end of a sentence.
 */
export async function fetchToCache(
  target: string,
  fetchInto: (folder: string) => Promise<string>,
): Promise<string | undefined> {
  let folder: string | undefined;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    folder = await mkdtemp(`${target}-`);
    const executable = await fetchInto(folder);
    await chmod(executable, 0o755);
    await rename(executable, target);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return 'unknown';
  // `fetch failed` alone says nothing; why is in its cause.
  return isNativeError(error.cause) ? error.cause.message : error.message;
}
