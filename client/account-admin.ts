import { readAccount } from '../amocrm/account.ts';
import { accountAddress } from '../amocrm/host.ts';
import { createAmocrmHttp } from '../amocrm/http.ts';
import { UNPACED } from '../amocrm/pace.ts';
import { readUsers } from '../amocrm/users.ts';
import { ExportError } from '../errors/export-error.ts';
import type { Account, Removed } from '../ledger/accounts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Token } from '../ledger/tokens.ts';
import type { User } from '../ledger/users.ts';
import { type AccountAccess, amocrmOf, INTERACTIVE_TRIES, paced } from './account-access.ts';
import type { ExportClient } from './export-client.ts';
import { cleanSecret } from './secret.ts';

export interface AddedAccount {
  accountId: number;
  host: string;
  state: 'connected';
}

/**
 * Adds an account by its long-lived token, or renews the token of one that is there. The host is checked before the
 * token goes anywhere, the token before anything is kept.
 *
 * @throws {ExportError} `amocrm_host_forbidden`; `amocrm_…` by what is wrong with the token; then nothing is written.
 */
export async function addAccount(access: AccountAccess, givenHost: string, token: string): Promise<AddedAccount> {
  const { host } = accountAddress(givenHost, access.insecureHosts);
  const accessToken = cleanSecret(token, 'token');
  const known = (await access.ledger.accounts.list()).find((account) => account.host === host);
  let accountId = known?.accountId;
  const http = createAmocrmHttp({
    host,
    insecureHosts: access.insecureHosts,
    transport: access.transport,
    accessToken: () => Promise.resolve(accessToken),
    pace: () => (accountId === undefined ? UNPACED() : paced(access, accountId)),
    tries: INTERACTIVE_TRIES,
  });
  const account = await readAccount(http);
  accountId = account.accountId;
  const users = await readUsers(http);
  await access.ledger.addAccount({ ...account, host }, accessToken, users);
  return { accountId, host, state: 'connected' };
}

export interface ListedAccount {
  accountId: number;
  host: string;
  name: string;
  /** What is still missing before an export can start. */
  state: 'connected' | 'no_token' | 'no_connection';
  token: { kind: Token['kind']; since: string } | null;
  connection: { connectionId: string; language: string } | null;
}

/** All accounts, with what is kept for each; no secret is opened. */
export async function listAccounts(ledger: Ledger): Promise<ListedAccount[]> {
  const accounts = await ledger.accounts.list();
  return Promise.all(
    accounts.map(async ({ accountId, host, name }) => {
      const token = await ledger.tokens.about(accountId);
      const connection = await ledger.connections.about(accountId);
      return {
        accountId,
        host,
        name,
        state: !token ? 'no_token' : !connection ? 'no_connection' : 'connected',
        token: token ? { kind: token.kind, since: token.updatedAt.toISOString() } : null,
        connection: connection ? { connectionId: connection.connectionId, language: connection.language } : null,
      };
    }),
  );
}

/**
 * Deletes everything of an account, personal data first.
 *
 * @returns how many rows of what were deleted.
 * @throws {ExportError} `export_running`
 */
export async function removeAccount(ledger: Ledger, exports: ExportClient, accountId: number): Promise<Removed> {
  const exportId = await exports.running(accountId);
  if (exportId !== undefined) throw new ExportError('export_running', { values: { exportId } });
  return ledger.accounts.remove(accountId);
}

/** The account's users as amoCRM has them now, those of earlier times included; they are kept for the exports. */
export async function refreshUsers(access: AccountAccess, account: Account): Promise<User[]> {
  await access.ledger.users.putAll(account.accountId, await readUsers(amocrmOf(access, account)));
  return access.ledger.users.list(account.accountId);
}
