import type { FastifyRequest } from 'fastify';
import { isAdministrator } from '../../client/accounts/administrators.ts';
import { accountHostOf } from '../../client/accounts/browser-origin.ts';
import { ExportError } from '../../errors/export-error.ts';
import type { Integration, Services } from '../parts.ts';
import type { Caller } from './caller.ts';
import { readDisposableToken } from './disposable-token.ts';

/**
 * Who sends the request: an administrator of the account on whose page the widget runs.
 *
 * @throws {ExportError} `token_missing`, `token_invalid`, `token_expired`, `not_an_administrator`,
 *   `account_not_connected`
 */
export async function authorise(
  { access, ledger, now }: Services,
  integration: Integration,
  request: FastifyRequest,
): Promise<Caller> {
  const header = request.headers['x-auth-token'];
  if (typeof header !== 'string' || header === '') throw new ExportError('token_missing');
  const { accountId, userId, issuer, id, expiresAt } = await readDisposableToken(header, integration, now());
  const host = accountHostOf(issuer, access.insecureHosts);
  if (host === undefined || request.headers.origin !== issuer) throw new ExportError('token_invalid');

  const kept = await ledger.accounts.find(accountId);
  // A renamed account must be connected under its new host first: what it was connected as is not this page's.
  const account = kept?.host === host ? kept : null;
  const caller = { accountId, userId, host, token: { id, expiresAt }, account };
  if (!account) {
    if (request.routeOptions.config.unconnected !== true) {
      throw new ExportError('account_not_connected', { values: { host } });
    }
    return { ...caller, isAdmin: null };
  }
  const isAdmin = (await isAdministrator(access, account, userId)) ?? null;
  if (isAdmin === false || (isAdmin === null && request.routeOptions.config.unconnected !== true)) {
    throw new ExportError('not_an_administrator');
  }
  return { ...caller, isAdmin };
}
