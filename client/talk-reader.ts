import { setTimeout as pause } from 'node:timers/promises';
import { ExportError } from '../errors/export-error.ts';
import type { ReadAccess } from '../speechsense/speechsense.ts';
import type { AccountAccess } from './account-access.ts';

/** Access to the talks of the account's connection, within the share of the reading quota, however long that takes. */
export async function talkReader({ ledger, readShare }: AccountAccess, accountId: number): Promise<ReadAccess> {
  const connection = await ledger.connections.read(accountId);
  if (!connection) throw new ExportError('connection_not_set');
  return {
    connectionId: connection.connectionId,
    apiKey: connection.apiKey,
    pace: async () => {
      const waitMs = await ledger.readQuota.take(accountId, readShare, Infinity);
      if (waitMs > 0) await pause(waitMs);
    },
  };
}
