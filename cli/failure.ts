import { CommanderError } from 'commander';
import { ExportError, findExportError } from '../errors/export-error.ts';
import { toLedgerError } from '../ledger/database/database.ts';

/** Whatever ended a command, in the product's one shape. */
export function toExportError(error: unknown): ExportError {
  const known = findExportError(error);
  if (known) return known;
  if (error instanceof CommanderError) {
    return new ExportError('usage', {
      values: { problem: error.message.replace(/^error: /, '').replaceAll('\n', ' ') },
    });
  }
  const fromLedger = toLedgerError(error);
  if (fromLedger.code !== 'unexpected') return fromLedger;
  return new ExportError('unexpected', { cause: error, values: { what: kindOf(error) } });
}

/** An unknown error by its kind and place in the code: its message might quote personal data. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : '';
  const place = /\(?(?:file:\/\/)?[^\s(]*\/([\w.-]+\/[\w.-]+:\d+):\d+\)?/.exec(error.stack ?? '')?.[1] ?? '';
  return [error.name, code, place].filter((part) => part !== '').join(' ');
}
