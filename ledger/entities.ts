import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { EntityType } from './schema.ts';

export interface EntityRef {
  entityType: EntityType;
  entityId: number;
}

export interface Entity extends EntityRef {
  name: string | null;
  mainContactId: number | null;
  companyId: number | null;
}

/** What is known of the contacts, leads, companies and customers that calls hang on. */
export function createEntities(db: Database) {
  return {
    async putAll(accountId: number, entities: Entity[], readAt: Date): Promise<void> {
      if (entities.length === 0) return;
      await sql`
        insert into entities (account_id, entity_type, entity_id, name, main_contact_id, company_id, read_at)
        select distinct on ("entityType", "entityId")
               ${accountId}, "entityType", "entityId", name, "mainContactId", "companyId", ${readAt}
          from json_to_recordset(${JSON.stringify(entities)}::json)
            as e("entityType" text, "entityId" bigint, name text, "mainContactId" bigint, "companyId" bigint)
        on conflict (account_id, entity_type, entity_id) do update
          set name = excluded.name, main_contact_id = excluded.main_contact_id, company_id = excluded.company_id,
              read_at = excluded.read_at`.execute(db);
    },

    /**
     * The entities that a batch's calls hang on, and the main contacts of those leads, that were not read since the
     * given moment.
     */
    async missingFor(exportId: string, batch: number, readSince: Date): Promise<EntityRef[]> {
      const { rows } = await sql<EntityRef>`
        with wanted as (
          select distinct c.account_id, n.entity_type, n.entity_id
            from transfers t
            join calls c using (call_id)
            join call_notes n using (call_id)
           where t.export_id = ${exportId} and t.batch = ${batch} and t.state in ('planned', 'uploading')
        ), main_contacts as (
          select distinct e.account_id, 'contact' as entity_type, e.main_contact_id as entity_id
            from wanted w join entities e using (account_id, entity_type, entity_id)
           where e.main_contact_id is not null
        )
        select entity_type as "entityType", entity_id as "entityId"
          from (select * from wanted union select * from main_contacts) as refs
         where not exists (
           select from entities e
            where (e.account_id, e.entity_type, e.entity_id) = (refs.account_id, refs.entity_type, refs.entity_id)
              and e.read_at >= ${readSince})
         order by 1, 2`.execute(db);
      return rows;
    },

    /** The entities that the call's notes hang on, and the main contact of its leads, as far as they are known. */
    async ofCall(callId: number): Promise<Entity[]> {
      const { rows } = await sql<Entity>`
        with direct as (
          select e.* from call_notes n join entities e using (account_id, entity_type, entity_id)
           where n.call_id = ${callId}
        )
        select entity_type as "entityType", entity_id as "entityId", name,
               main_contact_id as "mainContactId", company_id as "companyId"
          from (
            select * from direct
            union
            select e.* from direct d
              join entities e on (e.account_id, e.entity_type, e.entity_id) = (d.account_id, 'contact', d.main_contact_id)
          ) as all_of_them
         order by 1, 2`.execute(db);
      return rows;
    },
  };
}
