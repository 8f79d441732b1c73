import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

/** A talk of the connection that the ledger does not know, and the note that its `call_id` names. */
export interface UnknownTalk {
  talkId: string;
  noteId: number;
  createdAt: Date | null;
  /** The metadata that tell it apart. */
  sent: Record<string, string>;
}

/** Talks that SpeechSense has and a ledger that has lost commits does not. */
export function createUnknownTalks(db: Database) {
  return {
    /**
     * Takes them into the registry, each as its call's, unless the call has a talk. Calls that a running export was to
     * send into this connection are exported with them.
     *
     * @returns the ids of the talks that were taken in.
     */
    async takeIn(accountId: number, connectionId: string, talks: readonly UnknownTalk[]): Promise<string[]> {
      if (talks.length === 0) return [];
      const { rows } = await sql<{ talkId: string }>`
        with given as (
          select distinct on (n.call_id) n.call_id, u."talkId" as talk_id, u."createdAt" as created_at, u.sent
            from jsonb_to_recordset(${JSON.stringify(talks)}::jsonb)
                   as u("talkId" text, "noteId" bigint, "createdAt" timestamptz, sent jsonb)
            join call_notes n on n.account_id = ${accountId} and n.note_id = u."noteId"
           order by n.call_id, u."createdAt"
        ), taken as (
          -- Which export sent it is lost.
          insert into talks (account_id, connection_id, call_id, export_id, re_export, talk_id, adopted, committed_at, sent)
          select ${accountId}, ${connectionId}::text, call_id, gen_random_uuid(), false, talk_id, true,
                 coalesce(created_at, now()), sent
            from given g
           where not exists (
             select from talks k
              where (k.account_id, k.connection_id, k.call_id) = (${accountId}, ${connectionId}, g.call_id)
                and k.missing_at is null)
          on conflict do nothing
          returning call_id, talk_id
        ), exported as (
          update transfers t
             set state = 'exported', reason = null, talk_id = k.talk_id, attempt = t.attempt + 1, updated_at = now()
            from taken k, exports e
           where t.call_id = k.call_id and t.state in ('planned', 'uploading') and e.export_id = t.export_id
             and (e.account_id, e.connection_id) = (${accountId}, ${connectionId}) and e.finished_at is null
             and not (e.settings->>'reExport')::boolean
        )
        select talk_id as "talkId" from taken`.execute(db);
      return rows.map(({ talkId }) => talkId);
    },
  };
}
