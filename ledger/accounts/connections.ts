import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Sealer } from './sealing.ts';

/** Where an account's calls go: one SpeechSense connection. */
export interface Connection {
  accountId: number;
  connectionId: string;
  /** What SpeechSense may hear: `ru-RU` or `ru-RU, kk-KZ`. */
  language: string;
  apiKey: string;
}

const PURPOSE = 'speechsense_api_key' as const;

export function createConnections(db: Database, sealer: Sealer) {
  return {
    async put({ accountId, connectionId, language, apiKey }: Connection): Promise<void> {
      const facts = {
        connection_id: connectionId,
        language,
        api_key_sealed: sealer.seal(apiKey, { accountId, purpose: PURPOSE }),
      };
      await db
        .insertInto('connections')
        .values({ account_id: accountId, ...facts })
        .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ ...facts, updated_at: sql`now()` }))
        .execute();
    },

    async read(accountId: number): Promise<Connection | undefined> {
      const row = await db.selectFrom('connections').selectAll().where('account_id', '=', accountId).executeTakeFirst();
      if (!row) return undefined;
      const apiKey = sealer.open(row.api_key_sealed, { accountId, purpose: PURPOSE });
      return { accountId, connectionId: row.connection_id, language: row.language, apiKey };
    },

    /** The connection without its key. */
    about: (accountId: number): Promise<Omit<Connection, 'apiKey'> | undefined> =>
      db
        .selectFrom('connections')
        .select(['account_id as accountId', 'connection_id as connectionId', 'language'])
        .where('account_id', '=', accountId)
        .executeTakeFirst(),

    /** Seals with the current key whatever an older known one sealed. */
    async resealAll(): Promise<number> {
      let count = 0;
      for (const row of await db.selectFrom('connections').selectAll().execute()) {
        if (sealer.isCurrent(row.api_key_sealed) || !sealer.canOpen(row.api_key_sealed)) continue;
        const place = { accountId: row.account_id, purpose: PURPOSE };
        await db
          .updateTable('connections')
          .set({ api_key_sealed: sealer.seal(sealer.open(row.api_key_sealed, place), place) })
          .where('account_id', '=', row.account_id)
          .where('api_key_sealed', '=', row.api_key_sealed)
          .execute();
        count++;
      }
      return count;
    },
  };
}
