import { sql } from 'kysely';
import type { ExportSettings } from '../../settings/export-settings.ts';
import type { Interval } from '../../settings/period.ts';
import { type Unseen, type Witness, witnessesOf } from './absence.ts';
import type { Database } from '../database/database.ts';
import { countExportedCalls } from '../exports/exported-calls.ts';
import { isLost } from './missing-talks.ts';

/** A call of the registry with all its uploads into one connection. */
export interface RegisteredCall {
  callId: number;
  noteId: number;
  startedAt: Date;
  talks: RegisteredTalk[];
}

export interface RegisteredTalk {
  /** Null while its answer is missing. */
  talkId: string | null;
  /** Uploaded by an export that was told to send again what is there. */
  reExport: boolean;
  committedAt: Date;
  /** How long ago that was. */
  ageMs: number;
  sent: Record<string, string>;
  bytes: number | null;
}

const PAGE = 500;
/** Usually about a minute. */
const USUAL_INDEX_SECONDS = 120;

/** The registry of talks as a whole: what should be in SpeechSense. */
export function createRegistry(db: Database) {
  return {
    /** The registered calls of a period, in the order of their times, page by page. */
    async *pages(accountId: number, connectionId: string, { from, until }: Interval): AsyncGenerator<RegisteredCall[]> {
      let after: { startedAt: Date; callId: number } | undefined;
      for (;;) {
        const { rows } = await sql<
          Omit<RegisteredCall, 'talks'> & { talks: (RegisteredTalk & { committedAt: string })[] }
        >`
          select c.call_id as "callId", c.note_id as "noteId", c.started_at as "startedAt",
                 json_agg(json_build_object('talkId', k.talk_id, 'reExport', k.re_export, 'committedAt', k.committed_at,
                                            'ageMs', extract(epoch from clock_timestamp() - k.committed_at) * 1000, 'sent', k.sent,
                                            'bytes', k.bytes)
                          order by k.committed_at) as talks
            from calls c join talks k using (account_id, call_id)
           where c.account_id = ${accountId} and k.connection_id = ${connectionId}
             and c.started_at >= ${from} and c.started_at < ${until}
             and (c.started_at, c.call_id) > (${after?.startedAt ?? from}::timestamptz, ${after?.callId ?? 0}::bigint)
           group by c.call_id
           order by c.started_at, c.call_id
           limit ${PAGE}`.execute(db);
        const page = rows.map(({ talks, ...call }) => ({
          ...call,
          talks: talks.map((talk) => ({ ...talk, committedAt: new Date(talk.committedAt) })),
        }));
        if (page.length > 0) yield page;
        after = page.at(-1);
        if (page.length < PAGE) return;
      }
    },

    /**
     * Of these talk ids, those that are known as some call's.
     *
     * @param byAnswer only by an answer, which is a fact; not those that a search gave to a call.
     */
    async known(accountId: number, connectionId: string, talkIds: string[], byAnswer = false): Promise<Set<string>> {
      if (talkIds.length === 0) return new Set();
      const rows = await db
        .selectFrom('talks')
        .select('talk_id')
        .where('account_id', '=', accountId)
        .where('connection_id', '=', connectionId)
        .where('talk_id', 'in', talkIds)
        .$if(byAnswer, (query) => query.where('adopted', '=', false))
        .execute();
      return new Set(rows.flatMap(({ talk_id }) => talk_id ?? []));
    },

    /** Known talks that should be there to be read, the likeliest first: by then the index usually shows a talk. */
    async talksToLearnFrom(accountId: number, connectionId: string, since: Date, limit: number): Promise<string[]> {
      const near = sql`(now() - ${USUAL_INDEX_SECONDS} * interval '1 second')`;
      const talks = sql`
        select talk_id, committed_at from talks
         where account_id = ${accountId} and connection_id = ${connectionId} and talk_id is not null
           and missing_at is null and committed_at >= ${since}`;
      const { rows } = await sql<{ talkId: string }>`
        select talk_id as "talkId" from (
          (${talks} and committed_at <= ${near} order by committed_at desc limit ${limit})
          union all
          (${talks} and committed_at > ${near} order by committed_at limit ${limit})
        ) as nearest
         order by abs(extract(epoch from committed_at - ${near}))
         limit ${limit}`.execute(db);
      return rows.map(({ talkId }) => talkId);
    },

    /** See {@link witnessesOf}. */
    witnesses: (
      account: { accountId: number; connectionId: string },
      unseen: readonly Unseen[],
      absentAfterSeconds: number,
      among?: readonly string[],
    ): Promise<Witness[][]> => witnessesOf(db, account, unseen, absentAfterSeconds, among),

    /** Remembers which of these known talks are gone from SpeechSense, for `retry --missing`. */
    async setMissing(accountId: number, connectionId: string, talkIds: string[], missing: boolean): Promise<void> {
      if (talkIds.length === 0) return;
      await db
        .updateTable('talks')
        .set({ missing_at: missing ? sql<Date>`now()` : null })
        .where('account_id', '=', accountId)
        .where('connection_id', '=', connectionId)
        .where('talk_id', 'in', talkIds)
        .where('missing_at', missing ? 'is' : 'is not', null)
        // One that has been replaced meanwhile is a talk too many, not the call's own once more.
        .$if(!missing, (update) =>
          update.where(sql<boolean>`(re_export or not exists (
            select from talks other
             where (other.account_id, other.connection_id, other.call_id) = (talks.account_id, talks.connection_id, talks.call_id)
               and not other.re_export and other.missing_at is null))`),
        )
        .execute();
    },

    /** See {@link countExportedCalls}. */
    exportedCalls: (
      connection: { accountId: number; connectionId: string },
      interval: Interval,
      filters: Pick<ExportSettings, 'direction' | 'users' | 'talkSeconds'>,
    ): Promise<number> => countExportedCalls(db, connection, interval, filters),

    /** How many calls are in the connection no more, as `check` found. */
    async missingCalls(accountId: number, connectionId: string): Promise<number> {
      const { count } = await db
        .selectFrom('talks')
        .select((select) => select.fn.count<number>('call_id').distinct().as('count'))
        .where('account_id', '=', accountId)
        .where('connection_id', '=', connectionId)
        .where(isLost('talks'))
        .executeTakeFirstOrThrow();
      return count;
    },
  };
}
