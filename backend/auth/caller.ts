import type { FastifyRequest } from 'fastify';
import { ExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { DisposableToken } from '../../ledger/accounts/spent-tokens.ts';

/** Who asks, as amoCRM has signed it. */
export interface Caller {
  accountId: number;
  userId: number;
  /** The account's own host. */
  host: string;
  token: DisposableToken;
  /** The account as it is kept; null while it is not connected under this host. */
  account: Account | null;
  /** Null while nobody can tell; such a caller may only see that the account must be connected, and connect it. */
  isAdmin: boolean | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every request under /api that has passed. */
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** Answered also while the account is not connected. */
    unconnected?: boolean;
    /** Not counted: what the operator's own machines ask. */
    unlimited?: boolean;
  }
}

export function callerOf({ caller }: FastifyRequest): Caller {
  if (!caller) throw new ExportError('token_missing');
  return caller;
}

/** The connected account of an administrator. @throws {ExportError} `account_not_connected`, `not_an_administrator` */
export function accountOf(request: FastifyRequest): Account {
  const { account, host, isAdmin } = callerOf(request);
  if (!account) throw new ExportError('account_not_connected', { values: { host } });
  if (isAdmin !== true) throw new ExportError('not_an_administrator');
  return account;
}
