import type { Ledger } from '../../ledger/ledger.ts';
import { type ExportSettings, SettingsInvalid } from '../../settings/export-settings.ts';

/**
 * The settings with the members of the chosen groups among the users, as the groups are now.
 *
 * @throws {SettingsInvalid} for a group without members: no user at all would mean every user.
 */
export async function withGroupMembers(
  ledger: Ledger,
  accountId: number,
  settings: ExportSettings,
): Promise<ExportSettings> {
  const { groups } = settings;
  if (groups.length === 0) return settings;
  const users = await ledger.users.list(accountId);
  const members = users.filter(({ group }) => group !== null && groups.includes(group));
  const empty = groups.filter((name) => !members.some(({ group }) => group === name));
  if (empty.length > 0) throw new SettingsInvalid([unknownGroups('groups', empty)]);
  return { ...settings, users: [...new Set([...settings.users, ...members.map(({ id }) => id)])] };
}

export function unknownGroups(field: string, names: readonly string[]) {
  const listed = names.map((name) => `“${name}”`).join(', ');
  const message = {
    en: `the account has no group ${listed} with users in it; see \`users\``,
    ru: `в аккаунте нет группы ${listed}, в которой есть сотрудники; см. \`users\``,
  };
  return { field, message };
}
