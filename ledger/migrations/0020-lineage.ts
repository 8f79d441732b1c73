import { type Kysely, sql } from 'kysely';

/**
 * Which server the ledger is on: a failover to a standby, and a recovery to a point in time, begin a new timeline. The
 * server's own number takes rights that managed servers may not give; then the timeline has to do.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function ledger_lineage() returns text language plpgsql volatile as $$
    declare
      server text := '-';
    begin
      begin
        select system_identifier::text into server from pg_control_system();
      exception when insufficient_privilege then
        null;
      end;
      return server || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8);
    end $$`.execute(db);
  // As it was when the account's exports were last known to be complete; null before its first one.
  await sql`alter table accounts add column lineage text, add column failed_over_at timestamptz`.execute(db);
}
