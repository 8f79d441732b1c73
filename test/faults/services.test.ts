import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startPostgres } from '../../scripts/servers/postgres-server.ts';
import { EXPORT_SEARCH_ATTRIBUTES } from '../../scripts/servers/search-attributes.ts';
import { startTemporal } from '../../scripts/servers/temporal-server.ts';
import { createStage, type Stage, type StageOptions } from '../support/stage.ts';
import { expectOnce, expectToAddUp, expectWhole, recordedCalls } from '../support/promises.ts';
import { testServer } from '../support/test-server.ts';
import { waitFor } from '../support/wait-for.ts';

const SMALL = {
  sandbox: { calls: 80, talkScale: 0.2, streamWindowBytes: 16 * 1024 },
  pace: { batchSize: 40, lanes: 8, heartbeatSeconds: 10 },
} satisfies StageOptions;

describe('somebody else’s outage is nobody’s failure', () => {
  let stage: Stage;
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await stage.close();
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });

  const uploads = () => stage.sandbox.speechsense.counters().uploads;
  const slowUploads = () =>
    stage.control('speechsense', 'PUT', '/faults', [{ action: { kind: 'slow', bytesPerSecond: 200_000 } }]);
  const midUploads = () =>
    waitFor(() => uploads().open >= 4 && uploads().stored >= 5, { what: 'uploads to be under way' });

  async function dataFolder(): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'speechsense-fault-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  async function expectPromises(exportId: string, { unconfirmed = 0 } = {}) {
    const status = await stage.finished(exportId, 240_000);
    const report = await stage.report(exportId);
    expect(status.state).toBe('completed');
    expectToAddUp(status, report);
    expectOnce(stage, report);
    await expectWhole(stage);
    expect(status.calls.unconfirmed).toBeLessThanOrEqual(unconfirmed);
    expect(status.calls.exported + status.calls.unconfirmed).toBe(recordedCalls(stage));
    expect(Object.keys(status.failures)).toEqual(status.calls.failed > 0 ? ['recording_missing'] : []);
  }

  test('Temporal restarts on its file', async () => {
    const temporal = await startTemporal({
      cliPath: testServer('TEMPORAL_CLI_PATH'),
      dbFilename: path.join(await dataFolder(), 'temporal.db'),
      searchAttributes: EXPORT_SEARCH_ATTRIBUTES,
      say: () => undefined,
    });
    cleanups.push(() => temporal.stop());
    stage = await createStage({ ...SMALL, temporalAddress: temporal.address });
    await slowUploads();
    await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await midUploads();
    await temporal.restart();
    await expectPromises(exportId);
  });

  test('Postgres restarts', async () => {
    const postgres = await startPostgres({
      dataDir: path.join(await dataFolder(), 'postgres'),
      persistent: false,
      say: () => undefined,
    });
    cleanups.push(() => postgres.stop());
    stage = await createStage({ ...SMALL, databaseUrl: postgres.url });
    await slowUploads();
    await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await midUploads();
    await postgres.restart();
    await expectPromises(exportId);
  });

  test('SpeechSense is down for a minute', async () => {
    stage = await createStage(SMALL);
    await slowUploads();
    await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await midUploads();
    await stage.control('speechsense', 'PUT', '/down', { down: true });
    await pause(60_000);
    expect((await stage.exports.status(stage.accountId, exportId)).state).toBe('transferring');
    await stage.control('speechsense', 'PUT', '/down', { down: false });
    // Uploads that were sent whole as it went down have lost their answers: at most the lanes of both batches.
    await expectPromises(exportId, { unconfirmed: 2 * SMALL.pace.lanes });
  });

  test('amoCRM answers 429 and 500 for a while', async () => {
    stage = await createStage(SMALL);
    await stage.control('amocrm', 'PUT', '/faults', [
      { match: '/notes', times: 3, answer: { status: 500 } },
      { match: '/notes', after: 1, times: 3, answer: { status: 429, retryAfter: 1 } },
      { match: '/contacts?', times: 2, answer: { status: 504 } },
      { match: '/notes', after: 2, times: 1, answer: { reset: true } },
      { match: '/notes', after: 3, times: 1, answer: { badJson: true } },
    ]);
    await stage.startWorker();
    await expectPromises(await stage.exports.start(stage.accountId, stage.settings()));
  });
});
