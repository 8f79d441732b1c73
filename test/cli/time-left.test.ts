import { expect, test } from '@jest/globals';
import { toStatus } from '../../client/exports/status.ts';
import type { ExportRow } from '../../ledger/exports/exports.ts';
import { NOTHING_LISTED } from '../../ledger/calls/listings.ts';
import type { Progress } from '../../ledger/exports/progress.ts';
import type { ExportState } from '../../ledger/schema.ts';
import type { Throughput } from '../../ledger/exports/throughput.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';

const PLANNED_AT = new Date('2026-11-22T12:00:00Z');
const ROW: ExportRow = {
  exportId: '3f2c9d8e-0000-4000-8000-000000000001',
  accountId: 31_415,
  kind: 'export',
  retryOf: null,
  connectionId: 'c',
  language: 'ru-RU',
  settings: parseExportSettings({ period: { from: '2026-11-01', to: '2026-11-02' } }),
  intervalFrom: PLANNED_AT,
  intervalUntil: PLANNED_AT,
  startedAt: PLANNED_AT,
  state: 'transferring',
  blockedBy: null,
  blockedValues: null,
  batches: 100,
  plannedAt: PLANNED_AT,
  finishedAt: null,
};

function timeLeft(throughput: Throughput | null, state: ExportState = 'transferring'): number | null {
  const progress: Progress = {
    calls: {
      found: 10_000,
      planned: 10_000,
      exported: 50,
      failed: 5_000,
      waiting: 0,
      unconfirmed: 0,
      remaining: 4_950,
      skipped: {},
    },
    failures: { recording_missing: 5_000 },
    talkSeconds: { planned: 0, exported: 0 },
    bytes: { uploaded: 0 },
    listing: NOTHING_LISTED,
  };
  return toStatus({ ...ROW, state }, progress, throughput, undefined, null).etaSeconds;
}

test('the time left follows from the calls of the last minutes', () => {
  expect(timeLeft({ calls: 50, seconds: 10 })).toBe(990);
});

test('the time left is not told before the first call, nor while the export is blocked', () => {
  expect(timeLeft(null)).toBeNull();
  expect(timeLeft({ calls: 0, seconds: 60 })).toBeNull();
  // A repeated attempt may take a call back.
  expect(timeLeft({ calls: -1, seconds: 60 })).toBeNull();
  expect(timeLeft({ calls: 50, seconds: 10 }, 'blocked')).toBeNull();
});
