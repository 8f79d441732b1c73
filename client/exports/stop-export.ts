import { ExportError } from '../../errors/export-error.ts';
import type { ExportDeps } from '../export-deps.ts';
import { readStatus } from './read-status.ts';
import type { ExportStatus } from './status.ts';

/** How long the end of an export is waited for. */
export interface StopPatience {
  /** Told once, with the export's task queue, when its end takes longer than usual. */
  onWait?: (taskQueue: string) => void;
  /** Until then. */
  sayAfterMs?: number;
  /** Where workers ask for work: one that has died is noticed after half a minute. */
  withWorkersMs?: number;
  /** Where none does: one that is just being started anew is there within this. */
  withoutWorkersMs?: number;
}

/**
 * Asks the running export to end and waits until it has; answers its final status.
 *
 * @returns undefined when nothing runs.
 * @throws {ExportError} `stop_not_taken_up`: the workflow closes itself, and no worker is there for that.
 */
export async function stopExport(
  deps: ExportDeps,
  accountId: number,
  { onWait, sayAfterMs = 3_000, withWorkersMs = 60_000, withoutWorkersMs = 10_000 }: StopPatience = {},
): Promise<ExportStatus | undefined> {
  const { workflows } = deps;
  const running = await workflows.running(accountId);
  if (!running) return undefined;
  const { exportId, taskQueue } = running;
  await askToStop(deps, accountId, exportId);
  const signal = AbortSignal.timeout((await workflows.hasWorkers(taskQueue)) ? withWorkersMs : withoutWorkersMs);
  const timer = setTimeout(() => onWait?.(taskQueue), sayAfterMs);
  try {
    // One that fails in its last moments has ended as well; its status says how.
    await workflows.ended(accountId, 'export', signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ExportError('stop_not_taken_up', { cause: error, values: { exportId, taskQueue } });
  } finally {
    clearTimeout(timer);
  }
  return readStatus(deps, accountId, exportId);
}

/** Asks this export to end, without waiting; one that runs no more needs no asking. */
export async function askToStop({ workflows }: ExportDeps, accountId: number, exportId: string): Promise<void> {
  const running = await workflows.running(accountId);
  if (running?.exportId === exportId) await workflows.signal(accountId, 'stopExport');
}
