import { type AmocrmHttp, createAmocrmHttp } from '../../amocrm/http/http.ts';
import type { AmocrmPaces } from '../../amocrm/pacing/pace.ts';
import type { TokenKeeper } from '../../amocrm/oauth/token-keeper.ts';
import type { AmocrmTransport } from '../../amocrm/http/transport.ts';
import { ExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { Ledger } from '../../ledger/ledger.ts';

export interface AmocrmDeps {
  ledger: Ledger;
  tokens: TokenKeeper;
  transport: AmocrmTransport;
  insecureHosts: readonly string[];
  /** The process's one pace of requests. */
  paces: AmocrmPaces;
  /** Hears of every request to amoCRM. */
  countRequest?: (accountId: number, endpoint: string, outcome: string) => void;
}

/** The account with a reader of its amoCRM: the stored token, and one paced stream of requests whoever asks. */
export async function amocrmOf(
  deps: AmocrmDeps,
  accountId: number,
  signal?: AbortSignal,
): Promise<{ account: Account; http: AmocrmHttp }> {
  const account = await deps.ledger.accounts.find(accountId);
  if (!account) throw new ExportError('account_not_found', { values: { account: accountId } });
  const kind = (await deps.ledger.tokens.about(accountId))?.kind;
  const pace = deps.paces({ accountId, client: kind ?? 'none', priority: 'bulk' });
  const http = createAmocrmHttp({
    host: account.host,
    insecureHosts: deps.insecureHosts,
    transport: deps.transport,
    ...deps.tokens.of(accountId, pace, signal),
    pace,
    counted: (endpoint, outcome) => deps.countRequest?.(accountId, endpoint, outcome),
    ...(signal ? { signal } : {}),
  });
  return { account, http };
}
