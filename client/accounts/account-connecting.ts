import { readClaims } from '../../amocrm/oauth/access-token-claims.ts';
import { readAccount } from '../../amocrm/account/account.ts';
import { createAmocrmHttp } from '../../amocrm/http/http.ts';
import { readUsers } from '../../amocrm/account/users.ts';
import type { ErrorCode } from '../../errors/codes.ts';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import type { Grant } from '../../ledger/accounts/tokens.ts';
import { type AccountAccess, INTERACTIVE_TRIES, paced } from './account-access.ts';

export interface ConnectedAccount {
  accountId: number;
  host: string;
  state: 'connected';
  /** The blocked export that goes on now. */
  resumedExportId?: string;
  /** Why the export that waits for this could not be told; `resume` lets it go on. */
  notResumed?: ErrorCode;
}

/**
 * Keeps what lets us into an account, once `GET /account` has said whose it is, and lets an export that was blocked
 * without it go on.
 *
 * @param expectedAccountId the account that it must be; null where any will do.
 * @throws {ExportError} `amocrm_other_account`, `amocrm_…` by what is wrong with the token; then nothing is kept.
 */
export async function connectAccount(
  access: AccountAccess,
  host: string,
  grant: Grant,
  expectedAccountId: number | null,
): Promise<ConnectedAccount> {
  const { accountId: claimed } = readClaims(grant.access);
  const inLineOf = expectedAccountId ?? claimed ?? null;
  const http = createAmocrmHttp({
    host,
    insecureHosts: access.insecureHosts,
    transport: access.transport,
    accessToken: () => Promise.resolve(grant.access),
    pace: (signal) => paced(access, inLineOf, { signal }),
    counted: (endpoint, outcome) => access.countRequest?.(inLineOf ?? 0, endpoint, outcome),
    tries: INTERACTIVE_TRIES,
  });
  const { groups, ...account } = await readAccount(http);
  const { accountId } = account;
  for (const expected of [expectedAccountId ?? accountId, claimed ?? accountId]) {
    if (expected !== accountId) {
      throw new ExportError('amocrm_other_account', { values: { given: accountId, expected } });
    }
  }
  const users = await readUsers(http, { groups });
  await access.ledger.addAccount({ ...account, host }, grant, users);
  return { accountId, host, state: 'connected', ...(await resumeBlocked(access, accountId)) };
}

/** The account that is known at this host; null for none. */
export async function accountIdAt({ ledger }: AccountAccess, host: string): Promise<number | null> {
  const known = (await ledger.accounts.list()).find((account) => account.host === host);
  return known?.accountId ?? null;
}

async function resumeBlocked(
  { ledger, exports }: AccountAccess,
  accountId: number,
): Promise<Pick<ConnectedAccount, 'resumedExportId' | 'notResumed'>> {
  const [last] = await ledger.exports.list(accountId, 1);
  if (!last || last.finishedAt) return {};
  try {
    const exportId = await (await exports()).resume(accountId);
    return exportId === undefined ? {} : { resumedExportId: exportId };
  } catch (error) {
    // The account is connected all the same.
    const known = findExportError(error);
    if (!known) throw error;
    return { notResumed: known.code };
  }
}
