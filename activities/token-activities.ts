import { Context } from '@temporalio/activity';
import type { AmocrmPaces } from '../amocrm/pacing/pace.ts';
import type { TokenKeeper } from '../amocrm/oauth/token-keeper.ts';
import type { Ledger } from '../ledger/ledger.ts';

interface TokenDeps {
  ledger: Pick<Ledger, 'tokens'>;
  tokens: TokenKeeper;
  paces: AmocrmPaces;
}

/** A refresh token lives for three months: unused for this long, there is time left for many tries and for a person. */
const IDLE_DAYS = 30;

/** The steps of the workflow that keeps unused tokens alive. */
export function createTokenActivities({ ledger, tokens, paces }: TokenDeps) {
  return {
    /** Accounts by consent whose tokens nobody has refreshed for a month, the longest unused first. */
    findIdleTokens: (): Promise<number[]> => ledger.tokens.idle(IDLE_DAYS),

    /** Refreshes an account's tokens unless somebody has meanwhile. */
    async keepToken(accountId: number): Promise<void> {
      const pace = paces({ accountId, client: 'oauth', priority: 'bulk' });
      await tokens.of(accountId, pace, Context.current().cancellationSignal).accessToken();
    },
  };
}
