import { ExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { Ledger } from '../../ledger/ledger.ts';

/**
 * The account that a person means.
 *
 * @param named its numeric id or its host; may be left out where there is only one account.
 * @throws {ExportError} `no_accounts_yet`, `account_not_found`, `account_not_chosen`
 */
export async function chooseAccount(ledger: Ledger, named: string | undefined): Promise<Account> {
  const accounts = await ledger.accounts.list();
  if (accounts.length === 0) throw new ExportError('no_accounts_yet');
  if (named === undefined) {
    const [only, ...others] = accounts;
    if (!only || others.length > 0) {
      throw new ExportError('account_not_chosen', { values: { count: accounts.length }, field: 'account' });
    }
    return only;
  }
  const wanted = named
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '');
  const found = accounts.find(({ accountId, host }) => String(accountId) === wanted || host === wanted);
  if (!found) throw new ExportError('account_not_found', { values: { account: named.slice(0, 80) }, field: 'account' });
  return found;
}
