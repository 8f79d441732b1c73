import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Schema } from '../schema.ts';

export interface Account {
  accountId: number;
  /** The account's own host, such as `example.amocrm.ru`; in a sandbox with its port. */
  host: string;
  name: string;
  /** IANA name of the time zone that its dates are meant in. */
  timeZone: string;
  /** amoCRM's paid option without which a filter on entities is silently ignored. */
  isApiFilterEnabled: boolean;
  /** In which its phones are dialled, ISO 3166-1 alpha-2; null where it names none. */
  country: string | null;
}

/** What `account remove` deleted, by table. */
export type Removed = Record<
  'calls' | 'notes' | 'users' | 'entities' | 'transfers' | 'talks' | 'exports' | 'secrets',
  number
>;

export function createAccounts(db: Database) {
  const select = () =>
    db
      .selectFrom('accounts')
      .select([
        'account_id as accountId',
        'host',
        'name',
        'time_zone as timeZone',
        'is_api_filter_enabled as isApiFilterEnabled',
        'country',
      ]);

  return {
    /** Adds the account or renews what is known of it; a renamed one keeps its data. */
    async put({ accountId, host, name, timeZone, isApiFilterEnabled, country }: Account): Promise<void> {
      const facts = { host, name, time_zone: timeZone, is_api_filter_enabled: isApiFilterEnabled, country };
      await db
        .insertInto('accounts')
        .values({ account_id: accountId, ...facts })
        .onConflict((conflict) => conflict.column('account_id').doUpdateSet(facts))
        .execute();
    },

    list: (): Promise<Account[]> => select().orderBy('host').execute(),

    find: (accountId: number): Promise<Account | undefined> =>
      select().where('account_id', '=', accountId).executeTakeFirst(),

    /**
     * Deletes everything of an account, personal data first, in portions, so that no statement takes long and an
     * interrupted removal has at least done its first part and can be called again.
     */
    async remove(accountId: number): Promise<Removed> {
      const ofAccount = sql`account_id = ${accountId}`;
      const ofExports = sql`export_id in (select export_id from exports where account_id = ${accountId})`;
      const users = await deleteAll(db, 'users', ofAccount);
      const entities = await deleteAll(db, 'entities', ofAccount);
      const notes = await deleteAll(db, 'call_notes', ofAccount);
      const talks = await deleteAll(db, 'talks', ofAccount);
      const transfers = await deleteAll(db, 'transfers', ofExports);
      await deleteAll(db, 'call_identities', ofAccount);
      const calls = await deleteAll(db, 'calls', ofAccount);
      const secrets = (await deleteAll(db, 'tokens', ofAccount)) + (await deleteAll(db, 'connections', ofAccount));
      const exports = await deleteAll(db, 'exports', ofAccount);
      await sql`delete from rate_buckets where bucket like ${`${accountId}:%`}`.execute(db);
      await deleteAll(db, 'breakers', ofAccount);
      await deleteAll(db, 'accounts', ofAccount);
      return { calls, notes, users, entities, transfers, talks, exports, secrets };
    },
  };
}

/** Rows that one statement deletes, with all that hangs on them. */
const PORTION = 5_000;

async function deleteAll(db: Database, table: keyof Schema, condition: RawBuilder<unknown>): Promise<number> {
  for (let deleted = 0; ;) {
    const { numAffectedRows = 0n } = await sql`
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)} where ${condition} limit ${PORTION}))`.execute(db);
    deleted += Number(numAffectedRows);
    if (numAffectedRows < PORTION) return deleted;
  }
}
