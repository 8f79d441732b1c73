import { type RawBuilder, sql } from 'kysely';
import { prepared } from '../database/prepared.ts';
import type { Database } from '../database/database.ts';
import type { EntityType } from './call-facts.ts';

export interface EntityRef {
  entityType: EntityType;
  entityId: number;
}

export interface Entity extends EntityRef {
  /** Deleted, or out of the token's reach: known to be not there. */
  isGone: boolean;
  name: string | null;
  /** Of a lead: neither won nor lost. */
  isOpen: boolean;
  updatedAt: Date | null;
  mainContactId: number | null;
  companyId: number | null;
  leadIds: number[];
  /** The fields that were asked for when it was read, by their names in a mapping; null where it has none. */
  fields: Record<string, string | null>;
}

export interface KnownEntity extends Entity {
  readAt: Date;
}

/** A call of an export that is still to be sent, and what its notes hang on. */
export interface CallOfBatch {
  callId: number;
  batch: number;
  refs: EntityRef[];
}

/** Numbers of batches, both included. */
export interface BatchRange {
  from: number;
  to: number;
}

/** How far relations lead from what a note hangs on: a customer's contact's lead's company. */
const MAX_STEPS = 3;

/** What is known of the contacts, leads, companies and customers that calls hang on. */
export function createEntities(db: Database) {
  return {
    async putAll(accountId: number, entities: readonly Entity[], readAt: Date): Promise<void> {
      if (entities.length === 0) return;
      await sql`
        insert into entities (account_id, entity_type, entity_id, is_gone, name, is_open, updated_at, main_contact_id,
                              company_id, lead_ids, fields, read_at)
        select distinct on ("entityType", "entityId")
               ${accountId}, "entityType", "entityId", "isGone", name, "isOpen", "updatedAt", "mainContactId",
               "companyId", array(select jsonb_array_elements_text("leadIds")::bigint), fields, ${readAt}
          from jsonb_to_recordset(${JSON.stringify(entities)}::jsonb)
            as e("entityType" text, "entityId" bigint, "isGone" boolean, name text, "isOpen" boolean,
                 "updatedAt" timestamptz, "mainContactId" bigint, "companyId" bigint, "leadIds" jsonb, fields jsonb)
         order by "entityType", "entityId"
        on conflict (account_id, entity_type, entity_id) do update
          set is_gone = excluded.is_gone, name = excluded.name, is_open = excluded.is_open,
              updated_at = excluded.updated_at, main_contact_id = excluded.main_contact_id,
              company_id = excluded.company_id, lead_ids = excluded.lead_ids, fields = excluded.fields,
              read_at = excluded.read_at`.execute(db);
    },

    /** The calls of these batches that are still to be sent, in the order of the batches. */
    async callsOf(exportId: string, { from, to }: BatchRange): Promise<CallOfBatch[]> {
      const { rows } = await sql<CallOfBatch>`
        select t.call_id as "callId", t.batch,
               jsonb_agg(jsonb_build_object('entityType', n.entity_type, 'entityId', n.entity_id) order by n.note_id) as refs
          from transfers t join call_notes n using (call_id)
         where t.export_id = ${exportId} and t.batch >= ${from} and t.batch <= ${to}
           and t.state in ('planned', 'uploading')
         group by t.call_id, t.batch
         order by t.batch, t.call_id`.execute(db);
      return rows;
    },

    /** How many cards the export's calls that are still to be sent hang on. */
    async countPlanned(exportId: string): Promise<number> {
      const { rows } = await sql<{ cards: number }>`
        select count(distinct (n.entity_type, n.entity_id))::int as cards
          from transfers t join call_notes n using (call_id)
         where t.export_id = ${exportId} and t.state = 'planned'`.execute(db);
      return rows[0]?.cards ?? 0;
    },

    /** Those of the entities that are known, and what they lead to. */
    async reach(accountId: number, refs: readonly EntityRef[]): Promise<KnownEntity[]> {
      const direct = sql`
        select ${accountId}::bigint as account_id, "entityType" as entity_type, "entityId" as entity_id
          from jsonb_to_recordset(${JSON.stringify(refs)}::jsonb) as r("entityType" text, "entityId" bigint)`;
      const { rows } = await sql<KnownEntity>`${reachedFrom(direct)}`.execute(db);
      return rows;
    },

    /** What is known of the entities that the call's notes hang on (`isDirect`), and of what they lead to. */
    async ofCall(callId: number): Promise<(KnownEntity & { isDirect: boolean })[]> {
      const direct = sql`select account_id, entity_type, entity_id from call_notes where call_id = ${callId}`;
      const { rows } = await sql<KnownEntity & { isDirect: boolean }>`${prepared} ${reachedFrom(direct)}`.execute(db);
      return rows;
    },

    /** Whether the account was seen to ignore a filter since then. */
    async isFilterIgnored(accountId: number, since: Date): Promise<boolean> {
      const { rows } = await sql<{ ignored: boolean }>`
        select coalesce(filter_ignored_at >= ${since}, false) as ignored from accounts
         where account_id = ${accountId}`.execute(db);
      return rows[0]?.ignored ?? false;
    },

    async rememberFilterIgnored(accountId: number, at: Date): Promise<void> {
      await sql`update accounts set filter_ignored_at = ${at} where account_id = ${accountId}`.execute(db);
    },
  };
}

/** The known ones of these entities and whatever they lead to, each once. */
function reachedFrom(direct: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    with recursive direct as (${direct}), reached as (
      select distinct account_id, entity_type, entity_id, 0 as steps from direct
      union
      select r.account_id, l.entity_type, l.entity_id, r.steps + 1
        from reached r
        join entities e using (account_id, entity_type, entity_id)
        cross join lateral (
          select 'contact' as entity_type, e.main_contact_id as entity_id
          union all select 'company', e.company_id
          union all select 'lead', unnest(e.lead_ids)
        ) l
       where r.steps < ${MAX_STEPS} and l.entity_id is not null
    ), nearest as (
      select account_id, entity_type, entity_id, min(steps) as steps from reached group by 1, 2, 3
    )
    select e.entity_type as "entityType", e.entity_id as "entityId", e.is_gone as "isGone", e.name,
           e.is_open as "isOpen", e.updated_at as "updatedAt", e.main_contact_id as "mainContactId",
           e.company_id as "companyId", to_jsonb(e.lead_ids) as "leadIds", e.fields, e.read_at as "readAt",
           n.steps = 0 as "isDirect"
      from nearest n join entities e using (account_id, entity_type, entity_id)
     order by n.steps, 1, 2`;
}
