import type { Ledger } from '../../ledger/ledger.ts';
import type { ExportDeps } from '../export-deps.ts';

/**
 * The id of the account's running export. One whose end is written down runs no more for anybody who asks, though its
 * workflow ends a moment later: a start at that moment waits for it ({@link startExport}) and is not refused.
 */
export async function runningExport({ workflows, ledger }: ExportDeps, accountId: number): Promise<string | undefined> {
  const running = await workflows.running(accountId);
  return running && !(await hasFinished(ledger, running.exportId)) ? running.exportId : undefined;
}

/** Whether the export's end is written down. */
export async function hasFinished(ledger: Ledger, exportId: string): Promise<boolean> {
  const row = await ledger.exports.find(exportId);
  return row !== undefined && row.finishedAt !== null;
}
