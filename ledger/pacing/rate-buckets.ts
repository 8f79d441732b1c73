import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

export interface TurnRequest {
  accountId: number;
  /** Whose stream it is: amoCRM counts requests by integration. */
  client: string;
  requestsPerSecond: number;
  /** Goes before the line. */
  interactive: boolean;
  /** The place in the line that an earlier answer gave; undefined for a newcomer. */
  place?: Date | undefined;
}

/** `nowMs` is when it was decided, by the clock of Postgres. */
export type TurnAnswer =
  /** The request may go out after so many milliseconds. A `probe` says how it fared by `settleProbe`. */
  | { granted: true; nowMs: number; waitMs: number; probe: boolean }
  /** Not yet: ask again after so many milliseconds, with this place. `reason` is given while amoCRM's refusal is waited for. */
  | { granted: false; nowMs: number; waitMs: number; place: Date; reason: Refusal | null };

/** By what amoCRM asks an account's requests to slow down, or shuts them out. */
export type Refusal = 'amocrm_throttled' | 'amocrm_blocked';

/** How long nobody asks after the first refusal of a kind, by how much longer after each further one, and at most. */
const PAUSES = {
  amocrm_throttled: { firstSeconds: 1, growth: 4, mostSeconds: 900 },
  amocrm_blocked: { firstSeconds: 300, growth: 2, mostSeconds: 3600 },
} as const;

/** Refusals this far apart have nothing to do with each other. */
const FORGOTTEN_AFTER = sql.lit('10 minutes');
/** Longer than a request ever takes: after it, whoever sent the probe is dead. */
const PROBE_LIMIT = '90 seconds';
/** After a pause the rate climbs from an eighth back to the whole in this time. */
const CLIMB = '60 seconds';
const CLIMB_FROM = 8;

/**
 * The pace of requests to amoCRM, shared by every process, on Postgres' clock.
 *
 * - A GCRA bucket for each (account, client). Its burst is one request, because at six requests a second even evenly
 *   spaced requests reach seven in some sliding second.
 * - Bulk requests stand in a line: the first question gives a place in it, the next one, when that has come, the
 *   moment. So the next free moments stay free until they are there, and interactive requests can take them.
 * - A breaker for each account: after a refusal nobody asks for a while, then one request alone, then all, slowly.
 */
export function createRateBuckets(db: Database) {
  return {
    /** Asks for the account's next free moment; called again, with the place given, until it is granted. */
    async takeTurn(turn: TurnRequest): Promise<TurnAnswer> {
      const { accountId, client, requestsPerSecond, interactive, place } = turn;
      const { rows } = await sql<{
        granted: boolean;
        nowMs: number;
        waitMs: number;
        place: Date;
        probe: boolean;
        reason: Refusal | null;
      }>`
        select t.granted, (extract(epoch from clock_timestamp()) * 1000)::float as "nowMs", extract(epoch from t.wait) * 1000 as "waitMs", t.place_at as place, t.probe,
               coalesce(t.reason, b.reason) as reason
          from take_turn(${accountId}, ${bucketOf(accountId, client)}, make_interval(secs => ${1 / requestsPerSecond}),
                         ${interactive}, ${place ?? null}::timestamptz, ${PROBE_LIMIT}, ${CLIMB}, ${CLIMB_FROM}) t
          -- While a probe is out it is still amoCRM's refusal that is waited for.
          left join breakers b on b.account_id = ${accountId} and not t.granted
                              and b.mended_at is null and b.probe_until > clock_timestamp()`.execute(db);
      const [answer] = rows;
      if (!answer) throw new Error('take_turn answers one row');
      const { granted, nowMs, waitMs, reason } = answer;
      return granted
        ? { granted, nowMs, waitMs, probe: answer.probe }
        : { granted, nowMs, waitMs, place: answer.place, reason };
    },

    /**
     * Lets the account rest after a refusal: longer after each one that follows. Refusals of requests that were under
     * way together count as one.
     *
     * @param retryAfterMs what amoCRM asked for, if it did; the rest is never shorter.
     */
    async refused(accountId: number, reason: Refusal, retryAfterMs = 0): Promise<void> {
      const { firstSeconds, growth, mostSeconds } = PAUSES[reason];
      const refusals = sql`case when b.closed_until > clock_timestamp() then b.refusals
                                when b.mended_at < clock_timestamp() - interval ${FORGOTTEN_AFTER} then 1
                                else b.refusals + 1 end`;
      const until = (count: typeof refusals) => sql`clock_timestamp() + make_interval(secs => greatest(
        ${retryAfterMs / 1000}::float, least(${mostSeconds}::float, ${firstSeconds}::float * ${growth}::float ^ least(${count} - 1, 20))))`;
      await sql`
        insert into breakers as b (account_id, reason, refusals, closed_until)
        values (${accountId}, ${reason}, 1, ${until(sql`1`)})
        on conflict (account_id) do update
          set reason = case when b.closed_until > clock_timestamp() and b.reason = 'amocrm_blocked'
                            then b.reason else excluded.reason end,
              refusals = ${refusals},
              closed_until = greatest(b.closed_until, ${until(refusals)}),
              probe_until = null,
              mended_at = null`.execute(db);
    },

    /** Ends a probe: answered, it lets the others follow; without an answer another one may try. */
    async settleProbe(accountId: number, answered: boolean): Promise<void> {
      await sql`
        update breakers
           set probe_until = null, mended_at = case when ${answered} then clock_timestamp() end
         where account_id = ${accountId} and mended_at is null and closed_until <= clock_timestamp()`.execute(db);
    },

    /** By what and until when the account's requests rest; undefined when they do not. */
    async rest(accountId: number): Promise<{ reason: Refusal; until: Date } | undefined> {
      const { rows } = await sql<{ reason: Refusal; until: Date }>`
        select reason, closed_until as until from breakers
         where account_id = ${accountId} and closed_until > clock_timestamp()`.execute(db);
      return rows[0];
    },
  };
}

function bucketOf(accountId: number, client: string): string {
  return `${accountId}:${client}`;
}
