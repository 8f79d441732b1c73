import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { Sealer } from './sealing.ts';

export interface Token {
  accountId: number;
  version: number;
  kind: 'long_lived';
  access: string;
}

const PURPOSE = 'amocrm_access' as const;

/** amoCRM tokens, sealed; the version grows with each new one. */
export function createTokens(db: Database, sealer: Sealer) {
  return {
    async put(accountId: number, access: string): Promise<void> {
      const facts = {
        kind: 'long_lived' as const,
        access_sealed: sealer.seal(access, { accountId, purpose: PURPOSE }),
      };
      await db
        .insertInto('tokens')
        .values({ account_id: accountId, version: 1, ...facts })
        .onConflict((conflict) =>
          conflict
            .column('account_id')
            .doUpdateSet({ ...facts, version: sql`tokens.version + 1`, updated_at: sql`now()` }),
        )
        .execute();
    },

    async read(accountId: number): Promise<Token | undefined> {
      const row = await db.selectFrom('tokens').selectAll().where('account_id', '=', accountId).executeTakeFirst();
      if (!row) return undefined;
      const access = sealer.open(row.access_sealed, { accountId, purpose: PURPOSE });
      return { accountId, version: row.version, kind: row.kind, access };
    },

    /** What may be told of the token without opening it. */
    about: (accountId: number): Promise<{ kind: Token['kind']; updatedAt: Date } | undefined> =>
      db
        .selectFrom('tokens')
        .select(['kind', 'updated_at as updatedAt'])
        .where('account_id', '=', accountId)
        .executeTakeFirst(),

    /** Seals with the current key whatever an older known one sealed; the version guards against a token that came meanwhile. */
    async resealAll(): Promise<number> {
      let count = 0;
      for (const row of await db.selectFrom('tokens').selectAll().execute()) {
        if (sealer.isCurrent(row.access_sealed) || !sealer.canOpen(row.access_sealed)) continue;
        const place = { accountId: row.account_id, purpose: PURPOSE };
        await db
          .updateTable('tokens')
          .set({ access_sealed: sealer.seal(sealer.open(row.access_sealed, place), place) })
          .where('account_id', '=', row.account_id)
          .where('version', '=', row.version)
          .execute();
        count++;
      }
      return count;
    },
  };
}
