import { homedir } from 'node:os';
import path from 'node:path';

/** A program that a clone fetches for itself where the machine has none. */
export interface FetchedProgram {
  /** Also its name on PATH. */
  name: string;
  /** A folder per version, so that a newer one is fetched anew. */
  version: string;
}

/** Where fetched programs are kept: in the clone, or with the user when the clone is read-only. */
export function cacheFolders(projectRoot: string, env: NodeJS.ProcessEnv): readonly [string, string] {
  const userCache = env.XDG_CACHE_HOME || path.join(env.HOME || homedir(), '.cache');
  return [path.join(projectRoot, '.cache'), path.join(userCache, 'speechsense-export')];
}

export function cachedProgram(folder: string, { name, version }: FetchedProgram): string {
  return path.join(folder, name, version, name);
}
