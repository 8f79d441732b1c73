import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type GuardedProcess, startGuarded } from '../../scripts/servers/guarded-process.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { waitFor } from './wait-for.ts';

export interface WorkerProcess {
  readonly pid: number;
  /** All that it has logged. */
  log(): string;
  /** Waits until it runs; answers the address of its /ready and /metrics. */
  statusUrl(): Promise<string>;
  kill9(): Promise<void>;
  /** SIGTERM, as an orchestrator sends it. */
  stop(): Promise<void>;
  /** SIGSTOP: frozen, but not gone. */
  freeze(): void;
  thaw(): void;
}

const PROJECT_ROOT = path.resolve(import.meta.dirname, '../..');

/** A worker as it runs in production: a process of its own, with its environment and nothing else. */
export async function startWorkerProcess(environment: Record<string, string>): Promise<WorkerProcess> {
  const folder = await temporaryFolder();
  const logFile = path.join(folder.path, 'worker.log');
  // Outside of `npm test` (the soak, recorded histories) there is no build.
  const build = process.env.TEST_BUILD;
  const main = build
    ? [path.join(build, 'worker/main.js')]
    : ['--import', 'tsx', path.join(PROJECT_ROOT, 'worker/main.ts')];
  const worker = [process.execPath, ...main];
  const child: GuardedProcess = await startGuarded({
    command: '/bin/sh',
    args: ['-c', 'log=$1; shift; exec "$@" >"$log" 2>&1', 'worker', logFile, ...worker],
    cwd: PROJECT_ROOT,
    // The machine of the suites is busy with others; a worker that stood back would run into their time limits.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, WORKER_NICENESS: '0', ...environment },
    deathSignal: 'SIGKILL',
  });
  let kept = '';
  const log = () => (kept = existsSync(logFile) ? readFileSync(logFile, 'utf8') : kept);
  void child.exited.then(() => {
    log();
    return folder.remove();
  });
  return {
    pid: child.pid,
    log,
    statusUrl: () =>
      waitFor(
        () => {
          const port = /"port":(\d+),"msg":"worker runs"/.exec(log())?.[1];
          return port === undefined ? undefined : `http://127.0.0.1:${port}`;
        },
        { what: 'the worker to run' },
      ),
    kill9: () => child.stop('SIGKILL', 1_000),
    stop: () => child.stop('SIGTERM', 60_000),
    freeze: () => process.kill(-child.pid, 'SIGSTOP'),
    thaw: () => process.kill(-child.pid, 'SIGCONT'),
  };
}
