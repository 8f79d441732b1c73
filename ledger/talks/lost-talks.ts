import { sql } from 'kysely';
import type { UnconfirmedReason } from '../../errors/reasons.ts';
import type { Database } from '../database/database.ts';
import { inDoubtAgain } from './in-doubt.ts';
import { planMore, type PlanOptions } from '../exports/plan.ts';

/** An upload of the registry that was sent whole and that no answer belongs to, so far. */
export interface Unanswered {
  callId: number;
  /** The export that sent it, which may be an earlier one. */
  sentBy: string;
  sent: Record<string, string>;
  committedAt: Date;
}

/** One that is looked for. */
export interface LostTalk extends Unanswered {
  bytes: number | null;
  /** First looked for in vain while its witnesses could be seen. */
  absentSince: Date | null;
  /** Its time for being found is over. */
  overdue: boolean;
}

/** When lost talks are looked for, in seconds after the commit. */
export interface LookTimes {
  afterSeconds: number;
  withinSeconds: number;
  /** Before that no talk is absent, whatever else can be seen. */
  absentAfterSeconds: number;
}

/** Uploads of one call in one export that came to nothing without an answer, after which it is tried no more. */
const MAX_ABSENCES = 3;
const MAX_PAUSE_SECONDS = 300;
const UNIQUE_VIOLATION = '23505';

/** The calls of an export whose answer was lost, and what becomes of them. */
export function createLostTalks(db: Database) {
  /** When each is to be looked for: after a pause, then at growing intervals, a last time when its time is over. */
  const dueAt = ({ afterSeconds, withinSeconds }: LookTimes) => sql`case
    when k.absent_since is not null then k.absent_since + ${afterSeconds} * interval '1 second'
    when k.looked_at is null then k.committed_at + ${afterSeconds} * interval '1 second'
    else least(
      k.looked_at + least(greatest((k.looked_at - k.committed_at) / 2, ${afterSeconds / 2} * interval '1 second'),
                          ${MAX_PAUSE_SECONDS} * interval '1 second'),
      greatest(k.committed_at + ${withinSeconds} * interval '1 second', now()))
    end`;

  /** Those still looked for, each with the upload that is in doubt: this export's own, else the earliest. */
  const pending = (exportId: string, times: LookTimes) => sql`
    select t.call_id, k.export_id, k.sent, k.committed_at, k.bytes, k.absent_since,
           ${dueAt(times)} as due_at
      from transfers t
      join exports e using (export_id)
      cross join lateral (
        select * from talks k
         where (k.account_id, k.connection_id, k.call_id) = (e.account_id, e.connection_id, t.call_id)
           and k.talk_id is null
         order by (k.export_id = t.export_id) desc, k.committed_at
         limit 1
      ) k
     where t.export_id = ${exportId} and t.state = 'unconfirmed' and t.reason = ${'answer_lost' satisfies UnconfirmedReason}`;

  return {
    /** Those that are to be looked for now, the earliest commits first. */
    async due(exportId: string, times: LookTimes, limit: number): Promise<LostTalk[]> {
      const { rows } = await sql<LostTalk>`
        select p.call_id as "callId", p.export_id as "sentBy", p.sent, p.committed_at as "committedAt",
               p.bytes, p.absent_since as "absentSince",
               now() >= p.committed_at + ${times.withinSeconds} * interval '1 second' as overdue
          from (${pending(exportId, times)}) p
         where p.due_at <= now()
         order by p.committed_at, p.call_id
         limit ${limit}`.execute(db);
      return rows;
    },

    /** Seconds until the next one is to be looked for: 0 when it is time; null when none is looked for any more. */
    async nextInSeconds(exportId: string, times: LookTimes): Promise<number | null> {
      const { rows } = await sql<{ seconds: number | null }>`
        select extract(epoch from min(due_at) - now()) as seconds from (${pending(exportId, times)}) p`.execute(db);
      const seconds = rows[0]?.seconds ?? null;
      return seconds === null ? null : Math.max(0, seconds);
    },

    /** Uploads of whatever export that have no answer and were of calls of these moments: they may look alike. */
    async unanswered(accountId: number, connectionId: string, dates: string[]): Promise<Unanswered[]> {
      if (dates.length === 0) return [];
      const { rows } = await sql<Unanswered>`
        select call_id as "callId", export_id as "sentBy", sent, committed_at as "committedAt"
          from talks
         where account_id = ${accountId} and connection_id = ${connectionId} and talk_id is null
           and (sent->>'date')::timestamptz = any(${dates}::timestamptz[])`.execute(db);
      return rows;
    },

    /**
     * The talk was found: the call is exported, in every export that was in doubt about this upload.
     *
     * @returns false when its answer came after all, or the talk is another call's.
     */
    async adopt({ callId, sentBy }: Pick<LostTalk, 'callId' | 'sentBy'>, talkId: string): Promise<boolean> {
      try {
        const { rows } = await sql<{ adopted: number }>`
          with adopted as (
            update talks k set talk_id = ${talkId}, adopted = true, absent_since = null
             where export_id = ${sentBy} and call_id = ${callId} and talk_id is null
               and not exists (
                 select from talks other
                  where (other.account_id, other.connection_id) = (k.account_id, k.connection_id)
                    and other.talk_id = ${talkId})
            returning account_id, connection_id, call_id, bytes, audio_format
          ), replaced as (
            delete from talks k using adopted a
             where (k.account_id, k.connection_id, k.call_id) = (a.account_id, a.connection_id, a.call_id)
               and k.missing_at is not null
          ), confirmed as (
            update transfers t
               set state = 'exported', reason = null, talk_id = ${talkId}, bytes = a.bytes,
                   audio_format = a.audio_format, updated_at = now()
              from adopted a, exports e
             where t.call_id = a.call_id and t.state = 'unconfirmed' and e.export_id = t.export_id
               and (e.account_id, e.connection_id) = (a.account_id, a.connection_id)
               and not exists (
                 select from talks own
                  where own.export_id = t.export_id and own.call_id = t.call_id and own.export_id <> ${sentBy})
          )
          select count(*) as adopted from adopted`.execute(db);
        return rows[0]?.adopted === 1 && !(await isAnothers(sentBy, callId, talkId));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return false;
        throw error;
      }
    },

    /** They were looked for in vain; `absent` where their witnesses could be seen meanwhile. */
    async looked(lost: Pick<LostTalk, 'callId' | 'sentBy'>[], absent: boolean): Promise<void> {
      if (lost.length === 0) return;
      await sql`
        update talks k
           set looked_at = now(), absent_since = case when ${absent} then coalesce(k.absent_since, now()) end
          from json_to_recordset(${JSON.stringify(lost)}::json) as l("callId" bigint, "sentBy" uuid)
         where k.export_id = l."sentBy" and k.call_id = l."callId" and k.talk_id is null`.execute(db);
    },

    /** They are no longer looked for in this export; why is said. */
    async giveUp(exportId: string, callIds: number[], reason: UnconfirmedReason): Promise<void> {
      if (callIds.length === 0) return;
      await db
        .updateTable('transfers')
        .set({ reason, updated_at: sql`now()` })
        .where('export_id', '=', exportId)
        .where('call_id', 'in', callIds)
        .where('state', '=', 'unconfirmed')
        .execute();
    },

    /** Those whose time is over are no longer looked for in this export, whether or not they could be. */
    async giveUpOverdue(exportId: string, times: LookTimes): Promise<void> {
      await sql`
        update transfers t set reason = ${'talk_not_found' satisfies UnconfirmedReason}, updated_at = now()
          from (${pending(exportId, times)}) p
         where t.export_id = ${exportId} and t.call_id = p.call_id and t.state = 'unconfirmed'
           and now() >= p.committed_at + ${times.withinSeconds} * interval '1 second'`.execute(db);
    },

    /**
     * They are certainly not there: they are planned again, as further batches, and their registry rows go. One that
     * came to nothing too often fails instead.
     *
     * @returns how many batches there are now.
     */
    sendAgain: (
      exportId: string,
      lost: Pick<LostTalk, 'callId' | 'sentBy'>[],
      options: PlanOptions,
    ): Promise<{ batches: number }> =>
      planMore(db, exportId, options, async (tx) => {
        if (lost.length === 0) return false;
        await sql`
          with gone as (
            delete from talks k
             using json_to_recordset(${JSON.stringify(lost)}::json) as l("callId" bigint, "sentBy" uuid)
             where k.export_id = l."sentBy" and k.call_id = l."callId" and k.talk_id is null
            returning k.call_id
          )
          update transfers t
             set absences = absences + 1, batch = null, updated_at = now(), attempt = attempt + 1,
                 state = case when absences + 1 >= ${MAX_ABSENCES} then 'failed' else 'listed' end,
                 reason = case when absences + 1 >= ${MAX_ABSENCES} then 'not_stored' end
           where t.export_id = ${exportId} and t.state = 'unconfirmed'
             and t.call_id in (select call_id from gone)`.execute(tx);
        return true;
      }),
  };

  /**
   * Whether an answer that was being written down while the talk was adopted says that it is another call's; then the
   * adoption is taken back. Neither of the two sees what the other has not committed, so this waits for those answers.
   */
  function isAnothers(sentBy: string, callId: number, talkId: string): Promise<boolean> {
    return db.transaction().execute(async (tx) => {
      await sql`
        select from talks k join talks own using (account_id, connection_id)
         where own.export_id = ${sentBy} and own.call_id = ${callId} and k.talk_id is null
           for share of k`.execute(tx);
      const { rows } = await sql<{ count: number }>`
        with taken_back as (
          update talks k set talk_id = null, adopted = false, looked_at = null
           where k.export_id = ${sentBy} and k.call_id = ${callId} and k.talk_id = ${talkId} and k.adopted
             and exists (
               select from talks other
                where (other.account_id, other.connection_id) = (k.account_id, k.connection_id)
                  and other.talk_id = ${talkId} and not other.adopted)
          returning k.call_id
        ), in_doubt as (${inDoubtAgain(talkId)})
        select count(*) as count from taken_back`.execute(tx);
      return (rows[0]?.count ?? 0) > 0;
    });
  }
}
