import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildForTests } from '../scripts/build-for-tests.ts';
import { freePort } from '../scripts/servers/free-port.ts';
import { untilReady } from '../scripts/servers/until-ready.ts';
import { startChild } from './child-process.ts';
import type { Figure } from './figure.ts';
import { residentMiB } from './proc.ts';
import { inRounds, median, secondsOf } from './sample.ts';
import { ENCRYPTION_KEYS, openBenchExport, openBenchLedger } from './seeded-ledger.ts';
import type { BenchStage } from './stage.ts';

const ROUNDS = 7;
const PROJECT_ROOT = path.dirname(import.meta.dirname);
const CLONE = path.join(PROJECT_ROOT, 'bin', 'speechsense-export.mjs');

/** How long a person waits for a command, and how long and how much a worker takes until it works. */
export async function commands(stage: BenchStage): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechsense-export-build-'));
  const databaseUrl = await stage.newDatabase();
  const connection = { connectionId: 'bench', apiKey: 'key' };
  const ledger = await openBenchLedger(databaseUrl, connection);
  try {
    stage.say('commands: building…');
    const build = path.join(folder, 'build');
    await buildForTests(PROJECT_ROOT, build);
    const exportId = await openBenchExport(ledger, connection);
    await ledger.exports.close(exportId, 'completed');
    const env = await environment(stage, databaseUrl);
    const built = path.join(build, 'command-line', 'main.js');
    const timed = (args: string[]) => () => secondsOf(() => ended(args, env));
    // Keeps the bundles of the sources as they are.
    await ended([CLONE, '--help'], env);

    stage.say('commands: waiting for answers as a person does…');
    const seconds = await inRounds(stage.quick ? 1 : ROUNDS, {
      node: timed(['-e', '0']),
      builtHelp: timed([built, '--help']),
      cloneHelp: timed([CLONE, '--help']),
      builtStatus: timed([built, 'status']),
      cloneStatus: timed([CLONE, 'status']),
    });
    const reference = { name: 'node -e 0', value: median(seconds.node) };
    const figure = (name: string, values: number[], atMost: number): Figure => ({
      name,
      value: median(values),
      unit: 's',
      reference,
      aim: { of: 'value', atMost },
    });
    return [
      figure('--help, built', seconds.builtHelp, 0.25),
      figure('--help in a clone', seconds.cloneHelp, 0.6),
      figure('status, built', seconds.builtStatus, 0.6),
      figure('status in a clone', seconds.cloneStatus, 1.2),
      ...(await workerStart(stage, env)),
    ];
  } finally {
    await ledger.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function workerStart(stage: BenchStage, env: Record<string, string>): Promise<Figure[]> {
  stage.say('commands: starting a worker of a clone…');
  const port = await freePort();
  let pid = 0;
  let stop = async () => Promise.resolve();
  const seconds = await secondsOf(async () => {
    const worker = await startChild('worker/main.ts', { env: { ...env, WORKER_METRICS_PORT: String(port) } });
    ({ pid } = worker);
    stop = () => worker.stop('SIGTERM', 30_000);
    await untilReady('The worker', worker, async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/ready`);
      if (!answer.ok) throw new Error(await answer.text());
    });
  });
  const { peak } = residentMiB(pid);
  await stop();
  return [
    { name: 'worker of a clone, until it is ready', value: seconds, unit: 's', aim: { of: 'value', atMost: 4 } },
    { name: '  most memory until then', value: peak, unit: 'MiB', aim: { of: 'value', atMost: 400 } },
  ];
}

async function environment(stage: BenchStage, databaseUrl: string): Promise<Record<string, string>> {
  const { address } = await stage.temporal();
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: address,
    ENCRYPTION_KEYS,
    LOG_LEVEL: 'warn',
  };
}

/** @throws Error with what it said when the program ends otherwise than well. */
async function ended(args: string[], env: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}: ${said}`);
}
