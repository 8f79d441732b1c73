import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import type { ErrorCode } from '../../errors/codes.ts';
import type { ErrorValues } from '../../errors/export-error.ts';
import { stepError } from './step-error.ts';

/** What keeps a step of a running export from coming through: it may pass by itself, so it is tried again and again. */
export interface Trouble {
  code: ErrorCode;
  /** What the sentence of that error is filled with. */
  values: ErrorValues;
  /** How often the step has failed in a row. */
  attempts: number;
}

/** What passes sooner is nobody's concern: seven seconds, unless the other side asked for a longer rest. */
const MANY_ATTEMPTS = 3;

/** Temporal itself knows the steps that are under way or wait to be tried again, and by what they failed. */
export function troubleOf({ raw }: WorkflowExecutionDescription): Trouble | null {
  for (const { attempt, lastFailure } of raw.pendingActivities ?? []) {
    const attempts = (attempt ?? 1) - 1;
    if (!lastFailure || attempts === 0) continue;
    const error = stepError(defaultFailureConverter.failureToError(lastFailure, defaultPayloadConverter));
    if (!error || (attempts < MANY_ATTEMPTS && error.kind !== 'throttled')) continue;
    return { code: error.code, values: error.values, attempts };
  }
  return null;
}
