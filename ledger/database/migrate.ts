import { setTimeout as pause } from 'node:timers/promises';
import { type Migration, Migrator, sql } from 'kysely';
import { type Database, openMigrationConnection } from './database.ts';
import { buildIndexes } from './indexes.ts';
import type { SessionLimits } from './session-settings.ts';
import { up as firstTables } from '../migrations/0001-first-tables.ts';
import { up as tallies } from '../migrations/0002-tallies.ts';
import { up as oauth } from '../migrations/0003-oauth.ts';
import { up as pacing } from '../migrations/0004-pacing.ts';
import { up as listing } from '../migrations/0005-listing.ts';
import { up as entities } from '../migrations/0006-entities.ts';
import { up as audio } from '../migrations/0007-audio.ts';
import { up as confirm } from '../migrations/0008-confirm.ts';
import { up as report } from '../migrations/0009-report.ts';
import { up as adoptedTalks } from '../migrations/0010-adopted-talks.ts';
import { up as backend } from '../migrations/0011-backend.ts';
import { up as recurringIdentities } from '../migrations/0012-recurring-identities.ts';
import { up as missingTalks } from '../migrations/0013-missing-talks.ts';
import { up as callsByLink } from '../migrations/0014-calls-by-link.ts';
import { up as sweepPlaces } from '../migrations/0015-sweep-places.ts';
import { up as forgetUpload } from '../migrations/0016-forget-upload.ts';
import { up as accountCountry } from '../migrations/0017-account-country.ts';
import { up as talksOutliveExports } from '../migrations/0018-talks-outlive-exports.ts';
import { up as riskTaken } from '../migrations/0019-risk-taken.ts';
import { up as lineage } from '../migrations/0020-lineage.ts';
import { up as missingLists } from '../migrations/0021-missing-lists.ts';
import { up as recordingRemarks } from '../migrations/0022-recording-remarks.ts';
import { up as recordingAnswer } from '../migrations/0023-recording-answer.ts';
import { up as throughput } from '../migrations/0024-throughput.ts';
import { up as deaths } from '../migrations/0025-deaths.ts';

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
  '0016-forget-upload': { up: forgetUpload },
  '0017-account-country': { up: accountCountry },
  '0018-talks-outlive-exports': { up: talksOutliveExports },
  '0019-risk-taken': { up: riskTaken },
  '0020-lineage': { up: lineage },
  '0021-missing-lists': { up: missingLists },
  '0022-recording-remarks': { up: recordingRemarks },
  '0023-recording-answer': { up: recordingAnswer },
  '0024-throughput': { up: throughput },
  '0025-deaths': { up: deaths },
};

/**
 * Brings the tables to what the code needs, on a connection of its own. Safe to run from many processes at once: one
 * works, the others wait for it, however long it takes. Each migration is a transaction.
 *
 * @returns the names of the migrations that were applied now, then of the indexes that were built.
 */
export async function migrate(databaseUrl: string, limits: Partial<SessionLimits> = {}): Promise<string[]> {
  const db = openMigrationConnection(databaseUrl, limits);
  try {
    await waitForTurn(db);
    const applied = await applyAll(db);
    return [...applied, ...(await whileBusy(() => buildIndexes(db)))];
  } finally {
    await db.destroy();
  }
}

const TURN_EVERY_MS = 500;

/**
 * Only one process migrates at a time; the turn ends with its connection. It is asked for again and again: a statement
 * that waited for it would hold a snapshot, for which an index that is built concurrently would wait.
 */
async function waitForTurn(db: Database): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ mine: boolean }>`
      select pg_try_advisory_lock(hashtext('migrations'), hashtext(current_schema())) as mine`.execute(db);
    if (rows[0]?.mine === true) return;
    await pause(TURN_EVERY_MS);
  }
}

async function applyAll(db: Database): Promise<string[]> {
  // The migrator looks for its table in every schema unless it is told which one is meant.
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
    ...(rows[0] ? { migrationTableSchema: rows[0].schema } : {}),
  });
  const applied: string[] = [];
  for (;;) {
    const done = await whileBusy(() => applyNext(migrator));
    if (done.length === 0) return applied;
    applied.push(...done);
  }
}

async function applyNext(migrator: Migrator): Promise<string[]> {
  const { error, results = [] } = await migrator.migrateUp();
  if (error) throw error instanceof Error ? error : new Error('migration failed', { cause: error });
  return results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName);
}

/** How long a migration tries to get the locks that it needs, and how often. */
const LOCK_PATIENCE_MS = 15 * 60_000;
const LOCK_AGAIN_MS = 1_000;
const MOST_LOOKS = 5;

/** A lock that was not to be had in time, or only in a circle. */
const BUSY = new Set<unknown>(['55P03', '40P01']);
/** No such schema, table or column; "cache lookup failed". All four were seen beside a neighbour that came and went. */
const GONE = new Set<unknown>(['3F000', '42P01', '42703', 'XX000']);

/**
 * Tries a migration again while work under way holds what it needs: between two tries that work goes on. Kysely also
 * looks at every schema of the database before it migrates, and fails when a neighbour's is dropped at that moment.
 * Nothing has been done by then. A migration that fails so by itself fails at every look.
 */
async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  const until = performance.now() + LOCK_PATIENCE_MS;
  for (let looks = 1; ; looks++) {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      const isBusy = BUSY.has(code) && performance.now() < until;
      if (!isBusy && !(GONE.has(code) && looks < MOST_LOOKS)) throw error;
      if (isBusy) await pause(LOCK_AGAIN_MS);
    }
  }
}
