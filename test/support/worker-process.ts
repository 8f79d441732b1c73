import path from 'node:path';
import { type GuardedProcess, startGuarded } from '../../scripts/servers/guarded-process.ts';

export interface WorkerProcess {
  readonly pid: number;
  /** The last lines of its log. */
  log(): string;
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
  const child: GuardedProcess = await startGuarded({
    command: process.execPath,
    args: ['--import', 'tsx', path.join(PROJECT_ROOT, 'worker/main.ts')],
    cwd: PROJECT_ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    deathSignal: 'SIGKILL',
  });
  return {
    pid: child.pid,
    log: () => child.lastOutput(),
    kill9: () => child.stop('SIGKILL', 1_000),
    stop: () => child.stop('SIGTERM', 60_000),
    freeze: () => process.kill(-child.pid, 'SIGSTOP'),
    thaw: () => process.kill(-child.pid, 'SIGCONT'),
  };
}
