import type { PoolConfig } from 'pg';

/** What a connection asks of the server, in milliseconds; 0 means without a limit. */
export interface SessionLimits {
  /** The longest statement, a plan, takes seconds. */
  statementMs: number;
  /** Longer than a frozen peer may hold a lock, so that those who wait for it outlast it. */
  lockMs: number;
  /** A peer that is silent inside a transaction holds its locks no longer than this. */
  idleInTransactionMs: number;
  /** A peer that is silent outside of one. */
  idleMs: number;
}

/** For all work but migrations. A connection waits in the pool for as long as it likes. */
export const WORK_LIMITS: SessionLimits = {
  statementMs: 240_000,
  lockMs: 60_000,
  idleInTransactionMs: 30_000,
  idleMs: 0,
};

/**
 * A migration may take hours, but must not wait long for a lock on a table: all statements that come after it wait with
 * it. A process that froze within its migrations loses the right to run them.
 */
export const MIGRATION_LIMITS: SessionLimits = {
  statementMs: 0,
  lockMs: 3_000,
  idleInTransactionMs: 60_000,
  idleMs: 300_000,
};

/** A peer whose machine is gone is noticed within a minute, whether or not data are under way. */
const KEEPALIVE = {
  tcp_keepalives_idle: '30',
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '60000',
};

/**
 * Prepares a new connection before its first use. By a statement, because poolers and some managed servers refuse these as
 * options of the connection. What an older server does not know is left out. A commit that was answered is on the
 * primary's disk at least; a server that asks for more keeps its setting.
 */
export function prepareSession(limits: SessionLimits): NonNullable<PoolConfig['onConnect']> {
  const settings = {
    statement_timeout: String(limits.statementMs),
    lock_timeout: String(limits.lockMs),
    idle_in_transaction_session_timeout: String(limits.idleInTransactionMs),
    idle_session_timeout: String(limits.idleMs),
    ...KEEPALIVE,
  };
  const text = `
    select set_config(key, value, false) from json_each_text($1::json) where current_setting(key, true) is not null
    union all
    select set_config('synchronous_commit', 'on', false)
     where current_setting('synchronous_commit') in ('off', 'local', 'remote_write')`;
  // pg-pool waits for the promise, which its types do not say.
  // eslint-disable-next-line @typescript-eslint/no-misused-promises
  return (client) => client.query(text, [JSON.stringify(settings)]).then(() => undefined);
}
