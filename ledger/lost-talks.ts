import { sql } from 'kysely';
import type { UnconfirmedReason } from '../errors/reasons.ts';
import type { Database } from './database.ts';
import { decide, numberBatches, type PlanOptions } from './plan.ts';

/** A talk whose id is known, committed after a lost one: if it can be seen and the lost one cannot, that says a lot. */
interface Witness {
  talkId: string;
  sent: Record<string, string>;
}

/** An upload that was sent whole and whose answer was lost. */
export interface LostTalk {
  callId: number;
  /** The export that sent it, which may be an earlier one. */
  sentBy: string;
  sent: Record<string, string>;
  committedAt: Date;
  /** First looked for in vain while its witnesses could be seen. */
  absentSince: Date | null;
  /** Its time for being found is over. */
  overdue: boolean;
  /** Too old: SpeechSense may have deleted it. */
  expired: boolean;
  /** The nearest known talks that were committed later. */
  witnesses: Witness[];
}

/** When lost talks are looked for, in seconds after the commit. */
export interface LookTimes {
  afterSeconds: number;
  withinSeconds: number;
}

/** Talks older than this may be gone from SpeechSense, which keeps them for 3 months: absence proves nothing. */
export const KEPT_DAYS = 85;
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
    select t.call_id, k.export_id, k.account_id, k.connection_id, k.sent, k.committed_at, k.absent_since,
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
               p.absent_since as "absentSince",
               now() >= p.committed_at + ${times.withinSeconds} * interval '1 second' as overdue,
               p.committed_at < now() - ${KEPT_DAYS} * interval '1 day' as expired,
               coalesce(w.witnesses, '[]') as witnesses
          from (${pending(exportId, times)}) p
          left join lateral (
            select json_agg(json_build_object('talkId', talk_id, 'sent', sent)) as witnesses
              from (select talk_id, sent from talks k
                     where k.account_id = p.account_id and k.connection_id = p.connection_id
                       and k.talk_id is not null and k.missing_at is null and k.committed_at > p.committed_at
                     order by k.committed_at
                     limit 3) as later
          ) w on true
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

    /** Of these talk ids, those that are known as some call's. */
    async known(accountId: number, connectionId: string, talkIds: string[]): Promise<Set<string>> {
      if (talkIds.length === 0) return new Set();
      const rows = await db
        .selectFrom('talks')
        .select('talk_id')
        .where('account_id', '=', accountId)
        .where('connection_id', '=', connectionId)
        .where('talk_id', 'in', talkIds)
        .execute();
      return new Set(rows.flatMap(({ talk_id }) => talk_id ?? []));
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
        return rows[0]?.adopted === 1;
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
      db.transaction().execute(async (tx) => {
        const { batches } = await tx
          .selectFrom('exports')
          .select('batches')
          .where('export_id', '=', exportId)
          .forUpdate()
          .executeTakeFirstOrThrow();
        if (lost.length === 0) return { batches: batches ?? 0 };
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
        await decide(tx, exportId, options);
        const total = await numberBatches(tx, exportId, options.batchSize, batches ?? 0);
        await tx.updateTable('exports').set({ batches: total }).where('export_id', '=', exportId).execute();
        return { batches: total };
      }),
  };
}
