import type { ExportDeps } from '../export-deps.ts';
import { presentStatus } from './read-status.ts';
import type { ExportStatus } from './status.ts';

export interface History {
  exports: ExportStatus[];
  /** Where the next page begins; null after the last one. */
  next: string | null;
}

/**
 * The account's exports and retries, the newest first.
 *
 * @param before the id that the page before named as its `next`.
 */
export async function readHistory(
  deps: ExportDeps,
  accountId: number,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<History> {
  const rows = await deps.ledger.exports.list(accountId, limit + 1, before);
  const shown = rows.slice(0, limit);
  const exports = await Promise.all(shown.map((row) => presentStatus(deps, row)));
  return { exports, next: rows.length > limit ? (shown.at(-1)?.exportId ?? null) : null };
}
