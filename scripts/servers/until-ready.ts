import { setTimeout as delay } from 'node:timers/promises';
import { ExportError } from '../../errors/export-error.ts';
import type { GuardedProcess } from './guarded-process.ts';

/** How long a server may take until it serves; a loaded two-core machine needs far less. */
const READY_WITHIN_MS = 60_000;
const PAUSE_MS = 50;

/**
 * Waits until the probe succeeds.
 * @throws ExportError `server_not_started` with the server's own last words, when it ends first or takes over a minute;
 * what was started is ended then.
 */
export async function untilReady(name: string, server: GuardedProcess, probe: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  let lastFailure: unknown;
  while (!server.hasExited() && performance.now() < deadline) {
    try {
      await probe();
      return;
    } catch (error) {
      lastFailure = error;
      await delay(PAUSE_MS);
    }
  }
  const problem = server.hasExited() ? 'it ended at once' : `it did not answer within ${READY_WITHIN_MS / 1000} s`;
  await server.stop('SIGKILL', 0);
  throw new ExportError('server_not_started', {
    values: { server: name, problem: `${problem}. Its last words:\n${server.lastOutput()}` },
    cause: lastFailure,
  });
}
