import { ApplicationFailure, type WorkflowFailedError } from '@temporalio/client';
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import { ExportError, type ErrorValues } from '../errors/export-error.ts';
import type { ExportSettings } from '../settings/export-settings.ts';
import type { ExportDeps } from './export-deps.ts';
import { readStatus } from './read-status.ts';
import { startExport } from './start-export.ts';
import type { ExportStatus } from './status.ts';

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
  const exportId = await startExport(deps, { accountId, kind: 'preview', settings });
  const failure = await deps.workflows.ended(accountId, 'preview');
  if (failure) throw toError(failure);
  return readStatus(deps, accountId, exportId);
}

/** The innermost failure: an activity's carries our own error, wrapped twice. */
function toError(failure: WorkflowFailedError): ExportError {
  let inner: Error = failure;
  while (inner.cause instanceof Error) inner = inner.cause;
  if (inner instanceof ApplicationFailure && isPersons(inner.type)) {
    const [details] = (inner.details ?? []) as [{ values?: ErrorValues }?];
    return new ExportError(inner.type, { cause: failure, values: details?.values ?? {} });
  }
  return new ExportError('export_failed', { cause: failure, values: { problem: inner.message } });
}

/** Whether it is an error that a person has to put right; such a one comes with what fills its sentence. */
function isPersons(code: string | null | undefined): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) && ERROR_CODES[code as ErrorCode].kind === 'auth';
}
