import path from 'node:path';
import { executablesOnPath, isExecutable } from '../../environment/executables.ts';
import { cachedProgram, cacheFolders, type FetchedProgram } from '../../environment/program-cache.ts';
import type { ExportError } from '../../errors/export-error.ts';
import { writableFolder } from './fetch-to-cache.ts';

export interface FindProgramOptions {
  /** The clone: its `.cache` keeps what was fetched. */
  projectRoot: string;
  /** The program's own variable, `PATH` and the home folder are read here. */
  env: NodeJS.ProcessEnv;
  /** Gets a line for each step that takes time. */
  say: (line: string) => void;
}

export interface WantedProgram extends FetchedProgram {
  /** Names a program of the user's own choice. */
  variable: string;
  /** Why the file is of no use, as the end of a sentence; undefined when it is of use. The file is run, not only found. */
  problemOf: (file: string) => Promise<string | undefined>;
  /** By their names, in their order: each fetches the program to `target`, or says why not. */
  sources: Record<string, (target: string) => Promise<string | undefined>>;
  missing: (problem: string) => ExportError;
}

/**
 * The path of a program that runs, looked for in this order: its variable, PATH, the cache of an earlier time, its sources.
 * @throws ExportError made by `missing`; also when the variable leads to none: a user's choice is not silently replaced.
 */
export async function findProgram(
  wanted: WantedProgram,
  { projectRoot, env, say }: FindProgramOptions,
): Promise<string> {
  const problemOf = async (file: string) =>
    isExecutable(file) ? await wanted.problemOf(path.resolve(file)) : 'is no executable file';

  const chosen = env[wanted.variable];
  if (chosen) {
    const problem = await problemOf(chosen);
    if (problem === undefined) return path.resolve(chosen);
    throw wanted.missing(`${wanted.variable} is ${chosen}, which ${problem}.`);
  }

  const folders = cacheFolders(projectRoot, env);
  const cached = folders.map((folder) => cachedProgram(folder, wanted)).filter((file) => isExecutable(file));
  for (const candidate of [...executablesOnPath(wanted.name, env), ...cached]) {
    const problem = await problemOf(candidate);
    if (problem === undefined) return candidate;
    say(`${candidate} is left aside: it ${problem}.`);
  }

  const target = cachedProgram(writableFolder(folders), wanted);
  const problems: string[] = [];
  for (const [source, fetchTo] of Object.entries(wanted.sources)) {
    const problem = (await fetchTo(target)) ?? (await problemOf(target));
    if (problem === undefined) return target;
    problems.push(`${source}: ${problem}`);
    say(`Not by ${source}: ${problem}`);
  }
  throw wanted.missing(`none on PATH, and none could be fetched (${problems.join('; ')}).`);
}
