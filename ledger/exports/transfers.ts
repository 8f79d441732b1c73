import { type RawBuilder, sql } from 'kysely';
import type { FailureReason, SkipReason, UnconfirmedReason, WaitingReason } from '../../errors/reasons.ts';
import type { ExportSettings } from '../../settings/export-settings.ts';
import type { Database } from '../database/database.ts';
import { inDoubtAgain } from '../talks/in-doubt.ts';
import { prepared } from '../database/prepared.ts';
import { createLineage } from '../database/lineage.ts';
import { type CallFacts, namedFacts } from '../calls/call-facts.ts';
import type { TransferState } from '../schema.ts';

/** The call's row in an export. */
export interface TransferRef {
  exportId: string;
  callId: number;
}

/** An attempt's hold on a call: whoever holds a lower attempt number has lost it. */
export interface Lease extends TransferRef {
  attempt: number;
}

/** What an upload needs to know of its call. */
export interface CallToSend extends CallFacts {
  /** The settings of its export. */
  settings: ExportSettings;
  accountId: number;
  callId: number;
  connectionId: string;
  language: string;
  host: string;
  timeZone: string;
  country: string | null;
  operatorName: string | null;
  operatorGroup: string | null;
  /** For how long its recording has not been to be had; null when it was not asked for, or was had. */
  recordingFailingMs: number | null;
  /** What its link's last answer was, where it was none with a recording. */
  recordingAnswer: FailureReason | null;
  /** How long ago it was. */
  ageMs: number;
  /** It was put off to the end of its export once already. */
  postponed: boolean;
  defects: number;
  /** Attempts that died, and may have died of its recording. */
  deaths: number;
}

export type Claim =
  /** This attempt holds the call now. */
  | { kind: 'claimed'; lease: Lease; call: CallToSend }
  /** Nothing is left to do for it. */
  | { kind: 'settled'; state: TransferState };

export type CommitAnswer = 'marked' | 'lease_lost' | 'taken_by_other_export';

/** What is remembered of an upload before it is completed, so that its talk can be found without its answer. */
export interface SentTalk {
  /** The metadata that tells the talk apart. */
  sent: Record<string, string>;
  bytes: number;
  audioFormat: string;
  /** The format that the recording came in, where it had to be converted. */
  convertedFrom?: string | undefined;
  channels?: number | undefined;
  /** Of sound. */
  recordingSeconds?: number;
  recordingRemarks?: readonly string[];
  /** SpeechSense keys whose values were cut to the service's limit. */
  cutKeys?: readonly string[];
}

export interface Exported {
  talkId: string;
  /** As in {@link SentTalk}, where its marker may be gone. */
  sent?: Record<string, string>;
  bytes: number;
  audioFormat: string;
}

/** After so many a recording is taken to be what kills workers. */
const DEADLY = 3;

/**
 * The state of each call in an export and the rules by which it moves:
 * planned → uploading → committing → exported, with failed, waiting and unconfirmed as its other ends.
 *
 * A move is made by the attempt that holds the call, or not at all. `committing` is written, together with a row in
 * the registry of talks, before an upload is completed: whoever finds it there without its attempt knows that nobody
 * can tell whether SpeechSense has the call.
 */
export function createTransfers(db: Database) {
  /**
   * Takes hold of calls, each with a new attempt, which ends every earlier one's hold; one statement with their facts.
   * What an earlier attempt left in doubt, or was killed by too often, is settled here. Answers in the order asked for,
   * without the calls that need nothing any more. A finished export sends nothing.
   *
   * A row that is still `uploading` was left by an attempt that died. The first death of a call counts wherever it
   * happened, a later one only with the recording in hand; the third one is the call's end.
   *
   * @throws {ExportError} `ledger_failed_over`, where only that keeps a call from being claimed.
   */
  async function claimAll(exportId: string, callIds: readonly number[]): Promise<Claim[]> {
    const deaths = sql`(t.deaths + (t.state = 'uploading' and (t.in_hand or t.deaths = 0))::int)`;
    const { rows } = await sql<CallToSend & { state: TransferState; attempt: number; risk_taken: boolean }>`${prepared}
      with claimed as (
      update transfers t
         set attempt = attempt + 1,
             state = case when t.state = 'committing' then 'unconfirmed'
                          when ${deaths} >= ${DEADLY} then 'failed' else 'uploading' end,
             reason = case when t.state = 'committing' then ${'answer_lost' satisfies UnconfirmedReason}
                           when ${deaths} >= ${DEADLY} then ${'internal_error' satisfies FailureReason} end,
             deaths = ${deaths}, in_hand = false, updated_at = now()
        from exports e, accounts a, calls c
        left join users u on u.account_id = c.account_id and u.user_id = c.operator_id
       where t.export_id = ${exportId} and t.call_id = any(${callIds}::bigint[]) and t.state in ('planned', 'uploading', 'committing')
         and e.export_id = t.export_id and e.finished_at is null
         and c.call_id = t.call_id and a.account_id = c.account_id
         and (a.lineage is null or a.lineage = ledger_lineage())
      returning t.state, t.attempt, t.risk_taken,
                extract(epoch from clock_timestamp() - t.recording_failing_since) * 1000 as "recordingFailingMs",
                extract(epoch from clock_timestamp() - c.started_at) * 1000 as "ageMs",
                t.recording_answer as "recordingAnswer", t.postponed, t.defects, t.deaths,
                c.account_id as "accountId", c.call_id as "callId", ${namedFacts('c')},
                nullif(u.name, '') as "operatorName", u.group_name as "operatorGroup",
                e.connection_id as "connectionId", e.language, e.settings, a.host, a.time_zone as "timeZone",
                a.country
      ), forgotten as (
        -- Whoever asked for it takes the risk of a second talk: only now, as a retry may be stopped before.
        delete from talks k using claimed c
         where c.risk_taken and c.state <> 'failed' and (k.account_id, k.connection_id, k.call_id) = (c."accountId", c."connectionId", c."callId")
           and k.talk_id is null and k.export_id <> ${exportId}
      )
      select * from claimed`.execute(db);
    if (rows.length < callIds.length) await assertKept(db, exportId, callIds);
    const place = new Map(callIds.map((callId, nth) => [callId, nth]));
    return rows
      .sort((a, b) => (place.get(a.callId) ?? 0) - (place.get(b.callId) ?? 0))
      .map(({ state, attempt, risk_taken: _, ...call }) =>
        state === 'uploading'
          ? { kind: 'claimed', lease: { exportId, callId: call.callId, attempt }, call }
          : { kind: 'settled', state },
      );
  }

  return {
    /** The calls of a batch that still need doing, in the order in which they were numbered. */
    async remainingOfBatch(exportId: string, batch: number): Promise<{ callId: number; talkSeconds: number }[]> {
      const { rows } = await sql<{ callId: number; talkSeconds: number }>`
        select t.call_id as "callId", t.talk_seconds as "talkSeconds"
          from transfers t join calls c using (call_id)
         where t.export_id = ${exportId} and t.batch = ${batch} and t.state in ('planned', 'uploading', 'committing')
         order by c.started_at, t.call_id`.execute(db);
      return rows;
    },

    claimAll,

    /** {@link claimAll} for one call; says where it stands when it needs nothing any more. */
    async claim({ exportId, callId }: TransferRef): Promise<Claim> {
      const [claim] = await claimAll(exportId, [callId]);
      return claim ?? { kind: 'settled', state: await stateOf(db, exportId, callId) };
    },

    /** Gives calls back that were claimed and not begun: nothing is known of them that was not known before. */
    async giveBack(leases: readonly Lease[]): Promise<void> {
      await sql`
        update transfers t set state = 'planned', updated_at = now()
          from unnest(${leases.map(({ exportId }) => exportId)}::uuid[], ${leases.map(({ callId }) => callId)}::bigint[],
                      ${leases.map(({ attempt }) => attempt)}::int[]) as l (export_id, call_id, attempt)
         where t.export_id = l.export_id and t.call_id = l.call_id and t.attempt = l.attempt
           and t.state = 'uploading'`.execute(db);
    },

    /** Says whether the attempt is reading what the recording holds, so that its death there can be told from others. */
    async setInHand({ exportId, callId, attempt }: Lease, inHand: boolean): Promise<void> {
      await db
        .updateTable('transfers')
        .set({ in_hand: inHand })
        .where('export_id', '=', exportId)
        .where('call_id', '=', callId)
        .where('attempt', '=', attempt)
        .where('state', '=', 'uploading')
        .execute();
    },

    /**
     * The commit marker: written just before an upload is completed, in one statement with the registry of talks.
     * Anything but `marked` means: do not complete it.
     */
    async markCommitting({ exportId, callId, attempt }: Lease, talk: SentTalk): Promise<CommitAnswer> {
      const { convertedFrom = null, channels = null, recordingSeconds = null } = talk;
      const [cutValues, remarks] = [talk.cutKeys, talk.recordingRemarks].map((names) => names?.join(' ') || null);
      const { rows } = await sql<{ held: number; registered: number }>`${prepared}
        with held as (
          select t.call_id, e.account_id, e.connection_id, (e.settings->>'reExport')::boolean as re_export
            from transfers t join exports e on e.export_id = t.export_id
           where t.export_id = ${exportId} and t.call_id = ${callId} and t.attempt = ${attempt} and t.state = 'uploading'
             and e.finished_at is null
             for update of t
        ), registered as (
          insert into talks (account_id, connection_id, call_id, export_id, re_export, sent, bytes, audio_format)
          select account_id, connection_id, call_id, ${exportId}, re_export,
                 ${JSON.stringify(talk.sent)}::jsonb, ${talk.bytes}::bigint, ${talk.audioFormat}::text
            from held
          on conflict do nothing
          returning call_id
        ), marked as (
          update transfers
             set state = 'committing', converted_from = ${convertedFrom}::text, channels = ${channels}::smallint,
                 cut_values = ${cutValues}::text, recording_seconds = ${recordingSeconds}::float8,
                 recording_remarks = ${remarks}::text, updated_at = now()
           where export_id = ${exportId} and call_id in (select call_id from registered)
        )
        select (select count(*) from held) as held, (select count(*) from registered) as registered`.execute(db);
      const row = rows[0];
      if (!row || row.held === 0) return 'lease_lost';
      if (row.registered === 1) return 'marked';
      // An export that was terminated from outside may still have an upload under way: its row decides.
      await sql`
        update transfers t
           set state = case when k.talk_id is null then 'unconfirmed' else 'skipped' end,
               reason = case when k.talk_id is null then ${'answer_lost' satisfies UnconfirmedReason}
                             else ${'already_exported' satisfies SkipReason} end,
               updated_at = now()
          from exports e, talks k
         where t.export_id = ${exportId} and t.call_id = ${callId} and t.attempt = ${attempt} and t.state = 'uploading'
           and e.export_id = t.export_id
           and (k.account_id, k.connection_id, k.call_id) = (e.account_id, e.connection_id, t.call_id)
           and not k.re_export and k.missing_at is null`.execute(db);
      return 'taken_by_other_export';
    },

    /**
     * The answer came: the call is exported, whatever has become of it meanwhile, because the answer is the truth. It
     * ends a newer attempt's hold; a talk of the call that was gone is replaced; a call that a search gave this talk
     * to is in doubt again. Of two answers the first one stands: what a search found is none.
     */
    async recordExported(
      { exportId, callId }: TransferRef,
      { talkId, sent = {}, bytes, audioFormat }: Exported,
    ): Promise<void> {
      await sql`${prepared}
        with answered as (
          select e.account_id, e.connection_id, (e.settings->>'reExport')::boolean as re_export
            from transfers t join exports e on e.export_id = t.export_id
           where t.export_id = ${exportId} and t.call_id = ${callId}
             and (t.state <> 'exported' or exists (
                   select from talks k where k.export_id = t.export_id and k.call_id = t.call_id and k.adopted))
             for update of t
        ), confirmed as (
          insert into talks as k (account_id, connection_id, call_id, export_id, re_export, talk_id, sent, bytes, audio_format)
          select a.account_id, a.connection_id, ${callId}, ${exportId},
                 -- Sent again by another export, because its talk could not be found: then there are two.
                 a.re_export or exists (
                   select from talks o
                    where (o.account_id, o.connection_id, o.call_id) = (a.account_id, a.connection_id, ${callId})
                      and o.export_id <> ${exportId} and not o.re_export and o.missing_at is null),
                 ${talkId}, ${JSON.stringify(sent)}::jsonb, ${bytes}::bigint, ${audioFormat}::text
            from answered a
          on conflict (export_id, call_id) do update
            set talk_id = excluded.talk_id, sent = k.sent || excluded.sent, adopted = false, missing_at = null
          returning account_id, connection_id
        ), replaced as (
          delete from talks k using confirmed c
           where (k.account_id, k.connection_id, k.call_id) = (c.account_id, c.connection_id, ${callId})
             and k.export_id <> ${exportId} and k.missing_at is not null
        ), taken_back as (
          update talks k set talk_id = null, adopted = false, looked_at = null
            from confirmed c
           where (k.account_id, k.connection_id, k.talk_id) = (c.account_id, c.connection_id, ${talkId})
             and k.adopted and k.call_id <> ${callId}
          returning k.call_id
        ), in_doubt as (${inDoubtAgain(talkId)})
        update transfers
           set state = 'exported', reason = null, talk_id = ${talkId}, bytes = ${bytes}, audio_format = ${audioFormat},
               updated_at = now()
         where export_id = ${exportId} and call_id = ${callId} and exists (select from answered)`.execute(db);
    },

    /** The upload was sent whole and its answer is lost. */
    recordUnconfirmed: (lease: Lease): Promise<boolean> =>
      settle(db, lease, 'unconfirmed', 'answer_lost' satisfies UnconfirmedReason),

    /** Something is wrong with this very call; nothing of it is in SpeechSense. */
    recordFailed: (lease: Lease, reason: FailureReason, audioFormat?: string): Promise<boolean> =>
      settle(db, lease, 'failed', reason, audioFormat === undefined ? [] : [sql`audio_format = ${audioFormat}`]),

    /** Its recording may come yet: it is looked for once more at the end of this export, and by later ones. */
    awaitRecording: (lease: Lease, answer: FailureReason): Promise<boolean> =>
      settle(db, lease, 'waiting', 'recording_not_found' satisfies WaitingReason, [
        sql`batch = null, recording_failing_since = null, recording_answer = ${answer}`,
      ]),

    /**
     * Puts the call off to the end of its export, where it is planned once more, in a batch of its own.
     *
     * @param answer of its own link, if it has been asked.
     */
    postpone: (lease: Lease, answer?: FailureReason): Promise<boolean> =>
      settle(db, lease, 'waiting', 'telephony_away' satisfies WaitingReason, [
        sql`batch = null, postponed = true, recording_failing_since = null`,
        ...answered(answer),
      ]),

    /** Takes a marker back whose upload was cut for certain, so that the same attempt may upload again. */
    reopen: (lease: Lease): Promise<boolean> => settle(db, lease, 'uploading', null),

    /**
     * Gives the call back, surely not sent: stopped, cut, or held back by somebody else's outage. Only the attempt
     * that holds it can, and it alone knows that its marker, if any, was followed by no completed upload.
     *
     * @param because what is to be remembered of the attempt: its recording was not to be had, or a defect ended it.
     * @param answer of its own link, if that is why.
     */
    release: (lease: Lease, because?: 'recording' | 'defect', answer?: FailureReason): Promise<boolean> =>
      settle(db, lease, 'planned', null, [
        because === 'recording'
          ? sql`recording_failing_since = coalesce(recording_failing_since, now())`
          : sql`recording_failing_since = null`,
        ...(because === 'defect' ? [sql`defects = defects + 1`] : []),
        ...answered(answer),
      ]),
  };
}

function answered(answer: FailureReason | undefined): RawBuilder<unknown>[] {
  return answer === undefined ? [] : [sql`recording_answer = ${answer}`];
}

/**
 * Moves the call out of this attempt's hands; false when it was no longer in them. One statement, so that a process which
 * freezes on the way holds no lock.
 *
 * @param more further columns to set.
 */
async function settle(
  db: Database,
  { exportId, callId, attempt }: Lease,
  state: TransferState,
  reason: string | null,
  more: RawBuilder<unknown>[] = [],
): Promise<boolean> {
  // Usually there since the marker; an answer that came before the end of the upload is answered without one. Every other
  // end is certain that SpeechSense has not got the call. As a function `forget_upload` sees a marker of this attempt that
  // was written while the row was waited for.
  const registry =
    state === 'unconfirmed'
      ? sql`insert into talks (account_id, connection_id, call_id, export_id, re_export)
            select e.account_id, e.connection_id, m.call_id, e.export_id, (e.settings->>'reExport')::boolean
              from moved m join exports e using (export_id)
            on conflict do nothing
            returning 1`
      : sql`select forget_upload(export_id, call_id) from moved`;
  const { rows } = await sql<{ moved: number }>`
    with moved as (
      update transfers set ${sql.join([sql`state = ${state}, reason = ${reason}, updated_at = now()`, ...more])}
       where export_id = ${exportId} and call_id = ${callId} and attempt = ${attempt}
         and state in ('uploading', 'committing')
      returning export_id, call_id
    ), registry as materialized (${registry})
    select (select count(*) from moved) as moved, (select count(*) from registry)`.execute(db);
  return rows[0]?.moved === 1;
}

/** Asks why calls could not be claimed: most often because they need nothing any more. */
async function assertKept(db: Database, exportId: string, callIds: readonly number[]): Promise<void> {
  const open = await sql<{ accountId: number }>`
    select e.account_id as "accountId" from exports e
     where e.export_id = ${exportId} and exists (
       select from transfers t
        where t.export_id = e.export_id and t.call_id = any(${callIds}::bigint[])
          and t.state in ('planned', 'uploading', 'committing'))`.execute(db);
  const [row] = open.rows;
  if (row) await createLineage(db).assertKept(row.accountId);
}

async function stateOf(db: Database, exportId: string, callId: number): Promise<TransferState> {
  const { state } = await db
    .selectFrom('transfers')
    .select('state')
    .where('export_id', '=', exportId)
    .where('call_id', '=', callId)
    .executeTakeFirstOrThrow();
  return state;
}
