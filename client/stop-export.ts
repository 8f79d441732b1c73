import type { ExportDeps } from './export-deps.ts';
import { readStatus } from './read-status.ts';
import type { ExportStatus } from './status.ts';

/**
 * Asks the running export to end and waits until it has; answers its final status.
 *
 * @returns undefined when nothing runs.
 */
export async function stopExport(deps: ExportDeps, accountId: number): Promise<ExportStatus | undefined> {
  const { workflows } = deps;
  const running = await workflows.running(accountId);
  if (!running) return undefined;
  await askToStop(deps, accountId, running.exportId);
  // One that fails in its last moments has ended as well; its status says how.
  await workflows.ended(accountId);
  return readStatus(deps, accountId, running.exportId);
}

/** Asks this export to end, without waiting; one that runs no more needs no asking. */
export async function askToStop({ workflows }: ExportDeps, accountId: number, exportId: string): Promise<void> {
  const running = await workflows.running(accountId);
  if (running?.exportId === exportId) await workflows.signal(accountId, 'stopExport');
}
