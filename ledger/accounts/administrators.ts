import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

export interface KnownRight {
  isAdmin: boolean;
  /** How long ago amoCRM said so. */
  ageMs: number;
}

/** Which users are administrators, as amoCRM said last. */
export function createAdministrators(db: Database) {
  return {
    read: (accountId: number, userId: number): Promise<KnownRight | undefined> =>
      db
        .selectFrom('administrators')
        .select([
          'is_admin as isAdmin',
          sql<number>`extract(epoch from clock_timestamp() - checked_at)::float8 * 1000`.as('ageMs'),
        ])
        .where('account_id', '=', accountId)
        .where('user_id', '=', userId)
        .executeTakeFirst(),

    async put(accountId: number, userId: number, isAdmin: boolean): Promise<void> {
      const facts = { is_admin: isAdmin, checked_at: sql<Date>`clock_timestamp()` };
      await db
        .insertInto('administrators')
        .values({ account_id: accountId, user_id: userId, ...facts })
        .onConflict((conflict) => conflict.columns(['account_id', 'user_id']).doUpdateSet(facts))
        .execute();
    },
  };
}
