import path from 'node:path';
import { type GuardedProcess, startGuarded } from '../../scripts/servers/guarded-process.ts';
import { waitFor } from '../support/wait-for.ts';

export interface BackendProcess {
  stop(): Promise<void>;
}

const PROJECT_ROOT = path.resolve(import.meta.dirname, '../..');

/** The backend as it runs in production, on a port that was chosen before. */
export async function startBackendProcess(environment: Record<string, string>, port: number): Promise<BackendProcess> {
  const child: GuardedProcess = await startGuarded({
    command: process.execPath,
    args: ['--import', 'tsx', path.join(PROJECT_ROOT, 'backend/main.ts')],
    cwd: PROJECT_ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ...environment,
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'error',
    },
    output: 'inherit',
    deathSignal: 'SIGKILL',
  });
  const isReady = async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok;
  await waitFor(isReady, { what: 'the backend to be ready' });
  return { stop: () => child.stop('SIGTERM', 30_000) };
}
