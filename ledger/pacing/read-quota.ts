import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

/**
 * What SpeechSense lets a project read, by API and in its own pages together (its published limits). Nothing tells
 * which projects a connection belongs to, so the account stands for its project here.
 */
const WINDOWS = [
  { name: 'second', seconds: 1, requests: 20 },
  { name: 'minute', seconds: 60, requests: 200 },
  { name: 'hour', seconds: 3_600, requests: 2_000 },
  { name: 'day', seconds: 86_400, requests: 20_000 },
] as const;

/** The part of the customer's reading quota that this product takes, shared by all its processes. */
export function createReadQuota(db: Database) {
  return {
    /**
     * Takes one request out of the share, or nothing when it would have to wait for too long.
     *
     * @param share of the whole quota, above 0 up to 1.
     * @returns milliseconds to wait before the request may go out; above `maxWaitMs` nothing was taken.
     */
    take: (accountId: number, share: number, maxWaitMs: number): Promise<number> =>
      db.transaction().execute(async (tx) => {
        // GCRA in each window. Half of a window's requests may come at once and the other half spread over it, so that
        // no sliding window ever sees more than its share.
        const windows = WINDOWS.map(({ name, seconds, requests }) => {
          const own = Math.max(1, Math.floor(requests * share));
          const burst = Math.max(1, Math.floor(own / 2));
          return {
            bucket: `${accountId}:speechsense:${name}`,
            interval: seconds / Math.max(1, own - burst),
            burst,
          };
        });
        const given = sql`json_to_recordset(${JSON.stringify(windows)}::json)
          as w(bucket text, interval float8, burst int)`;
        await sql`
          insert into rate_buckets (bucket, arrival_at) select bucket, clock_timestamp() from ${given} order by bucket
          on conflict (bucket) do nothing`.execute(tx);
        const { rows } = await sql<{ waitMs: number }>`
          select extract(epoch from
                   greatest(b.arrival_at, clock_timestamp()) - clock_timestamp()
                   + (1 - w.burst) * w.interval * interval '1 second') * 1000 as "waitMs"
            from rate_buckets b join ${given} using (bucket)
           order by b.bucket
             for update of b`.execute(tx);
        const waitMs = Math.max(0, ...rows.map((row) => row.waitMs));
        if (waitMs > maxWaitMs) return waitMs;
        await sql`
          update rate_buckets b
             set arrival_at = greatest(b.arrival_at, clock_timestamp()) + w.interval * interval '1 second'
            from ${given} where b.bucket = w.bucket`.execute(tx);
        return waitMs;
      }),
  };
}
