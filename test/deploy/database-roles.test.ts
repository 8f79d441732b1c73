import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { openLedger } from '../../ledger/ledger.ts';
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres-server.ts';
import { TEST_KEYS } from '../support/ledger.ts';
import { walkedStatements } from '../support/ledger-walk.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { readText } from './compose-file.ts';

const VALUES: Record<string, string> = {
  superuser: 'postgres',
  product: 'speechsense',
  product_password: `first'"`,
  temporal_password: 'second',
};

/** The statements that the script hands to psql, with its variables filled in as psql quotes them. */
function statementsOfScript(): string[] {
  const [, text = ''] = /<<'SQL'\n([\s\S]*)\nSQL\n/.exec(readText('deploy/postgres/create-roles.sh')) ?? [];
  const filled = text
    .replace(/:'(\w+)'/g, (_, name: string) => pg.escapeLiteral(VALUES[name] ?? ''))
    .replace(/:"(\w+)"/g, (_, name: string) => pg.escapeIdentifier(VALUES[name] ?? ''));
  return filled.split(/;$/m).filter((statement) => statement.trim() !== '');
}

describe('the roles of the database in docker-compose.yml, on a fresh volume', () => {
  let folder: TemporaryFolder;
  let server: PostgresServer;

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startPostgres({ dataDir: path.join(folder.path, 'data'), persistent: false, say: () => undefined });
    const asSuperuser = new URL(server.url);
    await run(asSuperuser, ['create database speechsense']);
    asSuperuser.pathname = '/speechsense';
    await run(asSuperuser, statementsOfScript());
  });
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  async function run(url: URL, statements: string[]): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      let rows: unknown[] = [];
      for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
      return rows;
    } finally {
      await client.end();
    }
  }

  function as(role: 'speechsense' | 'temporal', database: string): URL {
    const url = new URL(server.url);
    url.username = role;
    url.password = encodeURIComponent(VALUES[role === 'temporal' ? 'temporal_password' : 'product_password'] ?? '');
    url.pathname = `/${database}`;
    return url;
  }

  test('let the product migrate, and do everything that exports do, without rights beyond its own database', async () => {
    const databaseUrl = as('speechsense', 'speechsense').href;
    const ledger = openLedger({ databaseUrl, encryptionKeys: TEST_KEYS });
    await ledger.migrate();
    await ledger.close();
    expect((await walkedStatements(databaseUrl)).length).toBeGreaterThan(100);
    expect(
      await run(as('speechsense', 'speechsense'), [
        'select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls from pg_roles where rolname = current_user',
      ]),
    ).toEqual([
      { rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolreplication: false, rolbypassrls: false },
    ]);
  });

  test.each(["copy (select 1) to program 'true'", "select pg_read_file('pg_hba.conf')", 'create role another'])(
    'do not let the product do what a superuser may: %s',
    async (statement) => {
      await expect(run(as('speechsense', 'speechsense'), [statement])).rejects.toThrow(/permission denied/);
    },
  );

  test('keep the product and Temporal out of each other’s databases', async () => {
    await expect(run(as('temporal', 'speechsense'), ['select 1'])).rejects.toThrow(/permission denied for database/);
    for (const database of ['temporal', 'temporal_visibility', 'postgres']) {
      await expect(run(as('speechsense', database), ['select 1'])).rejects.toThrow(/permission denied for database/);
    }
  });

  test('let Temporal make its tables in its own two', async () => {
    for (const database of ['temporal', 'temporal_visibility']) {
      await run(as('temporal', database), ['create extension btree_gin', 'create table made (id int)']);
    }
  });

  test('leave the superuser no way in over the network', async () => {
    await expect(run(new URL(server.url), ['select 1'])).rejects.toThrow('password authentication failed');
  });
});
