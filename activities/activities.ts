import type { createConfirmActivities } from './talks/confirm-activities.ts';
import type { createExportActivities } from './export-activities.ts';
import type { createListingActivities } from './listing/listing-activities.ts';
import type { createPlanActivities } from './listing/plan-activities.ts';
import type { createTokenActivities } from './token-activities.ts';
import type { createTransferActivities } from './transfers/transfer-activities.ts';

/** The steps of an export, as its workflow calls them. */
export type Activities = ReturnType<typeof createExportActivities> &
  ReturnType<typeof createListingActivities> &
  ReturnType<typeof createPlanActivities> &
  ReturnType<typeof createConfirmActivities>;

/** One call's way, on its own task queue. */
export type TransferActivities = ReturnType<typeof createTransferActivities>;

/** What keeps unused tokens alive. */
export type TokenActivities = ReturnType<typeof createTokenActivities>;
