import { ExportError } from '../errors/export-error.ts';
import type { ExportRow } from '../ledger/exports.ts';
import { NOTHING_LISTED } from '../ledger/listings.ts';
import type { ExportDeps } from './export-deps.ts';
import { noCalls } from './report-totals.ts';
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
    const starting = await notTakenUpYet(deps, accountId, exportId);
    if (starting) return starting;
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

async function statusOf({ ledger, now }: ExportDeps, row: ExportRow): Promise<ExportStatus> {
  const [progress, learned, beginners] = await Promise.all([
    ledger.progress.read(row.exportId),
    ledger.connectionKeys.read(row.accountId, row.connectionId),
    ledger.commands.beginners([row.exportId]),
  ]);
  return toStatus(row, progress, learned?.keys, beginners.get(row.exportId) ?? null, now());
}

/** The account's running export, also when no worker has recorded it yet; else the last one recorded. */
async function lastExport({ workflows, ledger }: ExportDeps, accountId: number): Promise<ExportRow | undefined> {
  const running = await workflows.running(accountId);
  if (running) return ledger.exports.find(running.exportId);
  const [last] = await ledger.exports.list(accountId, 1);
  return last;
}

/** An export that was started, but that no worker has recorded: it is planning, with nothing found yet. */
async function notTakenUpYet(
  deps: ExportDeps,
  accountId: number,
  exportId: string | undefined,
): Promise<ExportStatus | undefined> {
  const running = await deps.workflows.running(accountId);
  if (running && (exportId === undefined || running.exportId === exportId)) {
    return justStarted(deps, accountId, 'export', running);
  }
  const preview = exportId === undefined ? undefined : await deps.workflows.running(accountId, 'preview');
  return preview?.exportId === exportId && preview ? justStarted(deps, accountId, 'preview', preview) : undefined;
}

async function justStarted(
  { workflows, ledger }: ExportDeps,
  accountId: number,
  kind: 'export' | 'preview',
  running: { exportId: string; startedAt: Date },
): Promise<ExportStatus> {
  const block = await workflows.block(accountId, kind);
  const beginners = await ledger.commands.beginners([running.exportId]);
  return {
    exportId: running.exportId,
    accountId,
    kind,
    state: block === undefined ? 'planning' : 'blocked',
    blockedBy: block?.blockedBy ?? null,
    blockedValues: block?.blockedValues ?? {},
    startedAt: running.startedAt.toISOString(),
    finishedAt: null,
    etaSeconds: null,
    calls: noCalls(),
    failures: {},
    talkSeconds: { planned: 0, exported: 0 },
    bytes: { uploaded: 0 },
    listing: { ...NOTHING_LISTED, reachedAt: null },
    droppedKeys: [],
    period: null,
    startedBy: beginners.get(running.exportId) ?? null,
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
  if ((await workflows.running(accountId, kind))?.exportId === exportId) return status;
  const row = await ledger.exports.find(exportId);
  if (row?.finishedAt) return statusOf(deps, row);
  if (await workflows.knows(accountId, kind)) await ledger.exports.close(exportId, 'failed', 'export_interrupted');
  return {
    ...status,
    state: 'failed',
    blockedBy: 'export_interrupted',
    blockedValues: {},
    finishedAt: now().toISOString(),
    etaSeconds: null,
  };
}
