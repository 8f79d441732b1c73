import { findExportError } from '../errors/export-error.ts';
import type { Account } from '../ledger/accounts.ts';
import type { User } from '../ledger/users.ts';
import { type ExportSettings, SettingsInvalid } from '../settings/export-settings.ts';
import type { AccountAccess } from './account-access.ts';
import { refreshUsers } from './account-admin.ts';

/** Settings must be stored, and exports started, without amoCRM too. */
const PATIENCE_MS = 5_000;
const MOST_NAMED = 20;

/**
 * Sees to it that every chosen user is one of the account's, now or once: all calls would be skipped for a misspelt one,
 * and that would look like good news. amoCRM is asked only about an id that is not known here; where it cannot be asked
 * now, every id passes.
 *
 * @param field where the ids are in what was given.
 * @throws {SettingsInvalid} naming the ids that the account never had.
 */
export async function assertKnownUsers(
  access: AccountAccess,
  account: Account,
  { users }: Pick<ExportSettings, 'users'>,
  field = 'users',
): Promise<void> {
  const strangersTo = (known: readonly Pick<User, 'id'>[]) => {
    const ids = new Set(known.map(({ id }) => id));
    return users.filter((id) => !ids.has(id));
  };
  if (strangersTo(await access.ledger.users.list(account.accountId)).length === 0) return;
  const strangers = strangersTo((await readPresent(access, account)) ?? users.map((id) => ({ id })));
  if (strangers.length === 0) return;
  const ids = strangers.slice(0, MOST_NAMED).join(', ');
  const message = {
    en: `the account has no such user: ${ids}, see \`users\``,
    ru: `в аккаунте нет такого сотрудника: ${ids}, см. \`users\``,
  };
  throw new SettingsInvalid([{ field, message }]);
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
