import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres-server.ts';
import { isRunning } from '../support/is-running.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const say = () => undefined;
const isRoot = process.getuid?.() === 0;

async function query(server: PostgresServer, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a running Postgres', () => {
  let folder: TemporaryFolder;
  let server: PostgresServer;

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startPostgres({ dataDir: path.join(folder.path, 'data'), persistent: true, say });
    await query(server, 'CREATE TABLE calls (id integer)');
    await query(server, 'INSERT INTO calls VALUES (1)');
  });
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  test('speaks UTF-8 and takes 200 connections', async () => {
    expect(await query(server, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
    expect(await query(server, 'SHOW max_connections')).toEqual([{ max_connections: '200' }]);
    expect(await query(server, `SELECT upper('звонок') AS upper`)).toEqual([{ upper: 'ЗВОНОК' }]);
  });

  test('lets nobody in without its password', async () => {
    const url = server.url.replace(/:[^:@]+@/, ':wrong@');
    await expect(query({ ...server, url }, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  test('keeps its data and its address over a SIGKILL in the middle of work and a restart', async () => {
    const { url, pid } = server;
    const cut = query(server, 'SELECT pg_sleep(600)');
    const outcome = expect(cut).rejects.toThrow();
    await server.kill9();
    expect(isRunning(pid)).toBe(false);
    await server.restart();
    await outcome;
    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
    expect(await query(server, 'SELECT id FROM calls')).toEqual([{ id: 1 }]);
  });

  test('starts though the lock of a killed one names a process that now is another program', async () => {
    const lock = path.join(server.dataDir, 'cluster', 'postmaster.pid');
    await server.kill9();
    const [, ...rest] = (await readFile(lock, 'utf8')).split('\n');
    await writeFile(lock, [process.pid, ...rest].join('\n'));
    await server.restart();
    expect(await query(server, 'SELECT id FROM calls')).toEqual([{ id: 1 }]);
  });
});

describe('starting', () => {
  let folder: TemporaryFolder;
  let servers: PostgresServer[];

  beforeEach(async () => {
    folder = await temporaryFolder();
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.stop();
    await folder.remove();
  });

  async function started(options: { dataDir: string; port?: number; persistent?: boolean }): Promise<PostgresServer> {
    const server = await startPostgres({ persistent: false, say, ...options });
    servers.push(server);
    return server;
  }

  test('a second time on kept data finds them', async () => {
    const dataDir = path.join(folder.path, 'data');
    const first = await started({ dataDir, persistent: true });
    await query(first, 'CREATE TABLE calls (id integer)');
    await first.stop();
    const second = await started({ dataDir, persistent: true });
    expect(await query(second, 'SELECT id FROM calls')).toEqual([]);
  });

  test('where data are not kept, nothing is left after a stop', async () => {
    const server = await started({ dataDir: path.join(folder.path, 'data') });
    expect(existsSync(server.dataDir)).toBe(true);
    await server.stop();
    expect(existsSync(server.dataDir)).toBe(false);
    expect(isRunning(server.pid)).toBe(false);
  });

  test('two at once do not collide', async () => {
    const both = await Promise.all(['one', 'other'].map((name) => started({ dataDir: path.join(folder.path, name) })));
    await query(both[0] ?? failed(), 'CREATE TABLE calls (id integer)');
    await query(both[1] ?? failed(), 'CREATE TABLE calls (id integer)');
  });

  test('a taken port is replaced by a free one', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : failed();
    const server = await started({ dataDir: path.join(folder.path, 'data'), port });
    expect(server.port).not.toBe(port);
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    taken.close();
  });

  test('data that are no cluster are refused with what Postgres says', async () => {
    const dataDir = path.join(folder.path, 'data');
    await mkdir(path.join(dataDir, 'cluster'), { recursive: true });
    await writeFile(path.join(dataDir, 'cluster', 'password'), 'x');
    await expect(started({ dataDir })).rejects.toMatchObject({ code: 'server_not_started' });
  });

  // Only root's Postgres runs as somebody else.
  (isRoot ? test : test.skip)(
    'as root below a closed folder keeps the data where Postgres can reach them',
    async () => {
      await chmod(folder.path, 0o700);
      const said: string[] = [];
      const dataDir = path.join(folder.path, 'data');
      const server = await startPostgres({ dataDir, persistent: false, say: (line) => said.push(line) });
      servers.push(server);
      expect(server.dataDir).not.toContain(folder.path);
      expect(said.join('\n')).toContain(server.dataDir);
      await server.stop();
      expect(existsSync(path.dirname(server.dataDir))).toBe(false);
    },
  );
});

function failed(): never {
  throw new Error('the test has not got what it needs');
}
