import { sql } from 'kysely';
import type { Database } from './database.ts';

interface Index {
  name: string;
  table: string;
  /** What follows the table in `create index`. */
  columns: string;
}

/**
 * Indexes on tables that grow with the calls. They are built apart from the migrations, because `create index` in a
 * transaction holds up every write to its table for as long as it takes.
 */
const INDEXES: readonly Index[] = [
  // Deleting a call looks here for its talks.
  { name: 'talks_of_call_id', table: 'talks', columns: '(call_id)' },
  // The few talks of an account that are in doubt, or gone.
  { name: 'talks_unanswered', table: 'talks', columns: '(account_id, connection_id) where talk_id is null' },
  { name: 'talks_missing', table: 'talks', columns: '(account_id, connection_id) where missing_at is not null' },
  { name: 'exports_retry_of', table: 'exports', columns: '(retry_of)' },
];

/** A table up to this size is indexed within moments: then nobody need wait for the snapshots of others. */
const SMALL_BYTES = 8 * 1024 * 1024;

/**
 * Builds the indexes that are not there yet, one after the other, while exports go on. One that was broken off is
 * invalid and built anew.
 *
 * @param db a connection that runs migrations alone. @returns the names of those that were built.
 */
export async function buildIndexes(db: Database, indexes: readonly Index[] = INDEXES): Promise<string[]> {
  const built: string[] = [];
  for (const index of indexes) {
    const { rows } = await sql<{ valid: boolean | null; small: boolean }>`
      select (select indisvalid from pg_index where indexrelid = to_regclass(${index.name})) as valid,
             pg_relation_size(to_regclass(${index.table})) <= ${SMALL_BYTES} as small`.execute(db);
    const [found] = rows;
    if (found?.valid === true) continue;
    if (found?.valid === false) await sql`drop index ${sql.id(index.name)}`.execute(db);
    await build(db, index, found?.small === true);
    built.push(index.name);
  }
  return built;
}

async function build(db: Database, { name, table, columns }: Index, small: boolean): Promise<void> {
  const on = sql`${sql.id(name)} on ${sql.table(table)} ${sql.raw(columns)}`;
  if (small) {
    await sql`create index ${on}`.execute(db);
    return;
  }
  // It waits for transactions under way, for which nobody has to wait behind it.
  await sql`select set_config('lock_timeout', '0', false)`.execute(db);
  await sql`create index concurrently ${on}`.execute(db);
}
