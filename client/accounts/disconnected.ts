import type { ErrorCode } from '../../errors/codes.ts';
import { findExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { AccountAccess } from './account-access.ts';
import { amocrmAnswers } from '../previews/preflight.ts';

/** How amoCRM says that the access is over. That it is unpaid, or lacks a right, is another matter. */
const ENDED: readonly ErrorCode[] = ['amocrm_unauthorized', 'amocrm_grant_lost', 'amocrm_client_refused'];

/** Nobody waits for the look, which so goes behind people's requests, and amoCRM sends its hook once. */
const PATIENCE_MS = 60_000;

/**
 * Looks whether amoCRM has really ended the access that it says has ended: its hook may be an old one, sent again.
 * Where it has, nobody tries that access any more, and a running export is blocked until the account is connected again.
 *
 * @returns whether it has ended.
 * @throws {ExportError} when amoCRM cannot be asked just now, or does not say.
 */
export async function endAccessIfRefused(access: AccountAccess, account: Account): Promise<boolean> {
  const token = await access.ledger.tokens.read(account.accountId);
  if (!token) return true;
  try {
    await amocrmAnswers(access, account, PATIENCE_MS, 'bulk');
    return false;
  } catch (error) {
    const code = findExportError(error)?.code;
    if (code === undefined || !ENDED.includes(code)) throw error;
    await access.ledger.tokens.end(account.accountId, token.version);
    return true;
  }
}
