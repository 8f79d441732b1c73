import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

/** What a consent link was given out for. */
export interface Consent {
  host: string;
  /** The account that it is to authorise again; null for one that is not known yet. */
  accountId: number | null;
}

/** As long as amoCRM's codes live. */
const MINUTES = 20;

/** Consent links that were given out: each comes back once, within 20 minutes, or never. */
export function createConsents(db: Database) {
  return {
    /** @returns the state for the link: known to its receiver only, of it the ledger keeps a hash. */
    async give({ host, accountId }: Consent): Promise<string> {
      const state = randomBytes(32).toString('base64url');
      await sql`delete from consents where given_at < now() - ${MINUTES} * interval '1 minute'`.execute(db);
      await db
        .insertInto('consents')
        .values({ state_hash: hashOf(state), host, account_id: accountId })
        .execute();
      return state;
    },

    /** Takes a state that came back; undefined for one that is unknown, used or too old. */
    async take(state: string): Promise<Consent | undefined> {
      const { rows } = await sql<Consent & { fresh: boolean }>`
        delete from consents where state_hash = ${hashOf(state)}
        returning host, account_id as "accountId",
                  given_at >= now() - ${MINUTES} * interval '1 minute' as fresh`.execute(db);
      const [row] = rows;
      return row?.fresh === true ? { host: row.host, accountId: row.accountId } : undefined;
    },
  };
}

/** Whether a link of ours may have carried it: what others put in its place has another form. */
export function isConsentState(state: string): boolean {
  return /^[\w-]{43}$/.test(state);
}

function hashOf(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}
