import { expect, test } from '@jest/globals';
import { toStatus } from '../../client/status.ts';
import type { ExportRow } from '../../ledger/exports.ts';
import { NOTHING_LISTED } from '../../ledger/listings.ts';
import type { Progress } from '../../ledger/progress.ts';
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

/** Seconds left, ten seconds after the plan was closed. */
function timeLeft(exported: number, failures: Record<string, number>, remaining: number): number | null {
  const failed = Object.values(failures).reduce((sum, calls) => sum + calls, 0);
  const planned = exported + failed + remaining;
  const progress: Progress = {
    calls: { found: planned, planned, exported, failed, waiting: 0, unconfirmed: 0, remaining, skipped: {} },
    failures,
    talkSeconds: { planned: 0, exported: 0 },
    bytes: { uploaded: 0 },
    listing: NOTHING_LISTED,
  };
  return toStatus(ROW, progress, undefined, null, new Date(PLANNED_AT.getTime() + 10_000)).etaSeconds;
}

test('calls that failed while planning say nothing of how fast the others are', () => {
  expect(timeLeft(50, {}, 4_950)).toBe(990);
  expect(timeLeft(50, { recording_missing: 3_000, note_unreadable: 2_000 }, 4_950)).toBe(990);
  expect(timeLeft(0, { recording_missing: 5_000 }, 4_950)).toBeNull();
});

test('calls that failed in their transfer took their time like the others', () => {
  expect(timeLeft(25, { recording_expired: 25, recording_missing: 1_000 }, 4_950)).toBe(990);
});
