import { setTimeout as pause } from 'node:timers/promises';
import { ExportError } from '../errors/export-error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ReadAccess } from '../speechsense/speechsense.ts';

export interface TalkReaderDeps {
  ledger: Ledger;
  /** The part of the customer's reading quota that may be used, above 0 up to 1. */
  readShare: number;
}

/** Longer than this nobody sits and waits for a turn: the step is tried again later. */
const MAX_WAIT_MS = 60_000;

/** Access to the talks of a connection, with the key that is stored now, within the share of the reading quota. */
export async function talkReader(
  { ledger, readShare }: TalkReaderDeps,
  { accountId, connectionId }: { accountId: number; connectionId: string },
  signal: AbortSignal,
): Promise<ReadAccess> {
  const connection = await ledger.connections.read(accountId);
  if (!connection) throw new ExportError('connection_not_set');
  return {
    connectionId,
    apiKey: connection.apiKey,
    signal,
    pace: async () => {
      const waitMs = await ledger.readQuota.take(accountId, readShare, MAX_WAIT_MS);
      if (waitMs > MAX_WAIT_MS) throw new ExportError('speechsense_throttled', { retryAfterMs: waitMs });
      if (waitMs > 0) await pause(waitMs, undefined, { signal });
    },
  };
}
