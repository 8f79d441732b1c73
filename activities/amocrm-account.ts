import { setTimeout as pause } from 'node:timers/promises';
import type { AmocrmHttp, AmocrmTransport } from '../amocrm/http.ts';
import { createAmocrmHttp } from '../amocrm/http.ts';
import { ExportError } from '../errors/export-error.ts';
import type { Account } from '../ledger/accounts.ts';
import type { Ledger } from '../ledger/ledger.ts';

export interface AmocrmDeps {
  ledger: Ledger;
  transport: AmocrmTransport;
  insecureHosts: readonly string[];
  requestsPerSecond: number;
}

/** The account with a reader of its amoCRM: the stored token, and one paced stream of requests whoever asks. */
export async function amocrmOf(
  deps: AmocrmDeps,
  accountId: number,
  signal?: AbortSignal,
): Promise<{ account: Account; http: AmocrmHttp }> {
  const account = await deps.ledger.accounts.find(accountId);
  if (!account) throw new ExportError('account_not_found', { values: { account: accountId } });
  const http = createAmocrmHttp({
    host: account.host,
    insecureHosts: deps.insecureHosts,
    transport: deps.transport,
    accessToken: async () => {
      const token = await deps.ledger.tokens.read(accountId);
      if (!token) throw new ExportError('amocrm_unauthorized', { values: { host: account.host } });
      return token.access;
    },
    pace: async (waitSignal) => {
      const waitMs = await deps.ledger.rateBuckets.reserve(`${accountId}:amocrm`, deps.requestsPerSecond);
      if (waitMs > 0) await pause(waitMs, undefined, waitSignal ? { signal: waitSignal } : {});
    },
    ...(signal ? { signal } : {}),
  });
  return { account, http };
}
