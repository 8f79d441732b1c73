import pTimeout from 'p-timeout';
import { readAccount } from '../../amocrm/account/account.ts';
import type { Priority } from '../../amocrm/pacing/pace.ts';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import { type AccountAccess, amocrmOf } from '../accounts/account-access.ts';

/** Longer than a healthy answer ever takes; an export that has to wait for a service does so by itself. */
const PATIENCE_MS = 5_000;

/**
 * A quick look at both ends before an export is started, so that a wrong token or key is said at once and not by a
 * blocked export.
 *
 * @returns what does not answer just now; an export would wait for it.
 * @throws {ExportError} what a person has to put right first; `connection_not_set`.
 */
export async function preflight(access: AccountAccess, account: Account): Promise<ExportError[]> {
  const connection = await access.ledger.connections.read(account.accountId);
  if (!connection) throw new ExportError('connection_not_set');
  const looks = [
    unreachable(amocrmAnswers(access, account), silent('amocrm_unavailable', account.host)),
    unreachable(
      access.speechSense.checkConnection(connection).then(() => undefined),
      silent('speechsense_unavailable'),
    ),
  ];
  return (await Promise.all(looks)).filter((error) => error !== undefined);
}

/** As {@link preflight}, of amoCRM alone, and an error when it is silent: a preview is nothing without its answers. */
export async function amocrmAnswers(
  access: AccountAccess,
  account: Account,
  patienceMs = PATIENCE_MS,
  priority: Priority = 'interactive',
): Promise<void> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    await readAccount(amocrmOf(access, account, signal, priority));
  } catch (error) {
    if (signal.aborted && !findExportError(error)) throw silent('amocrm_unavailable', account.host, patienceMs);
    throw error;
  }
}

async function unreachable(look: Promise<void>, silence: ExportError): Promise<ExportError | undefined> {
  try {
    return await pTimeout<ExportError | undefined>(
      look.then(() => undefined),
      { milliseconds: PATIENCE_MS, fallback: () => silence },
    );
  } catch (error) {
    const known = findExportError(error);
    if (known?.kind === 'retryable' || known?.kind === 'throttled') {
      // Our own database is not what an export waits for.
      if (!known.code.startsWith('database_')) return known;
    }
    throw error;
  }
}

function silent(
  code: 'amocrm_unavailable' | 'speechsense_unavailable',
  host = '',
  patienceMs = PATIENCE_MS,
): ExportError {
  return new ExportError(code, {
    values: { host, request: '/account', what: `no answer within ${patienceMs / 1000} s` },
  });
}
