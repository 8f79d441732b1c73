import type { ExportStatus } from '../../client/exports/status.ts';
import { NOTHING_LISTED } from '../../ledger/calls/listings.ts';

type Differing = Partial<Omit<ExportStatus, 'calls'>> & { calls?: Partial<ExportStatus['calls']> };

/** A transferring export of ten planned calls and two skipped ones; what differs is given. */
export function statusOf({ calls, ...differing }: Differing = {}): ExportStatus {
  return {
    exportId: '3f2c9d8e-0000-4000-8000-000000000001',
    accountId: 31_415,
    kind: 'export',
    state: 'transferring',
    blockedBy: null,
    blockedValues: {},
    trouble: null,
    startedAt: '2026-11-22T12:00:00.000Z',
    finishedAt: null,
    etaSeconds: null,
    failures: {},
    talkSeconds: { planned: 7_200, exported: 0 },
    bytes: { uploaded: 0 },
    listing: { ...NOTHING_LISTED, reachedAt: null },
    droppedKeys: [],
    period: null,
    reExport: false,
    startedBy: null,
    ...differing,
    calls: {
      found: 12,
      planned: 10,
      exported: 0,
      failed: 0,
      waiting: 0,
      unconfirmed: 0,
      remaining: 10,
      skipped: { too_short: 2 },
      ...calls,
    },
  };
}
