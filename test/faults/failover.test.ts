import { chmodSync, chownSync, cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres-server.ts';
import { planned, reportOf, SENT, sightedNote, TEST_ACCOUNT, TEST_CONNECTION, TEST_KEYS } from '../support/ledger.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

const say = () => undefined;
let folder: TemporaryFolder;
const servers: PostgresServer[] = [];
const ledgers: Ledger[] = [];
beforeAll(async () => void (folder = await temporaryFolder()));
afterAll(async () => {
  for (const ledger of ledgers) await ledger.close();
  for (const server of servers.reverse()) await server.stop();
  await folder.remove();
});

const dataDir = (name: string) => path.join(folder.path, name);
async function start(name: string): Promise<PostgresServer> {
  const server = await startPostgres({ dataDir: dataDir(name), persistent: true, say });
  servers.push(server);
  return server;
}
function ledgerAt({ url }: PostgresServer): Ledger {
  const ledger = openLedger({ databaseUrl: url, encryptionKeys: TEST_KEYS, maxConnections: 2 });
  ledgers.push(ledger);
  return ledger;
}
async function ask<T>(server: PostgresServer, text: string): Promise<T | undefined> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<{ answer: T }>(text)).rows[0]?.answer;
  } finally {
    await client.end();
  }
}

/** A base backup, made as pg_basebackup makes it, with what it needs to be started as a standby or to be recovered. */
async function baseBackup(primary: PostgresServer, name: string, signal: string, settings: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: primary.url });
  await client.connect();
  try {
    await client.query("select pg_backup_start('test', true)");
    const from = path.join(primary.dataDir, 'cluster');
    const to = path.join(dataDir(name), 'cluster');
    const { uid, gid } = statSync(from);
    cpSync(from, to, { recursive: true, preserveTimestamps: true, filter: (file) => !file.endsWith('postmaster.pid') });
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    writeFileSync(path.join(to, 'backup_label'), rows[0]?.labelfile ?? '');
    writeFileSync(path.join(to, signal), '');
    const conf = path.join(to, 'postgresql.auto.conf');
    writeFileSync(conf, `${readFileSync(conf, 'utf8')}${settings.join('\n')}\n`);
    giveTo(dataDir(name), uid, gid);
    chmodSync(to, 0o700);
  } finally {
    await client.end();
  }
}

function giveTo(place: string, uid: number, gid: number): void {
  chownSync(place, uid, gid);
  for (const name of readdirSync(place, { recursive: true, encoding: 'utf8' }))
    chownSync(path.join(place, name), uid, gid);
}

async function send(ledger: Ledger, exportId: string, callId: number, talkId: string): Promise<void> {
  const claim = await ledger.transfers.claim({ exportId, callId });
  if (claim.kind !== 'claimed') throw new Error(claim.state);
  await ledger.transfers.markCommitting(claim.lease, SENT);
  await ledger.transfers.recordExported(claim.lease, { ...SENT, talkId });
}

test('a promoted standby, and a restored base backup, that lack the last commits send no call twice', async () => {
  const primary = await start('primary');
  const before = ledgerAt(primary);
  await before.migrate();
  // What the two backups need of the log stays there.
  await ask(primary, "alter system set wal_keep_size = '256MB'");
  await ask(primary, 'select pg_reload_conf()');
  const account = { accountId: TEST_ACCOUNT, host: 'example.amocrm.ru', name: 'A', timeZone: 'UTC', country: 'RU' };
  await before.accounts.put({ ...account, isApiFilterEnabled: true });
  await before.lineage.assertKept(TEST_ACCOUNT);
  const exportId = await planned(
    before,
    [1, 2, 3].map((noteId) => sightedNote({ noteId })),
  );
  const calls = (await reportOf(before, exportId)).map((row) => ({ callId: row.call_id, noteId: row.note_id }));
  const [first, second, third] = calls;
  if (!first || !second || !third) throw new Error('three calls are planned');
  await send(before, exportId, first.callId, 'talk-1');

  const { username, password, port } = new URL(primary.url);
  await baseBackup(primary, 'standby', 'standby.signal', [
    `primary_conninfo = 'host=127.0.0.1 port=${port} user=${username} password=${password}'`,
  ]);
  await baseBackup(primary, 'restored', 'recovery.signal', [
    `restore_command = 'cp "${path.join(primary.dataDir, 'cluster', 'pg_wal')}/%f" "%p"'`,
    "recovery_target = 'immediate'",
    "recovery_target_action = 'promote'",
  ]);
  const standby = await start('standby');
  await waitFor(
    () => ask<boolean>(standby, "select true as answer from pg_stat_wal_receiver where status = 'streaming'"),
    {
      what: 'the standby to follow',
    },
  );
  // Cut off, the standby does not get what the primary commits from now on.
  await ask(standby, "alter system set primary_conninfo = ''");
  await ask(standby, 'select pg_reload_conf()');
  await waitFor(
    async () => (await ask<number>(standby, 'select count(*)::int as answer from pg_stat_wal_receiver')) === 0,
    {
      what: 'the standby to be cut off',
    },
  );
  await send(before, exportId, second.callId, 'talk-2');
  await ask(standby, 'select pg_promote()');

  const restored = await start('restored');
  for (const server of [standby, restored]) {
    await waitFor(async () => (await ask<boolean>(server, 'select pg_is_in_recovery() as answer')) === false, {
      what: 'the promotion',
    });
    const after = ledgerAt(server);
    const states = (await reportOf(after, exportId)).map(({ state }) => state);
    expect(states).toEqual(['exported', 'planned', 'planned']);
    const claim = () => after.transfers.claim({ exportId, callId: second.callId });
    await expect(claim()).rejects.toMatchObject({ code: 'ledger_failed_over' });

    const talk = { talkId: 'talk-2', noteId: second.noteId, createdAt: new Date(), sent: SENT.sent };
    expect(await after.unknownTalks.takeIn(TEST_ACCOUNT, TEST_CONNECTION, [talk])).toEqual(['talk-2']);
    expect(await after.lineage.accept(TEST_ACCOUNT, 0)).toBe(0);
    expect(await claim()).toEqual({ kind: 'settled', state: 'exported' });
    expect(await after.transfers.claim({ exportId, callId: third.callId })).toMatchObject({ kind: 'claimed' });
  }
});
