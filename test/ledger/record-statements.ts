// Records the statements that last-release.test.ts runs on the tables of later versions: `npm run record-statements`, once
// at each release, after the tests of that release. What an older release sent is forgotten then.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../../scripts/servers/postgres-server.ts';
import { openTestLedger } from '../support/ledger.ts';
import { walkedStatements } from '../support/ledger-walk.ts';

const say = (line: string) => console.error(line);
const folder = await mkdtemp(path.join(tmpdir(), 'speechsense-export-record-'));
const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), persistent: false, say });
process.env.TEST_DATABASE_URL = postgres.url;
const t = await openTestLedger();
const texts = (await walkedStatements(t.databaseUrl)).map(({ text }) => text.trim().replace(/\n\s*/g, '\n'));
await t.close();
await postgres.stop();
await rm(folder, { recursive: true, force: true });
const statements = [...new Set(texts)].sort();
await writeFile(path.join(import.meta.dirname, 'last-release.json'), `${JSON.stringify(statements, null, 2)}\n`);
say(`${statements.length} statements`);
process.exit(0);
