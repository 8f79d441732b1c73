import { readClaims } from '../../amocrm/oauth/access-token-claims.ts';
import { readAccount } from '../../amocrm/account/account.ts';
import { accountAddress } from '../../amocrm/http/host.ts';
import { OTHER_ACCOUNT } from '../../amocrm/oauth/token-decision.ts';
import { readUsers } from '../../amocrm/account/users.ts';
import { type ErrorCode, isErrorCode } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { restoreError } from '../../errors/restore-error.ts';
import type { Account, Removed } from '../../ledger/accounts/accounts.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { TokenFacts } from '../../ledger/accounts/tokens.ts';
import type { User } from '../../ledger/accounts/users.ts';
import { type AccountAccess, amocrmOf } from './account-access.ts';
import { assertHostIsAmocrm } from './account-host.ts';
import { accountIdAt, connectAccount, type ConnectedAccount } from './account-connecting.ts';
import type { ExportClient } from '../export-client.ts';
import { cleanSecret } from './secret.ts';

const TOKEN = { en: 'token', ru: 'токен', field: 'token' };

/**
 * Adds an account by its long-lived token, or renews the token of one that is there. The host is checked before the
 * token goes anywhere, the token before anything is kept.
 *
 * @throws {ExportError} `amocrm_host_forbidden`; `amocrm_other_account`; `amocrm_…` by what is wrong with the token.
 */
export async function addAccount(access: AccountAccess, givenHost: string, token: string): Promise<ConnectedAccount> {
  const { host } = accountAddress(givenHost, access.insecureHosts);
  const accessToken = cleanSecret(token, TOKEN);
  const accessUntil = readClaims(accessToken).expiresAt ?? null;
  const grant = { kind: 'long_lived' as const, access: accessToken, accessUntil };
  const accountId = await accountIdAt(access, host);
  await assertHostIsAmocrm(access, host, accountId);
  return connectAccount(access, host, grant, accountId);
}

export interface ListedAccount {
  accountId: number;
  host: string;
  name: string;
  /** What keeps an export from starting. */
  state: 'connected' | 'no_token' | 'no_connection' | 'reauth_required';
  token: ListedToken | null;
  connection: { connectionId: string; language: string } | null;
  /** What a person has to put right; null when nobody has to do anything. */
  toDo: ExportError | null;
}

export interface ListedToken {
  kind: TokenFacts['kind'];
  state: TokenFacts['state'];
  /** When it was given or last renewed. ISO 8601. */
  since: string;
  /** When the access token ends; one by consent is renewed before. */
  accessUntil: string | null;
}

/** All accounts, with what is kept for each and who must act; no secret is opened. */
export async function listAccounts(ledger: Ledger): Promise<ListedAccount[]> {
  const accounts = await ledger.accounts.list();
  return Promise.all(accounts.map((account) => describeAccount(ledger, account)));
}

/** One account, as {@link listAccounts} tells it. */
export async function describeAccount(ledger: Ledger, { accountId, host, name }: Account): Promise<ListedAccount> {
  const [token, connection] = await Promise.all([ledger.tokens.about(accountId), ledger.connections.about(accountId)]);
  const dead = token && whatIsWrong(token);
  const toDo = !token || dead ? (dead ?? 'amocrm_unauthorized') : !connection ? 'connection_not_set' : undefined;
  return {
    accountId,
    host,
    name,
    state: !token ? 'no_token' : dead ? 'reauth_required' : !connection ? 'no_connection' : 'connected',
    token: token ? listed(token) : null,
    connection: connection ? { connectionId: connection.connectionId, language: connection.language } : null,
    toDo: restoreError(toDo, { host, expected: host, given: OTHER_ACCOUNT }) ?? null,
  };
}

function listed({ kind, state, updatedAt, accessUntil }: TokenFacts): ListedToken {
  return { kind, state, since: updatedAt.toISOString(), accessUntil: accessUntil?.toISOString() ?? null };
}

/** A refresh takes half a minute at most: one that has stood for longer has lost its answer. */
const REFRESH_STANDS_MS = 60_000;

/** amoCRM's refresh tokens end three months after they were given; a few days more are nobody's harm. */
const REFRESH_LIVES_MS = 95 * 86_400_000;

/** Why amoCRM is or soon will be closed to us until a person acts. */
function whatIsWrong(token: TokenFacts): ErrorCode | undefined {
  const { kind, state, stateAgeMs, reason, accessLeftMs, ageMs } = token;
  if (state === 'reauth_required') return isErrorCode(reason) ? reason : 'amocrm_unauthorized';
  if (state === 'refresh_lost' || (state === 'refreshing' && stateAgeMs > REFRESH_STANDS_MS))
    return 'amocrm_grant_lost';
  const isOver = kind === 'oauth' ? ageMs > REFRESH_LIVES_MS : accessLeftMs !== null && accessLeftMs < 0;
  return isOver ? 'amocrm_unauthorized' : undefined;
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
export async function refreshUsers(access: AccountAccess, account: Account, signal?: AbortSignal): Promise<User[]> {
  const http = amocrmOf(access, account, signal);
  await access.ledger.users.putAll(account.accountId, await readUsers(http, await readAccount(http)));
  return access.ledger.users.list(account.accountId);
}

/** A user as people choose them. */
export type ListedUser = Pick<User, 'id' | 'name' | 'group' | 'active'>;

/** As {@link refreshUsers}, for people to choose from: one that only calls know is called by the id. */
export async function listUsers(access: AccountAccess, account: Account): Promise<ListedUser[]> {
  const users = await refreshUsers(access, account);
  return users.map(({ id, name, group, active }) => ({ id, name: name === '' ? `ID ${id}` : name, group, active }));
}
