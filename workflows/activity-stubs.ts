import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities, TransferActivities } from '../activities/activities.ts';
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

/** Steps that ask amoCRM or the ledger; a page or a batch each. */
export function stepActivities({ heartbeatSeconds }: Pick<ExportPace, 'heartbeatSeconds'>) {
  return proxyActivities<Activities>({
    startToCloseTimeout: '10m',
    heartbeatTimeout: `${heartbeatSeconds}s`,
    retry: PATIENT,
    ...WAITED_FOR,
  });
}

/** One call's way, on its own task queue, so that slow recordings never hold up the listing of another account. */
export function transferActivities({ heartbeatSeconds }: Pick<ExportPace, 'heartbeatSeconds'>) {
  return proxyActivities<TransferActivities>({
    taskQueue: `${workflowInfo().taskQueue}-transfer`,
    startToCloseTimeout: '3h',
    heartbeatTimeout: `${heartbeatSeconds}s`,
    retry: PATIENT,
    ...WAITED_FOR,
  });
}
