import { type Kysely, sql } from 'kysely';

/**
 * What the plan knew of each call when it decided: `calls` is shared by all exports and follows the notes, but a report
 * must not change afterwards. Written once a call, apart from `transfers`, whose rows are written again at every step.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table plan_facts (
      export_id uuid not null,
      call_id bigint not null,
      note_id bigint not null,
      entity_type text not null,
      entity_id bigint not null,
      direction text not null,
      started_at timestamptz not null,
      talk_seconds int,
      operator_id bigint,
      primary key (export_id, call_id),
      foreign key (export_id, call_id) references transfers on delete cascade
    )`.execute(db);
}
