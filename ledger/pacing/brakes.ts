import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

export type Turn =
  /** Go ahead. `braked`: as the one that tries whether the service is back; say what came of it. */
  { kind: 'go'; braked: boolean } | { kind: 'wait'; waitMs: number };

/** The only service that has a brake. */
const SERVICE = 'speechsense';
/** Failures that come together, of all lanes that were under way, are one. */
const ONE_WAVE = sql`interval '1 second'`;
const FIRST_PAUSE_SECONDS = 1;
const MAX_PAUSE_SECONDS = 60;
/** As long as nothing is heard of the one that tries, nobody else does. */
const TRIAL_SECONDS = 30;

/**
 * A brake for each account, shared by all lanes of all processes: when the service is away or asks for less, they all wait with growing pauses, after each of which one of them tries and the others wait for what it meets.
 */
export function createBrakes(db: Database) {
  return {
    /** Asked before each request. */
    async turn(accountId: number): Promise<Turn> {
      const { rows } = await sql<{ waitMs: number | null }>`
        with tried as (
          update brakes set held_until = clock_timestamp() + ${TRIAL_SECONDS} * interval '1 second'
           where account_id = ${accountId} and service = ${SERVICE} and held_until <= clock_timestamp()
          returning 1
        )
        select case when exists (select from tried) then null
                    else extract(epoch from held_until - clock_timestamp()) * 1000 end as "waitMs"
          from brakes where account_id = ${accountId} and service = ${SERVICE}`.execute(db);
      const row = rows[0];
      if (!row) return { kind: 'go', braked: false };
      if (row.waitMs === null) return { kind: 'go', braked: true };
      return { kind: 'wait', waitMs: Math.max(1, row.waitMs) };
    },

    /** The service is away. */
    async pull(accountId: number): Promise<void> {
      const pause = (failures: string) =>
        sql`least(${FIRST_PAUSE_SECONDS} * power(2, least(${sql.raw(failures)}, 10)), ${MAX_PAUSE_SECONDS}) * interval '1 second'`;
      await sql`
        insert into brakes as b (account_id, service, held_until, failures, failed_at)
        values (${accountId}, ${SERVICE}, clock_timestamp() + ${pause('0')}, 1, clock_timestamp())
        on conflict (account_id, service) do update
          set held_until = clock_timestamp() + ${pause('b.failures')},
              failures = b.failures + 1, failed_at = clock_timestamp()
        where b.failed_at < clock_timestamp() - ${ONE_WAVE}`.execute(db);
    },

    /** The one that was to try has not: the next one may, at once. */
    async handBack(accountId: number): Promise<void> {
      await db
        .updateTable('brakes')
        .set({ held_until: sql<Date>`clock_timestamp()` })
        .where('account_id', '=', accountId)
        .where('service', '=', SERVICE)
        .execute();
    },

    /** The service answered: everybody may go on. */
    async release(accountId: number): Promise<void> {
      await db.deleteFrom('brakes').where('account_id', '=', accountId).where('service', '=', SERVICE).execute();
    },
  };
}
