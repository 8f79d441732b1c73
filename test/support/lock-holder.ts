// A process of its own that does some statements in a transaction and then has nothing more to say. Once told to go on
// (a line of its standard input) it says how another statement of the same transaction fared.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { openDatabase, toLedgerError } from '../../ledger/database/database.ts';
import type { LockHolderOptions } from './lock-holders.ts';

const { databaseUrl, statements, limits = {} } = JSON.parse(process.argv[2] ?? '') as LockHolderOptions;
const db = openDatabase(databaseUrl, { maxConnections: 1, limits });
const lines = createInterface(process.stdin);
const outcome = await db
  .transaction()
  .execute(async (tx) => {
    for (const statement of statements) await sql.raw(statement).execute(tx);
    process.stdout.write('holds\n');
    await once(lines, 'line');
    await sql`select 1`.execute(tx);
  })
  .then(
    () => 'done',
    (error: unknown) => toLedgerError(error).code,
  );
process.stdout.write(`${outcome}\n`);
lines.close();
await db.destroy();
