import { sql, type Transaction } from 'kysely';
import type { CallFacts, EntityType } from './call-facts.ts';
import { giveCalls } from './call-of-note.ts';
import type { Database } from '../database/database.ts';
import { mergeNotes } from './merge-notes.ts';
import type { FoundBy, Schema } from '../schema.ts';

/**
 * A call note as the listing saw it: one sighting of a call on one entity. A call on an unsorted lead has minus the lead's
 * id for `noteId`; `startedAt` is the note's `created_at`.
 */
export interface SightedNote extends CallFacts {
  /** What tells calls apart: telephony and its call id, else the recording link, else the note itself. */
  identity: string;
  updatedAt: Date;
  /** How well the note tells the operator: the lower, the better; null where it names nobody. */
  operatorRank: number | null;
  /** Of a call on an unsorted lead, by what amoCRM knows it. */
  unsortedUid: string | null;
}

export function createCalls(db: Database) {
  return {
    /**
     * Records a page of sightings in one transaction and lists their calls in the export. A note that was given to a
     * call before stays with it, whatever its identity is now; notes of one identity are one call, and what the call
     * says follows from all its notes as they were last read. Seeing a page twice changes nothing; seeing it after the
     * plan was closed (by a worker that had slept) lists nothing any more.
     */
    recordSightings: (
      accountId: number,
      exportId: string,
      notes: SightedNote[],
      foundBy: FoundBy = 'notes',
    ): Promise<void> =>
      db.transaction().execute(async (tx) => {
        if (notes.length === 0) return;
        const lists = await isListing(tx, exportId);
        // Two listings of one account (an export and a preview) take turns, so that one call is never made twice.
        await sql`select pg_advisory_xact_lock(hashtext('calls'), hashtext(${String(accountId)}))`.execute(tx);
        const callOf = await giveCalls(tx, accountId, notes);
        await mergeNotes(tx, accountId, notes, callOf);
        if (lists) await listCalls(tx, exportId, [...new Set(callOf.values())], foundBy);
      }),

    /** Which of these notes belong to no call that the export has listed. */
    async unlisted(accountId: number, exportId: string, noteIds: number[]): Promise<number[]> {
      const { rows } = await sql<{ noteId: number }>`
        select "noteId" from unnest(${noteIds}::bigint[]) as given("noteId")
         where not exists (
           select from call_notes n join transfers t on t.export_id = ${exportId} and t.call_id = n.call_id
            where n.account_id = ${accountId} and n.note_id = "noteId")`.execute(db);
      return rows.map(({ noteId }) => noteId);
    },

    /** The notes of the export's calls that still wait for a recording, by what they hang on. */
    async waitingNotes(exportId: string, after: number, limit: number) {
      const { rows } = await sql<{ noteId: number; entityType: EntityType }>`
        select n.note_id as "noteId", n.entity_type as "entityType"
          from transfers t join call_notes n using (call_id)
         where t.export_id = ${exportId} and t.state in ('waiting', 'listed') and n.note_id > ${after}
         order by n.note_id
         limit ${limit}`.execute(db);
      return rows;
    },

    /** The unsorted leads of the export's calls that still wait for a recording, by their uids. */
    async waitingUnsorted(exportId: string): Promise<string[]> {
      const { rows } = await sql<{ uid: string }>`
        select n.unsorted_uid as uid
          from transfers t join call_notes n using (call_id)
         where t.export_id = ${exportId} and t.state in ('waiting', 'listed') and n.note_id < 0
           and n.unsorted_uid is not null
         order by n.note_id`.execute(db);
      return rows.map(({ uid }) => uid);
    },
  };
}

/** Whether the export's plan is still open, which it then stays for this transaction. */
async function isListing(tx: Transaction<Schema>, exportId: string): Promise<boolean> {
  const open = await tx
    .selectFrom('exports')
    .select('export_id')
    .where('export_id', '=', exportId)
    .where('planned_at', 'is', null)
    .where('finished_at', 'is', null)
    .forShare()
    .executeTakeFirst();
  return open !== undefined;
}

async function listCalls(tx: Transaction<Schema>, exportId: string, callIds: number[], foundBy: FoundBy) {
  await sql`
    insert into transfers (export_id, call_id, state, found_by)
    select ${exportId}, unnest(${callIds}::bigint[]), 'listed', ${foundBy}
    on conflict (export_id, call_id) do nothing`.execute(tx);
}
