import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities, TokenActivities, TransferActivities } from '../activities/activities.ts';
import type { ExportPace } from './messages.ts';

/**
 * A stopped activity is waited for, so that it can give its call back or get the answer of a talk that is being stored.
 * Said aloud: documented as the default, but SDK 1.24 sends nothing, which the server reads as TRY_CANCEL.
 */
const WAITED_FOR = { cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED } as const;

/**
 * Somebody else's outage is waited for, for hours if need be: no number of attempts ends it. What trying again cannot
 * mend comes back at once, because activities mark it as not retryable.
 */
const PATIENT = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' } as const;

/**
 * Steps that ask amoCRM or the ledger; a page or a batch each.
 *
 * @param taskQueue the export's, where it is not the asking workflow's own.
 */
export function stepActivities({ heartbeatSeconds }: Pick<ExportPace, 'heartbeatSeconds'>, taskQueue?: string) {
  return proxyActivities<Activities>({
    ...(taskQueue === undefined ? {} : { taskQueue }),
    startToCloseTimeout: '10m',
    heartbeatTimeout: `${heartbeatSeconds}s`,
    retry: PATIENT,
    ...WAITED_FOR,
  });
}

/**
 * One call's way, where a shift could not carry it, on the task queue that batches are on, too: so slow recordings never hold up the listing of another
 * account, and a worker that has a free slot starts a call with the batch's own answer, without a round trip.
 */
export function transferActivities({ heartbeatSeconds }: Pick<ExportPace, 'heartbeatSeconds'>) {
  return proxyActivities<Pick<TransferActivities, 'transferCall'>>({
    startToCloseTimeout: '3h',
    heartbeatTimeout: `${heartbeatSeconds}s`,
    retry: PATIENT,
    ...WAITED_FOR,
  });
}

/**
 * Many calls' way, on a task queue of its own: a worker has fewer places for shifts than for calls.
 *
 * @param stepQueue the export's, which the others are named after.
 */
export function shiftActivities({ heartbeatSeconds }: Pick<ExportPace, 'heartbeatSeconds'>, stepQueue: string) {
  return proxyActivities<Pick<TransferActivities, 'transferShift'>>({
    taskQueue: `${stepQueue}-shift`,
    startToCloseTimeout: '3h',
    heartbeatTimeout: `${heartbeatSeconds}s`,
    retry: PATIENT,
    ...WAITED_FOR,
  });
}

/** Steps that keep unused tokens alive. What does not work out within the hour is tried again on the next day. */
export function tokenActivities() {
  return proxyActivities<TokenActivities>({
    startToCloseTimeout: '5m',
    scheduleToCloseTimeout: '1h',
    retry: PATIENT,
  });
}
