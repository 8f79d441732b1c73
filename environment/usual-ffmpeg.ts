import { executablesOnPath, isExecutable } from './executables.ts';
import { cachedProgram, cacheFolders, type FetchedProgram } from './program-cache.ts';

/** What `npm run ffmpeg` fetches. */
export const FETCHED_FFMPEG: FetchedProgram = { name: 'ffmpeg', version: '9.0.2' };

/** The ffmpeg to run where FFMPEG_PATH names none: the one on PATH, else the one that this clone has fetched. */
export function usualFfmpeg(projectRoot: string, env: NodeJS.ProcessEnv): string {
  const { name } = FETCHED_FFMPEG;
  if (executablesOnPath(name, env).length > 0) return name;
  const fetched = cacheFolders(projectRoot, env).map((folder) => cachedProgram(folder, FETCHED_FFMPEG));
  return fetched.find((file) => isExecutable(file)) ?? name;
}
