import { sql } from 'kysely';
import { openDatabase } from '../../ledger/database/database.ts';
import type { Stage } from '../support/stage.ts';

/** What reading alone may change: caches of amoCRM's answers, and whose turn it was to ask it. */
const CACHES = ['users', 'administrators', 'rate_buckets', 'breakers', 'tokens', 'spent_tokens'];

/** Everything in the ledger that a request must have been allowed to change, as text. */
export async function ledgerRows(stage: Stage): Promise<Record<string, string>> {
  const db = openDatabase(stage.environment['DATABASE_URL'] ?? '', { maxConnections: 1 });
  try {
    const { rows: tables } = await sql<{ name: string }>`
      select tablename as name from pg_tables where schemaname = current_schema() order by 1`.execute(db);
    const kept: Record<string, string> = {};
    for (const { name } of tables.filter((table) => !CACHES.includes(table.name))) {
      const { rows } = await sql<{ content: string | null }>`
        select string_agg(r::text, E'\n' order by r::text) as content from ${sql.table(name)} r`.execute(db);
      kept[name] = rows[0]?.content ?? '';
    }
    return kept;
  } finally {
    await db.destroy();
  }
}
