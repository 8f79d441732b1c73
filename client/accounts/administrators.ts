import { readIsAdmin } from '../../amocrm/account/users.ts';
import { findExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import { type AccountAccess, amocrmOf } from './account-access.ts';

/** A page asks every few seconds; amoCRM is asked this often. */
const FRESH_MS = 60_000;
/** While amoCRM cannot be asked, what it said last counts: an export must be stoppable then too. */
const STALE_MS = 24 * 3600_000;
const PATIENCE_MS = 5_000;

/**
 * Whether amoCRM calls the user an administrator of the account.
 *
 * @returns undefined while nobody can tell: amoCRM cannot be asked (its access is over, it is away), and its last
 *   answer is too old.
 * @throws {ExportError} what is wrong with our own services.
 */
export async function isAdministrator(
  access: AccountAccess,
  account: Account,
  userId: number,
): Promise<boolean | undefined> {
  const { administrators, tokens } = access.ledger;
  const known = await administrators.read(account.accountId, userId);
  if (known && known.ageMs < FRESH_MS) return known.isAdmin;
  const said = known && known.ageMs < STALE_MS ? known.isAdmin : undefined;
  // An open page is no reason to try, every few seconds, a token that a person has to replace.
  if ((await tokens.about(account.accountId))?.state === 'reauth_required') return said;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const isAdmin = await readIsAdmin(amocrmOf(access, account, signal), userId);
    await administrators.put(account.accountId, userId, isAdmin);
    return isAdmin;
  } catch (error) {
    if (!signal.aborted && !findExportError(error)?.code.startsWith('amocrm_')) throw error;
    return said;
  }
}
