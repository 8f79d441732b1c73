import type { WorkflowFailedError } from '@temporalio/client';
import { ExportError } from '../../errors/export-error.ts';
import type { ExportSettings } from '../../settings/export-settings.ts';
import type { ExportDeps } from '../export-deps.ts';
import { readStatus } from '../exports/read-status.ts';
import { startExport } from '../exports/start-export.ts';
import type { ExportStatus } from '../exports/status.ts';
import { innermost, stepError } from '../exports/step-error.ts';

/**
 * Plans without transferring, and waits for the totals.
 *
 * @throws {ExportError} those of {@link startExport}; what a person has to put right first; `export_failed`.
 */
export async function previewExport(
  deps: ExportDeps,
  accountId: number,
  settings: ExportSettings,
): Promise<ExportStatus> {
  const exportId = await startPreview(deps, accountId, settings);
  const failure = await deps.workflows.ended(accountId, 'preview');
  if (failure) throw toError(failure);
  return readStatus(deps, accountId, exportId);
}

/** As {@link previewExport}, without waiting; its status tells when it is counted. */
export function startPreview(deps: ExportDeps, accountId: number, settings: ExportSettings): Promise<string> {
  return startExport(deps, { accountId, kind: 'preview', settings });
}

function toError(failure: WorkflowFailedError): ExportError {
  const known = stepError(failure);
  if (known?.kind === 'auth') return known;
  return new ExportError('export_failed', { cause: failure, values: { problem: innermost(failure).message } });
}
