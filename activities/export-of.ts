import { ExportError } from '../errors/export-error.ts';
import type { ExportRow } from '../ledger/exports/exports.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** @throws {ExportError} `export_not_found`, for one whose account was removed while it ran. */
export async function exportOf(ledger: Ledger, exportId: string): Promise<ExportRow> {
  const row = await ledger.exports.find(exportId);
  if (!row) throw new ExportError('export_not_found', { values: { exportId } });
  return row;
}
