import path from 'node:path';
import { ExportError } from '../../errors/export-error.ts';
import { freePort } from '../servers/free-port.ts';
import type { GuardedProcess } from '../servers/guarded-process.ts';
import { untilReady } from '../servers/until-ready.ts';
import { lastLines, startOwnProcess } from './own-process.ts';

/** Longer than the backend itself takes at most to let requests come to their end. */
export const BACKEND_STOPS_WITHIN_MS = 15_000;

/** Starts the backend and waits until it and all that it needs answers. @throws {ExportError} `server_not_started` */
export async function startBackendProcess(
  projectRoot: string,
  logFolder: string,
  env: NodeJS.ProcessEnv,
  operationsPort: number | undefined,
): Promise<{ process: GuardedProcess; operationsPort: number; logFile: string }> {
  const port = await freePort(operationsPort);
  const logFile = path.join(logFolder, 'backend.log');
  const backend = await startOwnProcess({
    projectRoot,
    logFile,
    env: { ...env, OPERATIONS_PORT: String(port) },
    args: ['backend/main.ts'],
  });
  await untilReady('The backend', backend, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`);
    if (!answer.ok) throw new Error(await answer.text());
  }).catch((cause: unknown) => {
    const problem = lastLines(logFile);
    throw new ExportError('server_not_started', { cause, values: { server: 'The backend', problem } });
  });
  return { process: backend, operationsPort: port, logFile };
}
