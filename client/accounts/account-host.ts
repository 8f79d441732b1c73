import { ACCOUNT_ENDPOINT, assertAccountHost } from '../../amocrm/oauth/account-host.ts';
import { accountAddress } from '../../amocrm/http/host.ts';
import { findExportError } from '../../errors/export-error.ts';
import { type AccountAccess, paced, type Waiting } from './account-access.ts';

const ANSWER_WITHIN_MS = 20_000;

/**
 * Looks, in a turn, whether amoCRM's API answers at a host, before a secret is sent there.
 *
 * @param accountId the account that is known there; null for none.
 * @throws {ExportError} as {@link assertAccountHost}; `too_many_requests`
 */
export async function assertHostIsAmocrm(
  access: AccountAccess,
  host: string,
  accountId: number | null,
  waiting: Waiting = {},
): Promise<void> {
  const turn = await paced(access, accountId, waiting);
  const looked = assertAccountHost(access.transport, accountAddress(host, access.insecureHosts), ANSWER_WITHIN_MS);
  const failure = await looked.then(
    () => undefined,
    (error: unknown) => findExportError(error) ?? ('unknown' as const),
  );
  const outcome = failure === undefined ? 'ok' : failure === 'unknown' ? 'unexpected' : failure.code;
  access.countRequest?.(accountId ?? 0, ACCOUNT_ENDPOINT, outcome);
  await turn.end(failure ?? 'answered');
  await looked;
}
