import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { CrossCheckState, RemarkKind } from '../schema.ts';

/** How the listing of an export stands, and what it came across. */
export interface ListingProgress {
  /** What is being read, or was read last: contacts, leads, companies, customers, unsorted, events; null before. */
  source: string | null;
  /** Up to which `updated_at`; null where it is not read by time. */
  reachedAt: Date | null;
  /** Requests for pages so far. */
  pages: number;
  crossCheck: {
    state: CrossCheckState;
    /** Call events read. */
    events: number;
    /** Calls of the period that only an event told of. */
    found: number;
    /** Notes that an event told of and that are deleted since. */
    deleted: number;
  };
  /** Calls on unsorted leads that have no note. */
  unsorted: number;
  /** Calls of the plan of which nobody can tell who talked. */
  unknownOperators: number;
  /** Call notes that could not be placed; the first of them by name. */
  unreadable: { notes: number; named: string[] };
  /** Lists of the account that amoCRM does not give, so that what they name is left out: `pipelines`, `lead_fields`. */
  missingLists: string[];
}

export const NOTHING_LISTED: ListingProgress = {
  source: null,
  reachedAt: null,
  pages: 0,
  crossCheck: { state: 'pending', events: 0, found: 0, deleted: 0 },
  unsorted: 0,
  unknownOperators: 0,
  unreadable: { notes: 0, named: [] },
  missingLists: [],
};

export interface ListingStep {
  source: string;
  reachedAt: Date | null;
  pages: number;
  events?: number;
  crossCheck?: CrossCheckState;
}

const NAMED = 10;

export function createListings(db: Database) {
  return {
    /** Writes down where the listing is. */
    async advance(exportId: string, { source, reachedAt, pages, events, crossCheck }: ListingStep): Promise<void> {
      const step = {
        source,
        reached_at: reachedAt,
        pages,
        ...(events === undefined ? {} : { events }),
        ...(crossCheck === undefined ? {} : { cross_check: crossCheck }),
      };
      await db
        .insertInto('listings')
        .values({ export_id: exportId, ...step })
        .onConflict((conflict) => conflict.column('export_id').doUpdateSet(step))
        .execute();
    },

    /** Remembers things by their names; the same name again is the same thing. */
    async remark(exportId: string, kind: RemarkKind, names: string[]): Promise<void> {
      if (names.length === 0) return;
      await sql`
        insert into listing_remarks (export_id, kind, name) select ${exportId}, ${kind}, unnest(${names}::text[])
        on conflict do nothing`.execute(db);
    },

    /** Whether the export goes on without this list already. */
    async isMissing(exportId: string, list: string): Promise<boolean> {
      const found = await db
        .selectFrom('listing_remarks')
        .select('name')
        .where('export_id', '=', exportId)
        .where('kind', '=', 'missing_list')
        .where('name', '=', list)
        .executeTakeFirst();
      return found !== undefined;
    },

    async read(exportId: string): Promise<ListingProgress> {
      const { rows } = await sql<{
        source: string | null;
        reachedAt: Date | null;
        pages: number | null;
        events: number | null;
        crossCheck: CrossCheckState | null;
        unknownOperators: number | null;
        found: number;
        unsorted: number;
        deleted: number;
        unreadable: number;
        named: string[];
        missingLists: string[];
      }>`
        select l.source, l.reached_at as "reachedAt", l.pages, l.events, l.cross_check as "crossCheck",
               l.unknown_operators as "unknownOperators",
               (select count(*) from transfers where export_id = ${exportId} and found_by = 'events')::int as found,
               (select count(*) from transfers where export_id = ${exportId} and found_by = 'unsorted')::int as unsorted,
               r.deleted, r.unreadable, r.named, r.missing as "missingLists"
          from (select count(*) filter (where kind = 'deleted')::int as deleted,
                       count(*) filter (where kind = 'unreadable')::int as unreadable,
                       coalesce((array_agg(name order by name) filter (where kind = 'unreadable'))[1:${NAMED}], '{}')
                         as named,
                       coalesce(array_agg(name order by name) filter (where kind = 'missing_list'), '{}') as missing
                  from listing_remarks where export_id = ${exportId}) as r
          left join listings l on l.export_id = ${exportId}`.execute(db);
      const [row] = rows;
      if (!row) return NOTHING_LISTED;
      return {
        source: row.source,
        reachedAt: row.reachedAt,
        pages: row.pages ?? 0,
        crossCheck: {
          state: row.crossCheck ?? 'pending',
          events: row.events ?? 0,
          found: row.found,
          deleted: row.deleted,
        },
        unsorted: row.unsorted,
        unknownOperators: row.unknownOperators ?? 0,
        unreadable: { notes: row.unreadable, named: row.named },
        missingLists: row.missingLists,
      };
    },
  };
}
