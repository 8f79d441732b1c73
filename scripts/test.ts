// `npm test`: every suite against a Temporal and a Postgres of its own; arguments go to jest (`npm test -- test/ledger`).
// DATABASE_URL and TEMPORAL_ADDRESS, when set, are used instead. Suites read TEST_DATABASE_URL, TEST_TEMPORAL_ADDRESS,
// TEST_BUILD (the folder of the built product) and TEMPORAL_CLI_PATH; the `ffmpeg` on their PATH is the one that was found.
import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findExportError } from '../errors/export-error.ts';
import { buildForTests } from './build-for-tests.ts';
import { runJest } from './jest-run.ts';
import { findFfmpeg } from './programs/ffmpeg.ts';
import { findTemporalCli } from './programs/temporal-cli.ts';
import { startPostgres } from './servers/postgres-server.ts';
import { EXPORT_SEARCH_ATTRIBUTES } from './servers/search-attributes.ts';
import { startTemporal } from './servers/temporal-server.ts';
import { exitCodeOfSignal, stopSignal } from './stop-signal.ts';

const projectRoot = path.dirname(import.meta.dirname);
const say = (line: string) => console.error(line);

const interrupted = stopSignal();
const folder = await mkdtemp(path.join(tmpdir(), 'speechsense-export-test-'));
// Root's Postgres runs as somebody else, who must get through to its data.
await chmod(folder, 0o711);
const started: (() => Promise<void>)[] = [];
const resultFile = path.join(folder, 'result.json');

let summary = '0 passed, 0 failed';
let exitCode = 1;
try {
  const ended = await Promise.race([runSuites(), interrupted]);
  if (typeof ended === 'string') {
    say(`\n${ended}: stopping…`);
    exitCode = exitCodeOfSignal(ended);
  } else {
    summary = ended.summary;
    exitCode = ended.exitCode;
  }
} catch (error) {
  say(sentenceOf(error));
} finally {
  // The suites first: what they use must not vanish under them.
  for (const stop of started.reverse()) await stop();
  await rm(folder, { recursive: true, force: true });
}
console.log(summary);
process.exit(exitCode);

async function runSuites() {
  const cliPath = await findTemporalCli({ projectRoot, env: process.env, say });
  const programs = await folderWithFfmpeg();
  const build = path.join(folder, 'build');
  const [databaseUrl, temporalAddress] = await Promise.all([
    process.env.DATABASE_URL || startedPostgres(),
    process.env.TEMPORAL_ADDRESS || startedTemporal(cliPath),
    buildForTests(projectRoot, build),
  ]);
  return runJest({
    projectRoot,
    args: process.argv.slice(2),
    resultFile,
    env: {
      ...process.env,
      PATH: `${programs}${path.delimiter}${process.env.PATH ?? ''}`,
      TEST_DATABASE_URL: databaseUrl,
      TEST_TEMPORAL_ADDRESS: temporalAddress,
      TEST_BUILD: build,
      TEMPORAL_CLI_PATH: cliPath,
    },
    onStart: (stop) => started.push(stop),
  });
}

/** Without ffmpeg only the suites that convert recordings fail. */
async function folderWithFfmpeg(): Promise<string> {
  const programs = path.join(folder, 'bin');
  await mkdir(programs);
  await findFfmpeg({ projectRoot, env: process.env, say }).then(
    (ffmpeg) => symlink(ffmpeg, path.join(programs, 'ffmpeg')),
    (error: unknown) => say(sentenceOf(error)),
  );
  return programs;
}

async function startedPostgres(): Promise<string> {
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), persistent: false, say });
  started.push(() => postgres.stop());
  return postgres.url;
}

async function startedTemporal(cliPath: string): Promise<string> {
  const temporal = await startTemporal({
    cliPath,
    dbFilename: path.join(folder, 'temporal.db'),
    searchAttributes: EXPORT_SEARCH_ATTRIBUTES,
    say,
  });
  started.push(() => temporal.stop());
  return temporal.address;
}

function sentenceOf(error: unknown): string {
  return findExportError(error)?.message ?? String(error instanceof Error ? error.stack : error);
}
