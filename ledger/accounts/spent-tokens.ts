import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

/** A disposable token of the widget: good for one change. */
export interface DisposableToken {
  /** Its `jti`. */
  id: string;
  expiresAt: Date;
}

/** Longer than any leeway with which an expired token is still taken. */
const KEPT_MINUTES = 10;

/** Disposable tokens that were used up. */
export function createSpentTokens(db: Database) {
  return {
    /** @returns false for one that was spent before. */
    async spend({ id, expiresAt }: DisposableToken): Promise<boolean> {
      await sql`delete from spent_tokens where expires_at < now() - ${KEPT_MINUTES} * interval '1 minute'`.execute(db);
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('spent_tokens')
        .values({ jti: id, expires_at: expiresAt })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },
  };
}
