// Records the histories that replay.test.ts replays: `npm run record-histories`, needed only when a workflow has been
// changed in a way that old runs need not survive. Recorded against real servers, from exports of the sandbox.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../../scripts/servers/postgres-server.ts';
import { EXPORT_SEARCH_ATTRIBUTES } from '../../scripts/servers/search-attributes.ts';
import { findTemporalCli } from '../../scripts/programs/temporal-cli.ts';
import { startTemporal } from '../../scripts/servers/temporal-server.ts';
import { historiesOf } from '../support/histories.ts';
import { createStage, type Stage, type StageOptions } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');
const histories = path.join(import.meta.dirname, 'histories');
const say = (line: string) => console.error(line);

const SMALL: StageOptions = {
  sandbox: { calls: 40, talkScale: 0.1 },
  pace: { batchSize: 10, lanes: 4, openBatches: 2 },
};
const slow = (stage: Stage) =>
  stage.control('telephony', 'PUT', '/faults', [{ after: 12, action: { kind: 'slow', bytesPerSecond: 300 } }]);
const stored = (stage: Stage) => stage.sandbox.speechsense.counters().uploads.stored;
const start = (stage: Stage) => stage.exports.start(stage.accountId, stage.settings());

/** What is recorded, by the name of its file. */
const SCENES: Record<string, { options: StageOptions; play: (stage: Stage) => Promise<unknown> }> = {
  finished: { options: SMALL, play: async (stage) => stage.finished(await start(stage)) },
  stopped: {
    options: SMALL,
    play: async (stage) => {
      await slow(stage);
      await start(stage);
      await waitFor(() => stored(stage) >= 8, { what: 'some talks' });
      await stage.exports.stop(stage.accountId);
    },
  },
  'continued-as-new': {
    options: { ...SMALL, pace: { ...SMALL.pace, maxHistoryEvents: 60 } },
    play: async (stage) => stage.finished(await start(stage)),
  },
  'mid-run': {
    options: SMALL,
    play: async (stage) => {
      await slow(stage);
      await start(stage);
      await waitFor(() => stored(stage) >= 8, { what: 'some talks' });
    },
  },
  blocked: {
    options: SMALL,
    play: async (stage) => {
      await stage.control('amocrm', 'POST', '/tokens/revoke', {});
      const exportId = await start(stage);
      await waitFor(async () => (await stage.exports.status(stage.accountId)).state === 'blocked', {
        what: 'it to block',
      });
      await stage.control('amocrm', 'POST', '/tokens/restore', {});
      await stage.exports.resume(stage.accountId);
      await stage.finished(exportId);
    },
  },
};

const folder = await mkdtemp(path.join(tmpdir(), 'speechsense-export-record-'));
const cliPath = await findTemporalCli({ projectRoot, env: process.env, say });
const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), persistent: false, say });
const temporal = await startTemporal({
  cliPath,
  dbFilename: path.join(folder, 'temporal.db'),
  searchAttributes: EXPORT_SEARCH_ATTRIBUTES,
  say,
});
process.env.TEST_DATABASE_URL = postgres.url;
process.env.TEST_TEMPORAL_ADDRESS = temporal.address;
await mkdir(histories, { recursive: true });

for (const [name, { options, play }] of Object.entries(SCENES)) {
  const stage = await createStage(options);
  await stage.startWorker();
  await play(stage);
  const recorded = await waitFor(() => historiesOf(stage.temporal, `export-${stage.accountId}`), { what: 'histories' });
  await writeFile(path.join(histories, `${name}.json`), JSON.stringify(recorded));
  say(`${name}: ${recorded.length} histories`);
  await stage.close();
}
await temporal.stop();
await postgres.stop();
await rm(folder, { recursive: true, force: true });
process.exit(0);
