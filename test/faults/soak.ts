// `npm run soak -- --minutes 30`: exports that never have peace. Workers are killed and frozen, answers are dropped, the
// services and the servers restart; after each export every call is looked up in what SpeechSense itself has stored.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isFinal } from '../../client/exports/status.ts';
import { SANDBOX_KEYS } from '../../sandbox/speechsense/connection.ts';
import { TWO_CHANNEL_KEYS } from '../../sandbox/speechsense/connection.ts';
import { startPostgres } from '../../scripts/servers/postgres-server.ts';
import { EXPORT_SEARCH_ATTRIBUTES } from '../../scripts/servers/search-attributes.ts';
import { findTemporalCli } from '../../scripts/programs/temporal-cli.ts';
import { startTemporal } from '../../scripts/servers/temporal-server.ts';
import { createStage } from '../support/stage.ts';
import type { WorkerProcess } from '../support/worker-process.ts';
import { Disturbances } from './soak-disturbances.ts';
import { tallyOf, type Tally } from './soak-tally.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    calls: { type: 'string', default: '120' },
  },
});
const projectRoot = path.resolve(import.meta.dirname, '../..');
const say = (line: string) => console.log(line);
const until = Date.now() + Number(values.minutes) * 60_000;
/** An export that is left in peace must come to its end within this. */
const PEACE_MS = 10 * 60_000;

const folder = await mkdtemp(path.join(tmpdir(), 'speechsense-soak-'));
// Root's Postgres runs as somebody else, who must get through to its data.
await chmod(folder, 0o711);
const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), persistent: true, say });
const temporal = await startTemporal({
  cliPath: await findTemporalCli({ projectRoot, env: process.env, say }),
  dbFilename: path.join(folder, 'temporal.db'),
  searchAttributes: EXPORT_SEARCH_ATTRIBUTES,
  say,
});
const stage = await createStage({
  databaseUrl: postgres.url,
  temporalAddress: temporal.address,
  sandbox: { calls: Number(values.calls), talkScale: 0.2, streamWindowBytes: 16 * 1024 },
  pace: { batchSize: 40, lanes: 6, openBatches: 2, heartbeatSeconds: 5 },
  // Sizes say nothing after twenty times the least age: the largest recordings come to their end as well.
  environment: { CONFIRM_AFTER_SECONDS: '3', CONFIRM_WITHIN_SECONDS: '240', CONFIRM_ABSENT_AFTER_SECONDS: '10' },
});
const workers: WorkerProcess[] = [await stage.startWorker(), await stage.startWorker()];
const disturbances = new Disturbances({ stage, workers, postgres, temporal });
const total: Tally = { calls: 0, exported: 0, failed: 0, unconfirmed: 0, lost: 0, doubled: 0, cut: 0 };
let rounds = 0;
try {
  while (Date.now() < until) {
    const tally = await round(++rounds);
    for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
    say(`${new Date().toISOString()} round ${rounds}: ${JSON.stringify(tally)}`);
  }
} finally {
  say(`rounds ${rounds} · ${JSON.stringify(total)}`);
  say(`disturbances: ${JSON.stringify(disturbances.counts)}`);
  await stage.close();
  await temporal.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit(total.lost + total.doubled + total.cut > 0 ? 1 : 0);

/** One export into a connection of its own, every other one of which does not keep call ids. */
async function round(number: number): Promise<Tally> {
  const connectionId = `soak${number}`;
  const keys = number % 2 === 0 ? TWO_CHANNEL_KEYS : SANDBOX_KEYS;
  await stage.control('speechsense', 'PUT', `/connections/${connectionId}`, { keys });
  await stage.control('speechsense', 'PUT', '/behaviour', { indexDelayMs: [0, 2_000, 8_000][number % 3], quota: null });
  const { apiKey } = stage.sandbox;
  await stage.ledger.connections.put({ accountId: stage.accountId, connectionId, language: 'ru-RU', apiKey });

  const first = await exportTo(true);
  // What is still in doubt is for the next export to find out, in peace.
  const last = first.unconfirmed > 0 ? await exportTo(false) : first;
  return { ...(await tallyOf(stage, connectionId, last.exportId)), unconfirmed: last.unconfirmed };
}

async function exportTo(disturbed: boolean): Promise<{ exportId: string; unconfirmed: number }> {
  const exportId = await patiently(() => stage.exports.start(stage.accountId, stage.settings()));
  const started = Date.now();
  for (;;) {
    const status = await patiently(() => stage.exports.status(stage.accountId, exportId));
    if (isFinal(status)) {
      if (status.state !== 'completed') throw new Error(`the export ended ${status.state} by ${status.blockedBy}`);
      return { exportId, unconfirmed: status.calls.unconfirmed };
    }
    if (Date.now() - started > PEACE_MS) throw new Error(`no end of it: ${JSON.stringify(status)}`);
    if (disturbed && Date.now() - started < PEACE_MS / 4) await disturbances.next();
    else await disturbances.calm();
    await pause(500 + Math.random() * 2_500);
  }
}

/** The stage's own questions must survive the restarts that it makes. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === 60) throw error;
      await pause(1_000);
    }
  }
}
