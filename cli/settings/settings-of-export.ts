import type { Account } from '../../ledger/accounts/accounts.ts';
import type { ExportSettings } from '../../settings/export-settings.ts';
import { effectivePeriod, periodInterval } from '../../settings/period.ts';
import { assertKnownUsers } from '../../client/accounts/known-users.ts';
import type { CommandContext } from '../command.ts';
import { mergeFlags, type SettingsFlags } from './settings-flags.ts';

/**
 * The settings that an export is started with, checked before anything is begun.
 *
 * @throws {SettingsInvalid}
 */
export async function settingsOfExport(
  { services }: CommandContext,
  account: Account,
  flags: SettingsFlags,
): Promise<ExportSettings> {
  const { accountId, timeZone } = account;
  const now = new Date();
  const stored = await services.ledger.settings.read(accountId);
  const settings = mergeFlags(stored.settings, flags, timeZone, now);
  periodInterval(effectivePeriod(settings, timeZone, now), timeZone, now);
  await assertKnownUsers(await services.access(), account, settings);
  return settings;
}
