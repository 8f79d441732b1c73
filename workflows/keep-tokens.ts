import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import { tokenActivities } from './activity-stubs.ts';
import { failureOf } from './failures.ts';

export interface KeptTokens {
  /** Accounts whose tokens are fresh again. */
  kept: number[];
  /** By account, the code of the error for which its tokens are not; `account list` says who must act. */
  failed: Record<number, string>;
}

/**
 * Refreshes the tokens of accounts that have not exported for a month, so that one that exports once a quarter need not
 * be connected anew each time. A schedule runs it every day; one account's trouble is not another's.
 */
export async function keepTokens(): Promise<KeptTokens> {
  const { findIdleTokens, keepToken } = tokenActivities();
  const result: KeptTokens = { kept: [], failed: {} };
  const keep = async (accountId: number) => {
    try {
      await keepToken(accountId);
      result.kept.push(accountId);
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      result.failed[accountId] = failureOf(error).code;
    }
  };
  await Promise.all((await findIdleTokens()).map(keep));
  return result;
}
