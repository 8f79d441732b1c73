import type { Account } from '../../ledger/accounts/accounts.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { ExportSettings } from '../../settings/export-settings.ts';
import { withGroupMembers } from '../accounts/group-members.ts';
import { effectivePeriod, periodInterval } from '../../settings/period.ts';

/** How many calls an export with these settings sends to the connection once more; 0 without re-export. */
export async function repeatedCalls(
  ledger: Ledger,
  { accountId, timeZone }: Account,
  settings: ExportSettings,
  now: Date,
): Promise<number> {
  const connection = await ledger.connections.read(accountId);
  if (!settings.reExport || !connection) return 0;
  const filters = await withGroupMembers(ledger, accountId, settings);
  const interval = periodInterval(effectivePeriod(settings, timeZone, now), timeZone, now);
  return ledger.registry.exportedCalls({ accountId, connectionId: connection.connectionId }, interval, filters);
}
