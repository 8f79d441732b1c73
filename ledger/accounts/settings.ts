import { sql } from 'kysely';
import { type ExportSettings, parseExportSettings } from '../../settings/export-settings.ts';
import type { Database } from '../database/database.ts';

export interface StoredSettings {
  /** 0 while nothing has been saved and every setting has its default. */
  version: number;
  settings: ExportSettings;
}

/** The account's saved settings. They are read through the schema, so that an older row gets today's defaults. */
export function createSettings(db: Database) {
  return {
    async read(accountId: number): Promise<StoredSettings> {
      const row = await db
        .selectFrom('settings')
        .select(['version', 'settings'])
        .where('account_id', '=', accountId)
        .executeTakeFirst();
      return { version: row?.version ?? 0, settings: parseExportSettings(row?.settings ?? {}) };
    },

    /**
     * Saves the settings.
     *
     * @param over the version that they are to replace; any when absent.
     * @returns the new version; undefined when another one was saved meanwhile, which stays.
     */
    async put(accountId: number, settings: ExportSettings, over?: number): Promise<number | undefined> {
      const json = sql<ExportSettings>`${JSON.stringify(settings)}::jsonb`;
      const renewed = { settings: json, version: sql<number>`settings.version + 1`, updated_at: sql<Date>`now()` };
      if (over !== undefined && over > 0) {
        const update = db.updateTable('settings').set(renewed).where('account_id', '=', accountId);
        return (await update.where('version', '=', over).returning('version').executeTakeFirst())?.version;
      }
      const row = await db
        .insertInto('settings')
        .values({ account_id: accountId, version: 1, settings: json })
        .onConflict((conflict) =>
          over === 0 ? conflict.doNothing() : conflict.column('account_id').doUpdateSet(renewed),
        )
        .returning('version')
        .executeTakeFirst();
      return row?.version;
    },

    /** Gives the settings a new version as they are, because what is saved together with them has changed. */
    async renew(accountId: number): Promise<void> {
      const renewed = { version: sql<number>`settings.version + 1`, updated_at: sql<Date>`now()` };
      await db
        .insertInto('settings')
        .values({ account_id: accountId, version: 1, settings: sql<ExportSettings>`'{}'::jsonb` })
        .onConflict((conflict) => conflict.column('account_id').doUpdateSet(renewed))
        .execute();
    },
  };
}
