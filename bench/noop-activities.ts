import type { Activities, TransferActivities } from '../activities/activities.ts';

/** An export's steps that do nothing, of an account with so many calls. */
export function noopSteps(calls: number, batchSize: number): Activities {
  const batches = Math.ceil(calls / batchSize);
  const nothing = () => Promise.resolve();
  return {
    openExport: nothing,
    recordState: nothing,
    closeExport: nothing,
    listCallsPage: () => Promise.resolve({ next: null, listedCalls: calls }),
    rereadNotes: () => Promise.resolve({ next: null }),
    closePlan: () => Promise.resolve({ batches }),
    planWaiting: () => Promise.resolve({ batches }),
    confirmTalks: () => Promise.resolve({ batches, lookAgainInSeconds: null }),
    prepareBatch: ({ batch }) => {
      const first = batch * batchSize;
      const length = Math.min(batchSize, calls - first);
      return Promise.resolve(Array.from({ length }, (_, nth) => ({ callId: first + nth, talkSeconds: 60 })));
    },
  };
}

export function noopTransfers(): TransferActivities {
  return {
    transferShift: ({ callIds }) => Promise.resolve({ settled: callIds.length, troubled: [], left: [] }),
    transferCall: () => Promise.resolve({ state: 'exported' }),
  };
}
