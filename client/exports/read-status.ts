import { ExportError } from '../../errors/export-error.ts';
import type { ExportRow } from '../../ledger/exports/exports.ts';
import { NOTHING_LISTED } from '../../ledger/calls/listings.ts';
import type { ExportDeps } from '../export-deps.ts';
import type { LatestExport } from './export-workflows.ts';
import { noCalls } from '../reports/report-totals.ts';
import { type ExportStatus, isFinal, toStatus } from './status.ts';

/**
 * The export's status: the one asked for, or the account's last one.
 *
 * @throws {ExportError} `no_exports_yet`, `export_not_found`
 */
export async function readStatus(deps: ExportDeps, accountId: number, exportId?: string): Promise<ExportStatus> {
  const { ledger } = deps;
  const row = exportId === undefined ? await lastExport(deps, accountId) : await ledger.exports.find(exportId);
  if (row?.accountId !== accountId) {
    const unrecorded = await notRecorded(deps, accountId, exportId);
    if (unrecorded) return unrecorded;
    if (exportId === undefined) throw new ExportError('no_exports_yet');
    throw new ExportError('export_not_found', { values: { exportId } });
  }
  return presentStatus(deps, row);
}

/** The status of a recorded export; one that Temporal no longer runs is found to have ended. */
export async function presentStatus(deps: ExportDeps, row: ExportRow): Promise<ExportStatus> {
  const status = await statusOf(deps, row);
  return isFinal(status) ? status : reconcile(deps, status);
}

async function statusOf({ ledger }: ExportDeps, row: ExportRow): Promise<ExportStatus> {
  const [progress, throughput, learned, beginners] = await Promise.all([
    ledger.progress.read(row.exportId),
    ledger.throughput.read(row.exportId),
    ledger.connectionKeys.read(row.accountId, row.connectionId),
    ledger.commands.beginners([row.exportId]),
  ]);
  return toStatus(row, progress, throughput, learned?.keys, beginners.get(row.exportId) ?? null);
}

/** The account's running export, also when no worker has recorded it yet; else the last one recorded. */
async function lastExport({ workflows, ledger }: ExportDeps, accountId: number): Promise<ExportRow | undefined> {
  const running = await workflows.running(accountId);
  if (running) return ledger.exports.find(running.exportId);
  const [last] = await ledger.exports.list(accountId, 1);
  return last;
}

/** An export that no worker has recorded: it runs, or was terminated before one did. */
async function notRecorded(
  deps: ExportDeps,
  accountId: number,
  exportId: string | undefined,
): Promise<ExportStatus | undefined> {
  const { workflows } = deps;
  if (exportId === undefined) {
    const running = await workflows.running(accountId);
    return running && unrecordedStatus(deps, accountId, 'export', running);
  }
  for (const kind of ['export', 'preview'] as const) {
    const latest = await workflows.latest(accountId, kind);
    if (latest?.exportId === exportId && latest.state !== 'ended') {
      return unrecordedStatus(deps, accountId, kind, latest);
    }
  }
  return undefined;
}

/** Nothing is found yet; where it has ended, nothing was. */
async function unrecordedStatus(
  { workflows, ledger }: ExportDeps,
  accountId: number,
  kind: 'export' | 'preview',
  { exportId, state, trouble, startedAt, endedAt }: LatestExport,
): Promise<ExportStatus> {
  const block = state === 'running' ? await workflows.block(accountId, kind) : undefined;
  const beginners = await ledger.commands.beginners([exportId]);
  return {
    exportId,
    accountId,
    kind,
    state: state === 'terminated' ? 'failed' : block ? 'blocked' : 'planning',
    blockedBy: state === 'terminated' ? 'export_interrupted' : (block?.blockedBy ?? null),
    blockedValues: block?.blockedValues ?? {},
    trouble,
    startedAt: startedAt.toISOString(),
    finishedAt: endedAt?.toISOString() ?? null,
    etaSeconds: null,
    calls: noCalls(),
    failures: {},
    talkSeconds: { planned: 0, exported: 0 },
    bytes: { uploaded: 0 },
    listing: { ...NOTHING_LISTED, reachedAt: null },
    droppedKeys: [],
    period: null,
    reExport: false,
    startedBy: beginners.get(exportId) ?? null,
  };
}

/**
 * An export that Temporal no longer runs has ended, whatever the ledger was last told: it was terminated. The ledger
 * is told only by a Temporal that knows of it; another one (a wrong address) must not close what it never ran.
 */
async function reconcile(deps: ExportDeps, status: ExportStatus): Promise<ExportStatus> {
  const { workflows, ledger, now } = deps;
  const { accountId, exportId } = status;
  const kind = status.kind === 'preview' ? 'preview' : 'export';
  const running = await workflows.running(accountId, kind);
  if (running?.exportId === exportId) return { ...status, trouble: running.trouble };
  const row = await ledger.exports.find(exportId);
  if (row?.finishedAt) return statusOf(deps, row);
  if (await workflows.latest(accountId, kind)) await ledger.exports.close(exportId, 'failed', 'export_interrupted');
  return {
    ...status,
    state: 'failed',
    blockedBy: 'export_interrupted',
    blockedValues: {},
    finishedAt: now().toISOString(),
    etaSeconds: null,
  };
}
