import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { EntityType } from './call-facts.ts';
import type { SweepPlace } from '../schema.ts';

/** Without a sign of life for so long, a reader is taken for dead and the next one takes its turn. */
const LAPSE_SECONDS = 60;

/** Whose turn it is to read an export's entities: one batch's at a time, so that nothing is asked for twice. */
export function createEntityTurns(db: Database) {
  return {
    /** Takes the turn, or keeps one that is held; false while another holds it. */
    async take(exportId: string, holder: string): Promise<boolean> {
      const { rows } = await sql`
        insert into entity_turns as t (export_id, holder, held_until)
        values (${exportId}, ${holder}, now() + make_interval(secs => ${LAPSE_SECONDS}))
        on conflict (export_id) do update set holder = excluded.holder, held_until = excluded.held_until
         where t.holder = excluded.holder or t.held_until < now()
        returning export_id`.execute(db);
      return rows.length > 0;
    },

    async end(exportId: string, holder: string): Promise<void> {
      await sql`
        update entity_turns set held_until = '-infinity' where export_id = ${exportId} and holder = ${holder}`.execute(
        db,
      );
    },

    /** Where the export's way through the account's list of this kind stands: undefined before it, null behind it. */
    async sweepPlace(exportId: string, entityType: EntityType): Promise<SweepPlace | null | undefined> {
      const row = await db
        .selectFrom('entity_turns')
        .select('sweeps')
        .where('export_id', '=', exportId)
        .executeTakeFirst();
      return row?.sweeps[entityType];
    },

    async putSweepPlace(exportId: string, entityType: EntityType, place: SweepPlace | null): Promise<void> {
      await sql`
        update entity_turns set sweeps = sweeps || jsonb_build_object(${entityType}::text, ${JSON.stringify(place)}::jsonb)
         where export_id = ${exportId}`.execute(db);
    },
  };
}
