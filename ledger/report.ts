import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { CallDirection, EntityType, TransferState } from './schema.ts';

/** One call of an export's plan. The names are the report's columns, on which scripts depend. */
export interface ReportRow {
  call_id: number;
  note_id: number;
  entity_type: EntityType;
  entity_id: number;
  direction: CallDirection;
  started_at: Date;
  talk_seconds: number | null;
  operator_id: number | null;
  state: TransferState;
  reason: string | null;
  talk_id: string | null;
  attempts: number;
  bytes: number | null;
  audio_format: string | null;
  /** The SpeechSense keys whose values were cut to the service's limit, parted by spaces. */
  cut_values: string | null;
}

const PAGE = 2_000;

export function createReport(db: Database) {
  return {
    /** Every call of the export's plan, skipped ones too, in the order of the calls' ids; read page by page. */
    async *rows(exportId: string, state?: string): AsyncGenerator<ReportRow> {
      for (let after = 0; ;) {
        const page = await readPage(db, exportId, state, after);
        yield* page;
        const last = page.at(-1);
        if (!last || page.length < PAGE) return;
        after = last.call_id;
      }
    },

    /** The latest calls that did not come through, for the progress. */
    async latestFailures(
      exportId: string,
      limit: number,
    ): Promise<{ callId: number; noteId: number; reason: string }[]> {
      const { rows } = await sql<{ callId: number; noteId: number; reason: string }>`
        select t.call_id as "callId", c.note_id as "noteId", t.reason
          from transfers t join calls c using (call_id)
         where t.export_id = ${exportId} and t.state = 'failed'
         order by t.updated_at desc
         limit ${limit}`.execute(db);
      return rows;
    },
  };
}

async function readPage(
  db: Database,
  exportId: string,
  state: string | undefined,
  after: number,
): Promise<ReportRow[]> {
  const { rows } = await sql<ReportRow>`
    select t.call_id, c.note_id, c.entity_type, c.entity_id, c.direction, c.started_at, c.talk_seconds, c.operator_id,
           t.state, t.reason, t.talk_id, t.attempt as attempts, t.bytes, t.audio_format, t.cut_values
      from transfers t join calls c using (call_id)
     where t.export_id = ${exportId} and t.call_id > ${after} and (${state ?? null}::text is null or t.state = ${state ?? null})
     order by t.call_id
     limit ${PAGE}`.execute(db);
  return rows;
}
