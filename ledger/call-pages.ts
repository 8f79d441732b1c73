import { sql } from 'kysely';
import type { Database } from './database.ts';
import { REPORT_COLUMNS, REPORT_SOURCE, type ReportRow } from './report-columns.ts';
import type { TransferState } from './schema.ts';

/** Where a page of calls ended. */
export interface CallPlace {
  /** Microseconds since 1970, as exact as Postgres keeps them. */
  updatedAtMicros: number;
  callId: number;
}

export interface CallPageQuery {
  exportId: string;
  /** Empty means all. */
  states: readonly TransferState[];
  reason?: string | undefined;
  after?: CallPlace | undefined;
  limit: number;
}

const SHOWN = [
  'call_id',
  'note_id',
  'entity_type',
  'entity_id',
  'direction',
  'started_at',
  'talk_seconds',
  'operator_id',
  'operator_name',
  'state',
  'reason',
  'talk_id',
  'attempts',
] as const;

export type CallOfPage = Pick<ReportRow, (typeof SHOWN)[number]>;

type CallRow = CallOfPage & { micros: number };

/** Calls of an export page by page, those that something happened to last first. */
export function createCallPages(db: Database) {
  return {
    async read({
      exportId,
      states,
      reason,
      after,
      limit,
    }: CallPageQuery): Promise<{ calls: CallOfPage[]; next: CallPlace | undefined }> {
      const columns = SHOWN.map((name) => sql`${REPORT_COLUMNS[name]} as ${sql.id(name)}`);
      const conditions = [
        sql`t.export_id = ${exportId}`,
        ...(states.length > 0 ? [sql`t.state in (${sql.join(states)})`] : []),
        ...(reason === undefined ? [] : [sql`t.reason = ${reason}`]),
        ...(after
          ? [
              sql`(t.updated_at, t.call_id) < (
                timestamptz 'epoch' + ${after.updatedAtMicros}::bigint * interval '1 microsecond', ${after.callId})`,
            ]
          : []),
      ];
      const { rows } = await sql<CallRow>`
        select ${sql.join(columns)}, (extract(epoch from t.updated_at) * 1000000)::bigint as micros
          ${REPORT_SOURCE}
         where ${sql.join(conditions, sql` and `)}
         order by t.updated_at desc, t.call_id desc
         limit ${limit + 1}`.execute(db);
      const calls = rows.slice(0, limit);
      const last = rows.length > limit ? calls.at(-1) : undefined;
      return { calls, next: last && { updatedAtMicros: last.micros, callId: last.call_id } };
    },
  };
}
