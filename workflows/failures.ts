import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TemporalFailure } from '@temporalio/workflow';

/**
 * The code of the error that a person has to put right (a revoked token, a missing right), if that is what ended an
 * activity. Activities say so in their failure's details.
 */
export function blockingCode(error: unknown): string | undefined {
  const failure = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure ? error.cause : error;
  if (!(failure instanceof ApplicationFailure)) return undefined;
  const [details] = failure.details ?? [];
  const kind = typeof details === 'object' && details !== null && 'kind' in details ? details.kind : undefined;
  return kind === 'auth' ? (failure.type ?? 'unexpected') : undefined;
}

/** The code of the error at the bottom of a failure. */
export function failureCode(error: TemporalFailure): string {
  const { cause } = error;
  if (cause instanceof TemporalFailure) return failureCode(cause);
  return (error instanceof ApplicationFailure ? error.type : undefined) ?? 'unexpected';
}
