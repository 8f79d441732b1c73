import { accountAddress } from '../../amocrm/http/host.ts';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import type { Consent } from '../../ledger/accounts/consents.ts';
import { type AccountAccess, paced, type Waiting } from './account-access.ts';
import { assertHostIsAmocrm } from './account-host.ts';
import { accountIdAt, connectAccount, type ConnectedAccount } from './account-connecting.ts';
import { cleanSecret } from './secret.ts';

/**
 * The page where an administrator of the account lets the integration in. What comes back from it is good for this
 * account, once, within 20 minutes.
 *
 * @param consents where the link is kept: part of a larger change, if the caller says so.
 * @throws {ExportError} `amocrm_host_forbidden`, `amocrm_client_not_set`
 */
export async function consentLink(
  access: AccountAccess,
  givenHost: string,
  consents: Pick<AccountAccess['ledger']['consents'], 'give'> = access.ledger.consents,
): Promise<{ consentUrl: string }> {
  const { host } = accountAddress(givenHost, access.insecureHosts);
  access.oauth.assertIntegration();
  const state = await consents.give({ host, accountId: await accountIdAt(access, host) });
  return { consentUrl: access.oauth.consentUrl(host, state) };
}

/**
 * Connects the account with the address that amoCRM redirected the browser to after the consent page.
 *
 * @param redirected its query: `code`, `state`, and `referer`, the account's host, which anybody may have written
 *   there; or `error`.
 * @throws {ExportError} `consent_denied`, `consent_link_invalid`, `amocrm_host_forbidden`, `amocrm_other_account`, and
 *   as {@link authorise}.
 */
export async function authoriseByRedirect(
  access: AccountAccess,
  redirected: URLSearchParams,
): Promise<ConnectedAccount> {
  if (redirected.has('error')) throw new ExportError('consent_denied');
  const referer = redirected.get('referer') ?? '';
  if (referer === '') throw new ExportError('consent_link_invalid');
  const { host } = accountAddress(referer, access.insecureHosts);
  const consent = await access.ledger.consents.take(redirected.get('state') ?? '');
  if (!consent) throw new ExportError('consent_link_invalid');
  return authorise(access, host, redirected.get('code') ?? '', consent);
}

/**
 * Connects the account with a code that an administrator copied from the integration's "keys" tab. As {@link authorise}.
 *
 * @param waiting how the code waits for its turn; nothing shows whose it is before amoCRM has taken it.
 */
export async function authoriseByCode(
  access: AccountAccess,
  givenHost: string,
  code: string,
  waiting: Waiting = {},
): Promise<ConnectedAccount> {
  const { host } = accountAddress(givenHost, access.insecureHosts);
  return authorise(access, host, code, { host, accountId: await accountIdAt(access, host) }, waiting);
}

const CODE = { en: 'code', ru: 'код', field: 'code' };

/**
 * Exchanges a code for tokens and keeps them.
 *
 * @param meant the account that it must be of: by its number, so that a renamed one is known again, else by its host.
 * @throws {ExportError} `amocrm_code_refused`, `amocrm_client_refused`, `amocrm_client_not_set`, `amocrm_grant_lost`,
 *   `amocrm_other_account`; then nothing is kept.
 */
async function authorise(
  access: AccountAccess,
  host: string,
  code: string,
  meant: Consent,
  waiting: Waiting = {},
): Promise<ConnectedAccount> {
  if (meant.accountId === null && meant.host !== host) {
    throw new ExportError('amocrm_other_account', { values: { given: host, expected: meant.host } });
  }
  const cleanCode = cleanSecret(code, CODE);
  access.oauth.assertIntegration();
  await assertHostIsAmocrm(access, host, meant.accountId, waiting);
  const turn = await paced(access, meant.accountId, waiting);
  const exchange = access.oauth.exchange(host, cleanCode);
  const fared = await exchange.then(
    () => 'answered' as const,
    (error: unknown) => findExportError(error) ?? 'unknown',
  );
  const outcome = fared instanceof ExportError ? fared.code : fared === 'answered' ? 'ok' : 'unexpected';
  access.countRequest?.(meant.accountId ?? 0, '/oauth2/access_token', outcome);
  await turn.end(fared);
  const pair = await exchange;
  return connectAccount(access, host, { kind: 'oauth', ...pair }, meant.accountId);
}
