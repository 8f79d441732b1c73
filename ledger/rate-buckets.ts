import { sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * GCRA buckets shared by every process: one per (account, client). The burst is one request, because at six requests
 * a second even evenly spaced requests reach seven in some sliding second.
 */
export function createRateBuckets(db: Database) {
  return {
    /**
     * Reserves the next free moment of the bucket.
     *
     * @returns milliseconds to wait before the request may go out.
     */
    async reserve(bucket: string, requestsPerSecond: number): Promise<number> {
      const { rows } = await sql<{ waitMs: number }>`
        insert into rate_buckets as b (bucket, arrival_at)
        values (${bucket}, clock_timestamp())
        on conflict (bucket) do update
          set arrival_at = greatest(b.arrival_at + ${1 / requestsPerSecond} * interval '1 second', clock_timestamp())
        returning extract(epoch from arrival_at - clock_timestamp()) * 1000 as "waitMs"`.execute(db);
      return Math.max(0, rows[0]?.waitMs ?? 0);
    },
  };
}
