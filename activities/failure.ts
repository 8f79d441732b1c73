import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { toLedgerError } from '../ledger/database/database.ts';

/**
 * An activity's error as Temporal keeps it: code, kind, the English sentence and what fills it. Nothing else of it goes
 * into the history, which anybody with the Web UI can read: no cause, no stack, no foreign message.
 */
export function toFailure(error: unknown): ApplicationFailure | CancelledFailure {
  if (error instanceof CancelledFailure) return error;
  const known = toLedgerError(error);
  const failure = ApplicationFailure.create({
    message: known.message,
    type: known.code,
    // A defect is tried again too: the next version of the code may mend it, and the export keeps its place.
    nonRetryable: known.kind === 'permanent' || known.kind === 'auth',
    details: [
      {
        kind: known.kind,
        ...(Object.keys(known.values).length === 0 ? {} : { values: known.values }),
        ...(known.requestId === undefined ? {} : { requestId: known.requestId }),
      },
    ],
    ...(known.retryAfterMs === undefined ? {} : { nextRetryDelay: known.retryAfterMs }),
  });
  failure.stack = '';
  return failure;
}
