// Records the histories that replay.test.ts replays and that are not there yet: `npm run record-histories`, for workflows
// that take a new way. Those that are there stay: they are what earlier versions ran. Recorded against real servers, from
// exports of the sandbox.
import { existsSync } from 'node:fs';
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

/** The first calls go through; the next ones meet trouble that passes, and go on alone. */
const trouble = (stage: Stage) =>
  stage.control('telephony', 'PUT', '/faults', [
    { after: 6, times: 3, action: { kind: 'unavailable', retryAfterSeconds: 1 } },
  ]);
const inState = (stage: Stage, state: string) =>
  waitFor(async () => (await stage.exports.status(stage.accountId)).state === state, { what: `it to be ${state}` });

interface Scene {
  options: StageOptions;
  play: (stage: Stage) => Promise<unknown>;
  /** What the workflow's id begins with, before the account; default `export`. */
  workflow?: string;
}

/** What is recorded, by the name of its file. */
const SCENES: Record<string, Scene> = {
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
  'shift-with-trouble': {
    options: SMALL,
    play: async (stage) => {
      await trouble(stage);
      await stage.finished(await start(stage));
    },
  },
  'shift-blocked': {
    options: SMALL,
    play: async (stage) => {
      await stage.control('speechsense', 'PUT', '/faults', [{ after: 6, action: { kind: 'status', code: 16 } }]);
      const exportId = await start(stage);
      await inState(stage, 'blocked');
      await stage.control('speechsense', 'PUT', '/faults', []);
      await stage.exports.resume(stage.accountId);
      await stage.finished(exportId);
    },
  },
  'shift-lost-answers': {
    options: {
      ...SMALL,
      environment: { CONFIRM_AFTER_SECONDS: '1', CONFIRM_WITHIN_SECONDS: '60', CONFIRM_ABSENT_AFTER_SECONDS: '1' },
    },
    play: async (stage) => {
      await stage.control('speechsense', 'PUT', '/faults', [
        { at: 'stored', after: 5, times: 2, action: { kind: 'status', code: 14 } },
      ]);
      await stage.control('speechsense', 'PUT', '/behaviour', { indexDelayMs: 3_000 });
      await stage.finished(await start(stage));
    },
  },
  'shift-retry': {
    options: SMALL,
    play: async (stage) => {
      await stage.control('telephony', 'PUT', '/faults', [
        { after: 6, times: 3, action: { kind: 'lie', lie: 'html' } },
      ]);
      await stage.finished(await start(stage));
      await stage.finished(await stage.exports.retry(stage.accountId));
    },
  },
  preview: {
    options: SMALL,
    play: (stage) => stage.exports.preview(stage.accountId, stage.settings()),
    workflow: 'preview',
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

for (const [name, { options, play, workflow = 'export' }] of Object.entries(SCENES)) {
  const file = path.join(histories, `${name}.json`);
  if (existsSync(file)) continue;
  const stage = await createStage(options);
  await stage.startWorker();
  await play(stage);
  const recorded = await waitFor(() => historiesOf(stage.temporal, `${workflow}-${stage.accountId}`), {
    what: 'histories',
  });
  await writeFile(file, JSON.stringify(recorded));
  say(`${name}: ${recorded.length} histories`);
  await stage.close();
}
await temporal.stop();
await postgres.stop();
await rm(folder, { recursive: true, force: true });
process.exit(0);
