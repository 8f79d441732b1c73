import { CancelledFailure, Context } from '@temporalio/activity';
import { ExportError } from '../errors/export-error.ts';

/**
 * What to throw when the activity was told to end: a stop is answered as a cancellation; a worker that shuts down
 * leaves the activity to another one, at once. Undefined when nobody told it.
 *
 * @param thrown what the interrupted work threw; it does not matter what.
 */
export function cancellationOf(thrown: unknown): CancelledFailure | ExportError | undefined {
  if (!Context.current().cancellationSignal.aborted) return undefined;
  if (isStopRequested()) {
    return thrown instanceof CancelledFailure ? thrown : new CancelledFailure('stopped');
  }
  return new ExportError('worker_stopping');
}

/** Whether a person's stop, and not its worker's end, ended the activity. */
export function isStopRequested(): boolean {
  return Context.current().cancellationDetails?.cancelRequested === true;
}
