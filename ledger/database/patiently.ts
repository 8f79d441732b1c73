import { setTimeout as pause } from 'node:timers/promises';
import type { ErrorCode } from '../../errors/codes.ts';
import type { ExportError } from '../../errors/export-error.ts';
import { toLedgerError } from './database.ts';

const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 5_000;

const PASSING: ReadonlySet<ErrorCode> = new Set(['database_unreachable', 'database_not_migrated']);

/**
 * Writes to the ledger what only this process knows (an answer that came, an upload that was cut for certain), trying
 * again while Postgres is away. Giving up loses that knowledge, so it takes long.
 *
 * @param forMs how long to try.
 * @throws {ExportError} the last error, when the time is over or it is none that passes.
 */
export async function patiently<T>(write: () => Promise<T>, forMs: number): Promise<T> {
  const until = performance.now() + forMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    try {
      return await write();
    } catch (error) {
      const known: ExportError = toLedgerError(error);
      if (!PASSING.has(known.code) || performance.now() > until) throw known;
      await pause(pauseMs);
    }
  }
}
