import { sql } from 'kysely';
import { ExportError } from '../errors/export-error.ts';
import { type Account, createAccounts } from './accounts/accounts.ts';
import { createAdministrators } from './accounts/administrators.ts';
import { createBrakes } from './pacing/brakes.ts';
import { createCallPages } from './calls/call-pages.ts';
import { createCalls } from './calls/calls.ts';
import { createConnectionKeys } from './accounts/connection-keys.ts';
import { createCatalogues } from './accounts/catalogues.ts';
import { createCommands } from './exports/commands.ts';
import { type Connection, createConnections } from './accounts/connections.ts';
import { createConsents } from './accounts/consents.ts';
import { openDatabase } from './database/database.ts';
import { createEntities } from './calls/entities.ts';
import { createEntityTurns } from './calls/entity-turns.ts';
import { createExports } from './exports/exports.ts';
import { createLineage } from './database/lineage.ts';
import { createListings } from './calls/listings.ts';
import { createLostTalks } from './talks/lost-talks.ts';
import { migrate } from './database/migrate.ts';
import { createPlan } from './exports/plan.ts';
import { createProgress } from './exports/progress.ts';
import { createRateBuckets } from './pacing/rate-buckets.ts';
import { createReadQuota } from './pacing/read-quota.ts';
import { createRegistry } from './talks/registry.ts';
import { createReport } from './exports/report.ts';
import { createRetries } from './exports/retries.ts';
import { createSealer, type EncryptionKey } from './accounts/sealing.ts';
import { createSettings } from './accounts/settings.ts';
import { createSpentTokens, type DisposableToken } from './accounts/spent-tokens.ts';
import { createThroughput } from './exports/throughput.ts';
import { createTokens, type Grant } from './accounts/tokens.ts';
import { createTransfers } from './exports/transfers.ts';
import { createUnknownTalks } from './talks/unknown-talks.ts';
import { createUsers, type User } from './accounts/users.ts';

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
