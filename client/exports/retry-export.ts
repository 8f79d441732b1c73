import { ExportError } from '../../errors/export-error.ts';
import type { ExportRow } from '../../ledger/exports/exports.ts';
import type { ExportDeps } from '../export-deps.ts';
import { startExport } from './start-export.ts';

export interface RetryOptions {
  /** Only calls that failed, or wait, for one of these reasons; empty means all of them. */
  reasons?: string[];
  /** Also calls whose answer was lost: a person takes the risk of a second talk. */
  unconfirmed?: boolean;
  /** Also calls, of whatever export, whose talk `check` found to be gone. */
  missing?: boolean;
  /** Whose calls; the account's last one when absent. */
  of?: string;
  /** The retry's own id: {@link startExport}. */
  exportId?: string | undefined;
}

/**
 * Starts an export of the calls that did not come through in an export of the account, whatever became of them in the
 * retries that it has had since.
 *
 * @throws {ExportError} those of {@link startExport}; `nothing_to_retry`, `no_exports_yet`, `export_not_found`.
 */
export async function retryExport(
  deps: ExportDeps,
  accountId: number,
  { reasons = [], unconfirmed = false, missing = false, of, exportId }: RetryOptions,
): Promise<string> {
  const { ledger } = deps;
  const tried = await triedExport(deps, accountId, of);
  const retry = { exportId: tried.retryOf ?? tried.exportId, reasons, unconfirmed, missing };
  const gone = missing ? await missingCalls(deps, accountId) : 0;
  if ((await ledger.retries.count(retry)) + gone === 0) throw new ExportError('nothing_to_retry');
  return startExport(deps, { accountId, kind: 'retry', settings: tried.settings, retry, exportId });
}

async function triedExport({ ledger }: ExportDeps, accountId: number, of: string | undefined): Promise<ExportRow> {
  if (of === undefined) {
    const [last] = await ledger.exports.list(accountId, 1);
    if (!last) throw new ExportError('no_exports_yet');
    return last;
  }
  const row = await ledger.exports.find(of);
  if (row?.accountId !== accountId) throw new ExportError('export_not_found', { values: { exportId: of } });
  return row;
}

async function missingCalls({ ledger }: ExportDeps, accountId: number): Promise<number> {
  const connection = await ledger.connections.about(accountId);
  return connection ? ledger.registry.missingCalls(accountId, connection.connectionId) : 0;
}
