import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { ExportError, findExportError } from '../../errors/export-error.ts';
import type { Schema } from '../schema.ts';
import { named } from './prepared.ts';
import { MIGRATION_LIMITS, prepareSession, type SessionLimits, WORK_LIMITS } from './session-settings.ts';

export type Database = Kysely<Schema>;

/** Postgres type ids of bigint and numeric: amoCRM's ids and our sums fit a double exactly. */
const INT8 = 20;
const NUMERIC = 1700;

/** When the client asks an idle connection for a sign of life. */
const KEEPALIVE_AFTER_MS = 30_000;

export interface DatabaseOptions {
  maxConnections?: number;
  /** How long the client waits for a statement; longer than the server works at it. 0: for as long as it takes. */
  queryTimeoutMs?: number;
  /** What the server ends by itself. */
  limits?: Partial<SessionLimits>;
}

/**
 * A pool of connections. Nothing is connected until the first query.
 *
 * @param databaseUrl `postgres://…`; a schema may be chosen with `?options=-c search_path=…`.
 */
export function openDatabase(
  databaseUrl: string,
  { maxConnections = 10, queryTimeoutMs = 300_000, limits = {} }: DatabaseOptions = {},
): Database {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    // A server that went silent must not hold a caller for ever.
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
    onConnect: prepareSession({ ...WORK_LIMITS, ...limits }),
    types: { getTypeParser },
  });
  // A connection that Postgres drops (a restart) fails its query and is replaced at the next one. It also emits an
  // error, idle or in use, that would end the process if nobody listened.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    watchQueries(client);
  });
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

/** One connection for migrations, apart from the others: neither side gives up on a long statement. */
export function openMigrationConnection(databaseUrl: string, limits: Partial<SessionLimits> = {}): Database {
  return openDatabase(databaseUrl, {
    maxConnections: 1,
    queryTimeoutMs: 0,
    limits: { ...MIGRATION_LIMITS, ...limits },
  });
}

/**
 * Names statements that are to be prepared, and ends the connection of a query that was given up.
 *
 * pg gives up on a query that takes too long, and keeps its connection, on which the query may be carried out yet: a late
 * BEGIN, or a ROLLBACK that never went through, would put all that comes after it into a transaction that nobody ends,
 * and the commit marker of an upload with it. So the connection goes with the query.
 */
function watchQueries(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  const watched = (...given: unknown[]) => {
    const answer = query(...named(given));
    if (answer instanceof Promise) {
      answer.catch((error: unknown) => {
        if (GIVEN_UP.test(messageOf(error))) client.end().catch(() => undefined);
      });
    }
    return answer;
  };
  client.query = watched as typeof client.query;
}

const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (id, format) => {
  const typeId: number = id;
  if (typeId === INT8 || typeId === NUMERIC) return Number;
  const parser: unknown = pg.types.getTypeParser(id, format);
  return parser;
};

/**
 * SQLSTATEs that mean "not just now": connection, shutdown, too many clients, the server's disk, a replica before it is
 * promoted, a deadlock that somebody else won, a lock, a statement, a transaction or a silence that took too long.
 */
const PASSING = /^(08|53|57P|58|25006|25P03|25P04|40001|40P01|55P03|57014)/;
/** Wrong user or password, no such database: as passing as a configuration that is being put right. */
const REFUSED = /^(28|3D)/;
/** No such table, no such column: the migrations have not run. */
const NOT_MIGRATED = /^42(P01|703)$/;
/** What pg says of a query that took longer than its timeout. */
const GIVEN_UP = /read timeout/i;
const NETWORK = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|EAI_AGAIN|EHOSTUNREACH)$/;

/**
 * The ledger's errors in the product's one shape: a server that cannot be reached is `database_unreachable`
 * (retryable), missing tables are `database_not_migrated`; anything else is ours.
 */
export function toLedgerError(error: unknown): ExportError {
  const known = findExportError(error);
  if (known) return known;
  const code = codeOf(error);
  const message = messageOf(error);
  if (
    PASSING.test(code) ||
    NETWORK.test(code) ||
    GIVEN_UP.test(message) ||
    /connection (terminated|timeout|error)|timeout exceeded|not queryable/i.test(message)
  ) {
    return new ExportError('database_unreachable', { cause: error, values: { what: code || 'connection lost' } });
  }
  if (REFUSED.test(code)) {
    const what = `wrong user, password or database name, ${code}`;
    return new ExportError('database_unreachable', { cause: error, values: { what } });
  }
  if (NOT_MIGRATED.test(code)) return new ExportError('database_not_migrated', { cause: error });
  return new ExportError('unexpected', { cause: error, values: { what: `ledger ${code}`.trim() } });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const coded = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof coded === 'string' ? coded : '';
}
