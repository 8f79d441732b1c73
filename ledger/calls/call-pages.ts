import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { REPORT_COLUMNS, reportSource, type ReportRow } from '../exports/report-columns.ts';
import type { TransferState } from '../schema.ts';

/** Where a page of calls ended. */
export interface CallPlace {
  /** Of the time that the order goes by: microseconds since 1970, as exact as Postgres keeps them. */
  micros: number;
  callId: number;
}

/** By the calls' own times, or those that something happened to last first. */
export type CallOrder = 'newest' | 'oldest' | 'latest';

export interface CallPageQuery {
  exportId: string;
  /** Empty means all. */
  states: readonly TransferState[];
  reason?: string | undefined;
  operatorId?: number | undefined;
  order: CallOrder;
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

/** Each with the time that it goes by: the call's as it is known now, for which there is an index. */
const ORDERS = {
  newest: { time: sql`c.started_at`, direction: sql`desc`, beyond: sql`<` },
  oldest: { time: sql`c.started_at`, direction: sql`asc`, beyond: sql`>` },
  latest: { time: sql`t.updated_at`, direction: sql`desc`, beyond: sql`<` },
} as const satisfies Record<CallOrder, unknown>;

/** Calls of an export page by page. */
export function createCallPages(db: Database) {
  return {
    async read({
      exportId,
      states,
      reason,
      operatorId,
      order,
      after,
      limit,
    }: CallPageQuery): Promise<{ calls: CallOfPage[]; next: CallPlace | undefined }> {
      const columns = SHOWN.map((name) => sql`${REPORT_COLUMNS[name]} as ${sql.id(name)}`);
      const { time, direction, beyond } = ORDERS[order];
      const conditions = [
        sql`t.export_id = ${exportId}`,
        ...(states.length > 0 ? [sql`t.state in (${sql.join(states)})`] : []),
        ...(reason === undefined ? [] : [sql`t.reason = ${reason}`]),
        ...(operatorId === undefined ? [] : [sql`fact.operator_id = ${operatorId}`]),
        ...(after
          ? [
              sql`(${time}, t.call_id) ${beyond} (
                timestamptz 'epoch' + ${after.micros}::bigint * interval '1 microsecond', ${after.callId})`,
            ]
          : []),
      ];
      const { rows } = await sql<CallRow>`
        select ${sql.join(columns)}, (extract(epoch from ${time}) * 1000000)::bigint as micros
          ${reportSource()}
         where ${sql.join(conditions, sql` and `)}
         order by ${time} ${direction}, t.call_id ${direction}
         limit ${limit + 1}`.execute(db);
      const calls = rows.slice(0, limit);
      const last = rows.length > limit ? calls.at(-1) : undefined;
      return { calls, next: last && { micros: last.micros, callId: last.call_id } };
    },
  };
}
