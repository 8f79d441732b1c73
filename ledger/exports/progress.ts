import type { Database } from '../database/database.ts';
import { createListings, type ListingProgress } from '../calls/listings.ts';

/** An export's totals. `found = planned + skipped`; `planned = exported + failed + waiting + unconfirmed + remaining`. */
export interface Progress {
  calls: {
    found: number;
    planned: number;
    exported: number;
    failed: number;
    waiting: number;
    unconfirmed: number;
    remaining: number;
    /** Calls by the reason for which they are not sent. */
    skipped: Record<string, number>;
  };
  /** Calls that failed, by reason. */
  failures: Record<string, number>;
  /** Seconds of talk, of the planned and of the exported calls. */
  talkSeconds: { planned: number; exported: number };
  bytes: { uploaded: number };
  /** How its listing went. */
  listing: ListingProgress;
}

export function createProgress(db: Database) {
  return {
    /** Reads the export's tallies: a few hundred rows, whatever the number of calls. */
    async read(exportId: string): Promise<Progress> {
      const rows = await db
        .selectFrom('tallies')
        .select((select) => [
          'bucket',
          'reason',
          select.fn.sum<number>('calls').as('calls'),
          select.fn.sum<number>('talk_seconds').as('talkSeconds'),
          select.fn.sum<number>('bytes').as('bytes'),
        ])
        .where('export_id', '=', exportId)
        .groupBy(['bucket', 'reason'])
        .execute();

      const totals = (bucket: string, field: 'calls' | 'talkSeconds' | 'bytes') =>
        rows.filter((row) => row.bucket === bucket).reduce((sum, row) => sum + row[field], 0);
      const byReason = (bucket: string) =>
        Object.fromEntries(
          rows.filter((row) => row.bucket === bucket && row.calls > 0).map((row) => [row.reason, row.calls]),
        );

      const ends = { exported: 0, failed: 0, waiting: 0, unconfirmed: 0, remaining: 0 };
      let plannedSeconds = 0;
      for (const bucket of ['exported', 'failed', 'waiting', 'unconfirmed', 'remaining'] as const) {
        ends[bucket] = totals(bucket, 'calls');
        plannedSeconds += totals(bucket, 'talkSeconds');
      }
      const planned = Object.values(ends).reduce((sum, calls) => sum + calls, 0);
      return {
        calls: {
          found: planned + totals('skipped', 'calls') + totals('listed', 'calls'),
          planned,
          ...ends,
          skipped: byReason('skipped'),
        },
        failures: byReason('failed'),
        talkSeconds: { planned: plannedSeconds, exported: totals('exported', 'talkSeconds') },
        bytes: { uploaded: totals('exported', 'bytes') },
        listing: await createListings(db).read(exportId),
      };
    },
  };
}
