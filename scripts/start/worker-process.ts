import path from 'node:path';
import { ExportError } from '../../errors/export-error.ts';
import { freePort } from '../servers/free-port.ts';
import type { GuardedProcess } from '../servers/guarded-process.ts';
import { untilReady } from '../servers/until-ready.ts';
import { lastLines, startOwnProcess } from './own-process.ts';

/** Longer than the worker itself takes at most, with the grace that `npm start` gives it. */
export const WORKER_STOPS_WITHIN_MS = 25_000;

/** Starts the worker and waits until it takes work. @throws {ExportError} `server_not_started` */
export async function startWorkerProcess(
  projectRoot: string,
  logFolder: string,
  env: NodeJS.ProcessEnv,
  metricsPort: number | undefined,
): Promise<{ process: GuardedProcess; port: number; logFile: string }> {
  const port = await freePort(metricsPort);
  const logFile = path.join(logFolder, 'worker.log');
  const worker = await startOwnProcess({
    projectRoot,
    logFile,
    env: { ...env, WORKER_METRICS_PORT: String(port) },
    args: ['worker/main.ts'],
  });
  await untilReady('The worker', worker, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`);
    if (!answer.ok) throw new Error(await answer.text());
  }).catch((cause: unknown) => {
    const problem = lastLines(logFile);
    throw new ExportError('server_not_started', { cause, values: { server: 'The worker', problem } });
  });
  return { process: worker, port, logFile };
}
