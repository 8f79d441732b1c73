import { findExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { User } from '../../ledger/accounts/users.ts';
import { type ExportSettings, SettingsInvalid } from '../../settings/export-settings.ts';
import type { AccountAccess } from './account-access.ts';
import { refreshUsers } from './account-admin.ts';
import { unknownGroups } from './group-members.ts';

/** Settings must be stored, and exports started, without amoCRM too. */
const PATIENCE_MS = 5_000;
const MOST_NAMED = 20;

/**
 * Sees to it that every chosen user is one of the account's, now or once, and every chosen group one that has users:
 * all calls would be skipped for a misspelt one, and that would look like good news. amoCRM is asked about an id that is
 * not known here, and who is in a chosen group now; where it cannot be asked, every id passes.
 *
 * @param under what the fields are under in what was given: `settings.`
 * @throws {SettingsInvalid} naming what the account never had.
 */
export async function assertKnownUsers(
  access: AccountAccess,
  account: Account,
  { users, groups }: Pick<ExportSettings, 'users' | 'groups'>,
  under = '',
): Promise<void> {
  const known = await access.ledger.users.list(account.accountId);
  if (groups.length === 0 && strangersTo(known, users).length === 0) return;
  const present = await readPresent(access, account);
  const strangers = present ? strangersTo(present, users) : [];
  const unknown = groups.filter((name) => !(present ?? known).some(({ group }) => group === name));
  const problems = [];
  if (strangers.length > 0) problems.push(unknownUsers(`${under}users`, strangers));
  if (unknown.length > 0) problems.push(unknownGroups(`${under}groups`, unknown));
  if (problems.length > 0) throw new SettingsInvalid(problems);
}

function strangersTo(known: readonly Pick<User, 'id'>[], users: readonly number[]): number[] {
  const ids = new Set(known.map(({ id }) => id));
  return users.filter((id) => !ids.has(id));
}

function unknownUsers(field: string, strangers: readonly number[]) {
  const ids = strangers.slice(0, MOST_NAMED).join(', ');
  const message = {
    en: `the account has no such user: ${ids}, see \`users\``,
    ru: `в аккаунте нет такого сотрудника: ${ids}, см. \`users\``,
  };
  return { field, message };
}

async function readPresent(access: AccountAccess, account: Account): Promise<User[] | undefined> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await refreshUsers(access, account, signal);
  } catch (error) {
    if (!signal.aborted && !findExportError(error)?.code.startsWith('amocrm_')) throw error;
    return undefined;
  }
}
