import { ApplicationFailure } from '@temporalio/client';
import type { ExportError } from '../../errors/export-error.ts';
import { restoreError } from '../../errors/restore-error.ts';

/** The error of ours by which a step of an export ended; undefined where it was none (a worker that died). */
export function stepError(failure: Error): ExportError | undefined {
  const inner = innermost(failure);
  if (!(inner instanceof ApplicationFailure)) return undefined;
  const [details] = (inner.details ?? []) as [{ values?: unknown }?];
  return restoreError(inner.type, details?.values, { cause: failure });
}

/** A workflow's failure holds the step's, which holds ours. */
export function innermost(failure: Error): Error {
  return failure.cause instanceof Error ? innermost(failure.cause) : failure;
}
