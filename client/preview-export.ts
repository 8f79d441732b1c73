import type { WorkflowFailedError } from '@temporalio/client';
import { ExportError } from '../errors/export-error.ts';
import type { ExportSettings } from '../settings/export-settings.ts';
import type { ExportDeps } from './export-deps.ts';
import { readStatus } from './read-status.ts';
import { startExport } from './start-export.ts';
import type { ExportStatus } from './status.ts';

/**
 * Plans without transferring, and waits for the totals.
 *
 * @throws {ExportError} those of {@link startExport}; `export_failed`.
 */
export async function previewExport(
  deps: ExportDeps,
  accountId: number,
  settings: ExportSettings,
): Promise<ExportStatus> {
  const exportId = await startPreview(deps, accountId, settings);
  const failure = await deps.workflows.ended(accountId, 'preview');
  if (failure) throw new ExportError('export_failed', { cause: failure, values: { problem: sentenceOf(failure) } });
  return readStatus(deps, accountId, exportId);
}

/** As {@link previewExport}, without waiting; its status tells when it is counted. */
export function startPreview(deps: ExportDeps, accountId: number, settings: ExportSettings): Promise<string> {
  return startExport(deps, { accountId, kind: 'preview', settings });
}

/** The innermost message: an activity's failure carries our own sentence for it, wrapped twice. */
function sentenceOf(failure: WorkflowFailedError): string {
  let inner: Error = failure;
  while (inner.cause instanceof Error) inner = inner.cause;
  return inner.message;
}
