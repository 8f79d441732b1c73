import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

/** The metadata keys that a connection keeps: learned from its talks, since there is no way to ask for them. */
export function createConnectionKeys(db: Database) {
  return {
    /** The keys, and when they were last seen to be these; undefined when no talk of the connection was read yet. */
    read: (accountId: number, connectionId: string): Promise<{ keys: string[]; learnedAt: Date } | undefined> =>
      db
        .selectFrom('connection_keys')
        .select(['keys', 'learned_at as learnedAt'])
        .where('account_id', '=', accountId)
        .where('connection_id', '=', connectionId)
        .executeTakeFirst(),

    async put(accountId: number, connectionId: string, keys: string[]): Promise<void> {
      const facts = { keys, learned_at: sql<Date>`now()` };
      await db
        .insertInto('connection_keys')
        .values({ account_id: accountId, connection_id: connectionId, ...facts })
        .onConflict((conflict) => conflict.columns(['account_id', 'connection_id']).doUpdateSet(facts))
        .execute();
    },
  };
}
