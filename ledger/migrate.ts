import { type Migration, Migrator, sql } from 'kysely';
import type { Database } from './database.ts';
import { up as firstTables } from './migrations/0001-first-tables.ts';
import { up as tallies } from './migrations/0002-tallies.ts';
import { up as oauth } from './migrations/0003-oauth.ts';
import { up as pacing } from './migrations/0004-pacing.ts';
import { up as listing } from './migrations/0005-listing.ts';
import { up as entities } from './migrations/0006-entities.ts';
import { up as audio } from './migrations/0007-audio.ts';
import { up as confirm } from './migrations/0008-confirm.ts';
import { up as report } from './migrations/0009-report.ts';
import { up as adoptedTalks } from './migrations/0010-adopted-talks.ts';
import { up as backend } from './migrations/0011-backend.ts';
import { up as recurringIdentities } from './migrations/0012-recurring-identities.ts';
import { up as missingTalks } from './migrations/0013-missing-talks.ts';
import { up as callsByLink } from './migrations/0014-calls-by-link.ts';
import { up as sweepPlaces } from './migrations/0015-sweep-places.ts';

/** Listed by hand, in order, so that a build needs no file search and a review sees what runs. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-first-tables': { up: firstTables },
  '0002-tallies': { up: tallies },
  '0003-oauth': { up: oauth },
  '0004-pacing': { up: pacing },
  '0005-listing': { up: listing },
  '0006-entities': { up: entities },
  '0007-audio': { up: audio },
  '0008-confirm': { up: confirm },
  '0009-report': { up: report },
  '0010-adopted-talks': { up: adoptedTalks },
  '0011-backend': { up: backend },
  '0012-recurring-identities': { up: recurringIdentities },
  '0013-missing-talks': { up: missingTalks },
  '0014-calls-by-link': { up: callsByLink },
  '0015-sweep-places': { up: sweepPlaces },
};

/**
 * Brings the tables to what the code needs. Safe to run from many processes at once: one works, the others wait for
 * it (an advisory lock), and each migration is a transaction.
 *
 * @returns the names of the migrations that were applied now.
 */
export async function migrate(db: Database): Promise<string[]> {
  // The migrator looks for its table in every schema unless it is told which one is meant.
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
    ...(rows[0] ? { migrationTableSchema: rows[0].schema } : {}),
  });
  for (let looks = 1; ; looks++) {
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error && looks < MOST_LOOKS && isGoneSchema(error)) continue;
    if (error) throw error instanceof Error ? error : new Error('migration failed', { cause: error });
    return results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName);
  }
}

const MOST_LOOKS = 5;

/** No such schema, table or column; "cache lookup failed". All four were seen beside a neighbour that came and went. */
const GONE = new Set<unknown>(['3F000', '42P01', '42703', 'XX000']);

/**
 * Kysely looks at every schema of the database before it migrates, and meets one of these errors when a neighbour's is
 * dropped at that moment. Nothing has been done by then. A migration that fails so by itself fails at every look.
 */
function isGoneSchema(error: unknown): boolean {
  return error instanceof Error && 'code' in error && GONE.has(error.code);
}
