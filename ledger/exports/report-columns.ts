import { type RawBuilder, sql } from 'kysely';
import { type CallDirection, columnList, type EntityType, PLANNED_COLUMNS } from '../calls/call-facts.ts';
import type { TransferState } from '../schema.ts';

/**
 * The report's columns and where each is read from: `t` is the call's row in the export, `fact` what the plan knew of the
 * call. Names and order are a contract with people's spreadsheets and scripts: a new column goes to the end, and being in
 * this list is all that it needs.
 */
export const REPORT_COLUMNS = {
  call_id: sql<number>`t.call_id`,
  note_id: sql<number>`fact.note_id`,
  entity_type: sql<EntityType>`fact.entity_type`,
  entity_id: sql<number>`fact.entity_id`,
  direction: sql<CallDirection>`fact.direction`,
  started_at: sql<Date>`fact.started_at`,
  talk_seconds: sql<number | null>`fact.talk_seconds`,
  operator_id: sql<number | null>`fact.operator_id`,
  state: sql<TransferState>`t.state`,
  reason: sql<string | null>`t.reason`,
  talk_id: sql<string | null>`t.talk_id`,
  attempts: sql<number>`t.attempt`,
  bytes: sql<number | null>`t.bytes`,
  /** As it was sent; of a call that failed for its format, as it came. */
  audio_format: sql<string | null>`t.audio_format`,
  /** The reason's code again, which whoever writes the report out replaces by a sentence in its reader's language. */
  reason_text: sql<string | null>`t.reason`,
  /** The SpeechSense keys whose values were cut to the service's limit, parted by spaces. */
  cut_values: sql<string | null>`t.cut_values`,
  /** The format that the recording came in, where it had to be converted. */
  converted_from: sql<string | null>`t.converted_from`,
  channels: sql<number | null>`t.channels`,
  /** As amoCRM named the operator last, who may be gone since. */
  operator_name: sql<string | null>`nullif(u.name, '')`,
  /** Whoever writes the report out makes it of the entity and the account's host. */
  card_link: sql<string>`''`,
  /** How long the sound is that was sent. */
  recording_seconds: sql<number | null>`round(t.recording_seconds::numeric, 1)::float8`,
  /** What is to be known of the recording, parted by spaces: `incomplete`, `tracks_joined` and the like. */
  recording_remarks: sql<string | null>`t.recording_remarks`,
};

/**
 * Where the columns are read from. A call that no plan has decided yet is shown as its notes are now.
 *
 * @param transfers the calls' rows in the export; a page of them, where that is known before anything else is looked up.
 */
export const reportSource = (transfers: RawBuilder<unknown> = sql`transfers`) => sql`
  from ${transfers} t
  join calls c on c.call_id = t.call_id
  left join plan_facts p on (p.export_id, p.call_id) = (t.export_id, t.call_id)
 cross join lateral (
   select ${columnList(PLANNED_COLUMNS, 'p')}
    where p.call_id is not null
   union all
   select ${columnList(PLANNED_COLUMNS, 'c')}
    where p.call_id is null
 ) fact
  left join users u on (u.account_id, u.user_id) = (c.account_id, fact.operator_id)`;

type Columns = typeof REPORT_COLUMNS;

/** One call of an export's plan. */
export type ReportRow = { [Name in keyof Columns]: Columns[Name] extends RawBuilder<infer Value> ? Value : never };
