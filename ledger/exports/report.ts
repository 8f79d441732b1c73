import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { REPORT_COLUMNS, reportSource, type ReportRow } from './report-columns.ts';

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
  const columns = Object.entries(REPORT_COLUMNS).map(([name, value]) => sql`${value} as ${sql.id(name)}`);
  // The page first: joined as they are, these tables are read from the export's first call on for each page.
  const page = sql`(
    select * from transfers
     where export_id = ${exportId} and call_id > ${after}
       and (${state ?? null}::text is null or state = ${state ?? null})
     order by call_id
     limit ${PAGE})`;
  const { rows } = await sql<ReportRow>`
    select ${sql.join(columns)} ${reportSource(page)} order by t.call_id`.execute(db);
  return rows;
}
