import type { ErrorValues } from '../errors/export-error.ts';
import { RetryState } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
  TemporalFailure,
} from '@temporalio/workflow';

/** What a person has to put right before an export can go on, or why it failed. */
export interface Block {
  /** The error's code. */
  code: string;
  /** What its sentence is filled with: a host, a right. */
  values: ErrorValues;
}

/**
 * The error that a person has to put right (a revoked token, a missing right), if that is what ended an activity.
 * Activities say so in their failure's details.
 */
export function blockOf(error: unknown): Block | undefined {
  const failure = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure ? error.cause : error;
  if (!(failure instanceof ApplicationFailure)) return undefined;
  const details = detailsOf(failure);
  if (details?.kind !== 'auth') return undefined;
  return { code: failure.type ?? 'unexpected', values: details.values ?? {} };
}

/**
 * Whether a stop ended it. An attempt that fails in the very moment of a stop is not tried again, and comes back as its
 * own failure: Temporal says only in the retry state that it was the stop that ended it.
 */
export function endedByStop(error: unknown): boolean {
  return (
    isCancellation(error) || (error instanceof ActivityFailure && error.retryState === RetryState.CANCEL_REQUESTED)
  );
}

/** The error at the bottom of a failure. */
export function failureOf(error: TemporalFailure): Block {
  const { cause } = error;
  if (cause instanceof TemporalFailure) return failureOf(cause);
  if (!(error instanceof ApplicationFailure)) return { code: 'unexpected', values: {} };
  return { code: error.type ?? 'unexpected', values: detailsOf(error)?.values ?? {} };
}

function detailsOf({ details }: ApplicationFailure): { kind?: string; values?: ErrorValues } | null | undefined {
  return ((details ?? []) as [{ kind?: string; values?: ErrorValues } | null | undefined])[0];
}
