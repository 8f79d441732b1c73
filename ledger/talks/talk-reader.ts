import { setTimeout as pause } from 'node:timers/promises';
import { ExportError } from '../../errors/export-error.ts';
import type { Ledger } from '../ledger.ts';

export interface ReadTurns {
  /** The part of the customer's reading quota that may be used, above 0 up to 1. */
  share: number;
  /** Longer than this nobody sits and waits for a turn: `speechsense_throttled` says when to come back. */
  maxWaitMs: number;
  signal?: AbortSignal;
}

/**
 * Access to an account's talks, with the key that is stored now, within the share of the reading quota.
 *
 * @param connectionId the connection in question, where it is not the account's present one.
 * @throws {ExportError} `connection_not_set`
 */
export async function talkReader(
  ledger: Pick<Ledger, 'connections' | 'readQuota'>,
  { accountId, connectionId }: { accountId: number; connectionId?: string },
  { share, maxWaitMs, signal }: ReadTurns,
) {
  const connection = await ledger.connections.read(accountId);
  if (!connection) throw new ExportError('connection_not_set');
  return {
    connectionId: connectionId ?? connection.connectionId,
    apiKey: connection.apiKey,
    ...(signal ? { signal } : {}),
    pace: async () => {
      const waitMs = await ledger.readQuota.take(accountId, share, maxWaitMs);
      if (waitMs > maxWaitMs) throw new ExportError('speechsense_throttled', { retryAfterMs: waitMs });
      if (waitMs > 0) await pause(waitMs, undefined, { ...(signal ? { signal } : {}) });
    },
  };
}
