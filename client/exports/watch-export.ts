import { setTimeout as pause } from 'node:timers/promises';
import type { ExportDeps } from '../export-deps.ts';
import { readStatus } from './read-status.ts';
import { type ExportStatus, isFinal } from './status.ts';

/** How often a watcher looks. */
const WATCH_MS = 1_000;

/** The status now and whenever it may have changed, until it is final; the last one is final. */
export async function* watchExport(
  deps: ExportDeps,
  accountId: number,
  exportId: string,
  signal?: AbortSignal,
): AsyncGenerator<ExportStatus> {
  for (;;) {
    const status = await readStatus(deps, accountId, exportId);
    yield status;
    if (isFinal(status)) return;
    await pause(WATCH_MS, undefined, signal ? { signal } : {});
  }
}
