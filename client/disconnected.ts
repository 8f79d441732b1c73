import { findExportError } from '../errors/export-error.ts';
import type { Account } from '../ledger/accounts.ts';
import type { AccountAccess } from './account-access.ts';
import { amocrmAnswers } from './preflight.ts';

/**
 * Looks whether amoCRM has really ended the access that it says has ended: its hook may be an old one, sent again.
 * Where it has, nobody tries that access any more, and a running export is blocked until the account is connected again.
 *
 * @returns whether it has ended.
 * @throws {ExportError} when amoCRM cannot be asked just now.
 */
export async function endAccessIfRefused(access: AccountAccess, account: Account): Promise<boolean> {
  const token = await access.ledger.tokens.read(account.accountId);
  if (!token) return true;
  try {
    await amocrmAnswers(access, account);
    return false;
  } catch (error) {
    if (findExportError(error)?.kind !== 'auth') throw error;
    await access.ledger.tokens.end(account.accountId, token.version);
    return true;
  }
}
