import { sql } from 'kysely';
import type { Database } from './database.ts';

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
     * Deletes everything of an account, personal data first, each table in a transaction of its own so that an
     * interrupted removal has at least done its first part and can be called again.
     */
    async remove(accountId: number): Promise<Removed> {
      const byAccount = async (table: 'users' | 'entities' | 'talks' | 'tokens' | 'connections' | 'call_notes') =>
        Number((await db.deleteFrom(table).where('account_id', '=', accountId).executeTakeFirst()).numDeletedRows);
      const exportIds = db.selectFrom('exports').select('export_id').where('account_id', '=', accountId);

      const users = await byAccount('users');
      const entities = await byAccount('entities');
      const notes = await byAccount('call_notes');
      const talks = await byAccount('talks');
      const transfers = await db.deleteFrom('transfers').where('export_id', 'in', exportIds).executeTakeFirst();
      await db.deleteFrom('call_identities').where('account_id', '=', accountId).execute();
      const calls = await db.deleteFrom('calls').where('account_id', '=', accountId).executeTakeFirst();
      const secrets = (await byAccount('tokens')) + (await byAccount('connections'));
      const exports = await db.deleteFrom('exports').where('account_id', '=', accountId).executeTakeFirst();
      await sql`delete from rate_buckets where bucket like ${`${accountId}:%`}`.execute(db);
      await db.deleteFrom('breakers').where('account_id', '=', accountId).execute();
      await db.deleteFrom('accounts').where('account_id', '=', accountId).execute();
      return {
        calls: Number(calls.numDeletedRows),
        notes,
        users,
        entities,
        transfers: Number(transfers.numDeletedRows),
        talks,
        exports: Number(exports.numDeletedRows),
        secrets,
      };
    },
  };
}
