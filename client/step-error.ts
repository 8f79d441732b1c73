import { ApplicationFailure } from '@temporalio/client';
import { isErrorCode } from '../errors/codes.ts';
import { ExportError, type ErrorValues } from '../errors/export-error.ts';

/** The error of ours by which a step of an export ended; undefined where it was none (a worker that died). */
export function stepError(failure: Error): ExportError | undefined {
  const inner = innermost(failure);
  if (!(inner instanceof ApplicationFailure) || !isErrorCode(inner.type)) return undefined;
  const [details] = (inner.details ?? []) as [{ values?: ErrorValues }?];
  return new ExportError(inner.type, { cause: failure, values: details?.values ?? {} });
}

/** A workflow's failure holds the step's, which holds ours. */
export function innermost(failure: Error): Error {
  return failure.cause instanceof Error ? innermost(failure.cause) : failure;
}
