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
  if (stopLookup()()) {
    return thrown instanceof CancelledFailure ? thrown : new CancelledFailure('stopped');
  }
  return new ExportError('worker_stopping');
}

/**
 * Called in an activity, it answers a function that tells whether a person's stop, and not its worker's end, ended it. That
 * one may be called anywhere: a listener of the cancellation signal runs outside the activity's context, where an error
 * that it throws ends the whole worker.
 */
export function stopLookup(): () => boolean {
  const context = Context.current();
  return () => context.cancellationDetails?.cancelRequested === true;
}
