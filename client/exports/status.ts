import type { ErrorValues } from '../../errors/export-error.ts';
import type { ExportRow } from '../../ledger/exports/exports.ts';
import type { ListingProgress } from '../../ledger/calls/listings.ts';
import type { Progress } from '../../ledger/exports/progress.ts';
import type { ExportState } from '../../ledger/schema.ts';
import type { Throughput } from '../../ledger/exports/throughput.ts';
import type { Period } from '../../settings/period.ts';
import type { Trouble } from './trouble.ts';

/** An export as its users see it; `status --json` prints this object. */
export interface ExportStatus {
  exportId: string;
  accountId: number;
  kind: ExportRow['kind'];
  state: ExportState;
  /** The code of the error that blocks it, while its state is `blocked`. */
  blockedBy: string | null;
  /** What the sentence of that error is filled with: the host, the right that is missing. */
  blockedValues: ErrorValues;
  /** What a step of it has failed by several times and tries again; null when nothing of the kind goes on. */
  trouble: Trouble | null;
  /** ISO 8601. */
  startedAt: string;
  finishedAt: string | null;
  /** Seconds until the end at the pace of the last minutes, blocked time apart; null while that cannot be told. */
  etaSeconds: number | null;
  calls: Progress['calls'];
  failures: Progress['failures'];
  talkSeconds: Progress['talkSeconds'];
  bytes: Progress['bytes'];
  listing: ListingStatus;
  /** Metadata keys that the mapping fills and the connection does not have, so that SpeechSense drops them in silence. */
  droppedKeys: string[];
  /** Both days included, in the account's time zone; null until a worker has recorded the export. */
  period: Period | null;
  /** Whether it was to send again what the connection had. */
  reExport: boolean;
  /** Who began it by the page's button; null for the command line. */
  startedBy: { id: number; name: string } | null;
}

/** How the listing of calls stands, and what it came across. */
export interface ListingStatus extends Omit<ListingProgress, 'reachedAt'> {
  /** ISO 8601. */
  reachedAt: string | null;
}

const FINAL: readonly ExportState[] = ['completed', 'stopped', 'failed'];

export function isFinal({ state }: Pick<ExportStatus, 'state'>): boolean {
  return FINAL.includes(state);
}

/** Calls that this export is through with: what waits for its recording is left to a later one, as what failed is. */
export function doneCalls({ calls }: { calls: Pick<ExportStatus['calls'], 'planned' | 'remaining'> }): number {
  return calls.planned - calls.remaining;
}

/** @param keptKeys the connection's keys; undefined while they are not known. */
export function toStatus(
  row: ExportRow,
  progress: Progress,
  throughput: Throughput | null,
  keptKeys: readonly string[] | undefined,
  startedBy: ExportStatus['startedBy'],
): ExportStatus {
  return {
    exportId: row.exportId,
    accountId: row.accountId,
    kind: row.kind,
    state: row.state,
    blockedBy: row.blockedBy,
    blockedValues: row.blockedValues ?? {},
    trouble: null,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    etaSeconds: eta(row, progress, throughput),
    calls: progress.calls,
    failures: progress.failures,
    talkSeconds: progress.talkSeconds,
    bytes: progress.bytes,
    listing: { ...progress.listing, reachedAt: progress.listing.reachedAt?.toISOString() ?? null },
    droppedKeys: droppedKeys(row, keptKeys),
    period: row.settings.period,
    reExport: row.settings.reExport,
    startedBy,
  };
}

function droppedKeys({ settings }: ExportRow, keptKeys: readonly string[] | undefined): string[] {
  if (!keptKeys) return [];
  const mapped = Object.values(settings.mapping).flatMap((block) => block.map(({ speechsense }) => speechsense));
  return [...new Set(mapped)].filter((key) => !keptKeys.includes(key));
}

/** Seconds for the remaining calls at the pace of late. */
function eta({ state }: ExportRow, { calls }: Progress, throughput: Throughput | null): number | null {
  if (state !== 'transferring' || throughput === null || throughput.calls <= 0) return null;
  return Math.round((calls.remaining / throughput.calls) * throughput.seconds);
}
