import { ExportError } from '../errors/export-error.ts';
import type { ExportDeps } from './export-deps.ts';
import { startExport } from './start-export.ts';

export interface RetryOptions {
  /** Only calls that failed, or wait, for one of these reasons; empty means all of them. */
  reasons?: string[];
  /** Also calls whose answer was lost: a person takes the risk of a second talk. */
  unconfirmed?: boolean;
}

/**
 * Starts an export of the calls that did not come through in the account's last export, whatever became of them in the
 * retries that it has had since.
 *
 * @throws {ExportError} those of {@link startExport}; `nothing_to_retry`, `no_exports_yet`.
 */
export async function retryExport(
  deps: ExportDeps,
  accountId: number,
  { reasons = [], unconfirmed = false }: RetryOptions,
): Promise<string> {
  const { ledger } = deps;
  const [last] = await ledger.exports.list(accountId, 1);
  if (!last) throw new ExportError('no_exports_yet');
  const retry = { exportId: last.retryOf ?? last.exportId, reasons, unconfirmed };
  if ((await ledger.retries.count(retry)) === 0) throw new ExportError('nothing_to_retry');
  return startExport(deps, { accountId, kind: 'retry', settings: last.settings, retry });
}
