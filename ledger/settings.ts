import { sql } from 'kysely';
import { type ExportSettings, parseExportSettings } from '../settings/export-settings.ts';
import type { Database } from './database.ts';

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

    async put(accountId: number, settings: ExportSettings): Promise<void> {
      const json = sql<ExportSettings>`${JSON.stringify(settings)}::jsonb`;
      await db
        .insertInto('settings')
        .values({ account_id: accountId, version: 1, settings: json })
        .onConflict((conflict) =>
          conflict
            .column('account_id')
            .doUpdateSet({ settings: json, version: sql`settings.version + 1`, updated_at: sql`now()` }),
        )
        .execute();
    },
  };
}
