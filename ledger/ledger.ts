import { sql } from 'kysely';
import { ExportError } from '../errors/export-error.ts';
import { type Account, createAccounts } from './accounts.ts';
import { createAdministrators } from './administrators.ts';
import { createBrakes } from './brakes.ts';
import { createCallPages } from './call-pages.ts';
import { createCalls } from './calls.ts';
import { createConnectionKeys } from './connection-keys.ts';
import { createCatalogues } from './catalogues.ts';
import { createCommands } from './commands.ts';
import { type Connection, createConnections } from './connections.ts';
import { createConsents } from './consents.ts';
import { openDatabase } from './database.ts';
import { createEntities } from './entities.ts';
import { createEntityTurns } from './entity-turns.ts';
import { createExports } from './exports.ts';
import { createLineage } from './lineage.ts';
import { createListings } from './listings.ts';
import { createLostTalks } from './lost-talks.ts';
import { migrate } from './migrate.ts';
import { createPlan } from './plan.ts';
import { createProgress } from './progress.ts';
import { createRateBuckets } from './rate-buckets.ts';
import { createReadQuota } from './read-quota.ts';
import { createRegistry } from './registry.ts';
import { createReport } from './report.ts';
import { createRetries } from './retries.ts';
import { createSealer, type EncryptionKey } from './sealing.ts';
import { createSettings } from './settings.ts';
import { createSpentTokens, type DisposableToken } from './spent-tokens.ts';
import { createThroughput } from './throughput.ts';
import { createTokens, type Grant } from './tokens.ts';
import { createTransfers } from './transfers.ts';
import { createUnknownTalks } from './unknown-talks.ts';
import { createUsers, type User } from './users.ts';

export interface LedgerOptions {
  databaseUrl: string;
  encryptionKeys: EncryptionKey[];
  maxConnections?: number;
}

export type Ledger = ReturnType<typeof openLedger>;

/** What a request of the widget may change, as one with the spending of its token. */
export interface Change {
  settings: ReturnType<typeof createSettings>;
  connections: ReturnType<typeof createConnections>;
  consents: ReturnType<typeof createConsents>;
  commands: ReturnType<typeof createCommands>;
}

/** Everything that is kept, in Postgres. One object, handed down to whoever needs it. */
export function openLedger({ databaseUrl, encryptionKeys, maxConnections }: LedgerOptions) {
  const db = openDatabase(databaseUrl, maxConnections === undefined ? {} : { maxConnections });
  const sealer = createSealer(encryptionKeys);
  const tokens = createTokens(db, sealer);
  const connections = createConnections(db, sealer);
  return {
    accounts: createAccounts(db),
    tokens,
    consents: createConsents(db),
    connections,
    settings: createSettings(db),
    users: createUsers(db),
    entities: createEntities(db),
    entityTurns: createEntityTurns(db),
    catalogues: createCatalogues(db),
    exports: createExports(db),
    calls: createCalls(db),
    listings: createListings(db),
    plan: createPlan(db),
    retries: createRetries(db),
    transfers: createTransfers(db),
    lostTalks: createLostTalks(db),
    registry: createRegistry(db),
    lineage: createLineage(db),
    unknownTalks: createUnknownTalks(db),
    connectionKeys: createConnectionKeys(db),
    readQuota: createReadQuota(db),
    progress: createProgress(db),
    throughput: createThroughput(db),
    report: createReport(db),
    callPages: createCallPages(db),
    rateBuckets: createRateBuckets(db),
    brakes: createBrakes(db),
    commands: createCommands(db),
    administrators: createAdministrators(db),

    /** The server's clock: moments that several processes compare come from it, as theirs may differ. */
    now: async (): Promise<Date> => {
      const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
      const [row] = rows;
      if (!row) throw new Error('the server told no time');
      return row.now;
    },

    /**
     * Spends a disposable token together with what it is used for: both or neither.
     *
     * @throws {ExportError} `token_used`; whatever the change throws.
     */
    spending: <T>(token: DisposableToken, change: (parts: Change) => Promise<T>): Promise<T> =>
      db.transaction().execute(async (tx) => {
        if (!(await createSpentTokens(tx).spend(token))) throw new ExportError('token_used');
        return change({
          settings: createSettings(tx),
          connections: createConnections(tx, sealer),
          consents: createConsents(tx),
          commands: createCommands(tx),
        });
      }),

    /** Adds an account, or renews it, with its token and users: all of it or nothing. */
    addAccount: (account: Account, grant: Grant, users: User[]): Promise<void> =>
      db.transaction().execute(async (tx) => {
        await createAccounts(tx).put(account);
        await createTokens(tx, sealer).put(account.accountId, grant);
        await createUsers(tx).putAll(account.accountId, users);
      }),

    /** Sets where an account's calls go. A settings page that shows another place is stale then, and cannot undo it. */
    setConnection: (connection: Connection): Promise<void> =>
      db.transaction().execute(async (tx) => {
        const before = await createConnections(tx, sealer).about(connection.accountId);
        await createConnections(tx, sealer).put(connection);
        if (before?.connectionId === connection.connectionId && before.language === connection.language) return;
        await createSettings(tx).renew(connection.accountId);
      }),

    /** Tables as the code needs them, secrets sealed with the current key. */
    async migrate(): Promise<{ migrations: string[]; resealed: number }> {
      const migrations = await migrate(databaseUrl);
      return { migrations, resealed: (await tokens.resealAll()) + (await connections.resealAll()) };
    },
    ping: async (): Promise<void> => {
      await sql`select 1`.execute(db);
    },
    close: (): Promise<void> => db.destroy(),
  };
}
