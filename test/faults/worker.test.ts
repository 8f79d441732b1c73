import { afterEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createStage, type Stage, type StageOptions } from '../support/stage.ts';
import { expectOnce, expectToAddUp, expectWhole, recordedCalls } from '../support/promises.ts';
import { isRunning } from '../support/is-running.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

/**
 * Small enough for seconds, slow enough that uploads are under way whenever a process is killed; and a silent worker is
 * given up sooner than the half minute of production.
 */
const SLOW_UPLOADS: StageOptions = {
  sandbox: { calls: 80, talkScale: 0.2, streamWindowBytes: 16 * 1024 },
  pace: { batchSize: 40, lanes: 8, heartbeatSeconds: 6 },
};

describe('a worker that goes away', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  async function started(options: StageOptions = SLOW_UPLOADS, bytesPerSecond = 60_000) {
    stage = await createStage(options);
    await stage.control('speechsense', 'PUT', '/faults', [{ action: { kind: 'slow', bytesPerSecond } }]);
    const worker = await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    return { worker, exportId };
  }
  const fast = () => stage.control('speechsense', 'PUT', '/faults', []);
  const counters = () => stage.sandbox.speechsense.counters().uploads;
  const midUploads = () =>
    waitFor(() => counters().open >= 4 && counters().stored >= 5, { what: 'uploads to be under way' });

  async function expectPromises(exportId: string) {
    await fast();
    const status = await stage.finished(exportId, 240_000);
    const report = await stage.report(exportId);
    expect(status.state).toBe('completed');
    expectToAddUp(status, report);
    expectOnce(stage, report);
    await expectWhole(stage);
    // An answer that was lost in the moment of the kill may leave a call unconfirmed; none may be lost or doubled.
    expect(status.calls.exported + status.calls.unconfirmed).toBe(recordedCalls(stage));
    return status;
  }

  test('killed in the middle of uploads and started anew, goes on where it was', async () => {
    const { worker, exportId } = await started();
    await midUploads();
    await worker.kill9();
    await stage.startWorker();
    await expectPromises(exportId);
    expect(counters().dropped).toBeGreaterThan(0);
  });

  test('killed again and again, still brings every call to its end', async () => {
    const { worker, exportId } = await started();
    let current = worker;
    for (const stored of [5, 12, 19]) {
      await waitFor(() => counters().stored >= stored && counters().open >= 1, {
        what: `${stored} talks`,
        timeoutMs: 120_000,
      });
      await current.kill9();
      current = await stage.startWorker();
    }
    await expectPromises(exportId);
  });

  test('one of two, leaves its calls to the other', async () => {
    const { worker, exportId } = await started();
    await stage.startWorker();
    await waitFor(() => stage.sandbox.speechsense.counters().connections.open >= 4, { what: 'both workers to upload' });
    await midUploads();
    await worker.kill9();
    await expectPromises(exportId);
  });

  test('told to end without a grace, cuts its uploads and puts its calls back for the next one at once', async () => {
    const { worker, exportId } = await started({ ...SLOW_UPLOADS, environment: { SHUTDOWN_GRACE_SECONDS: '0' } });
    await midUploads();
    await worker.stop();
    expect(counters().open).toBe(0);
    await waitFor(() => counters().dropped > 0, { what: 'SpeechSense to see uploads break off' });
    await stage.startWorker();
    await expectPromises(exportId);
  });

  test('told to end twice, goes at once', async () => {
    const { worker, exportId } = await started(SLOW_UPLOADS, 15_000);
    await midUploads();
    await waitFor(() => !isRunning(worker.pid) || !process.kill(worker.pid, 'SIGTERM'), { what: 'it to end' });
    await waitFor(() => counters().dropped + counters().reset > 0, { what: 'SpeechSense to see uploads break off' });
    await stage.startWorker();
    await expectPromises(exportId);
  });

  test('frozen past its heartbeat and woken when another has its calls, completes none of them', async () => {
    const { worker, exportId } = await started();
    await midUploads();
    worker.freeze();
    const frozenWith = counters().stored;
    await stage.startWorker();
    await waitFor(() => counters().stored > frozenWith + 10, {
      what: 'the other worker to take over',
      timeoutMs: 120_000,
    });
    worker.thaw();
    await expectPromises(exportId);
  });

  test('frozen after its half-close, its calls given away, and woken with their answers, doubles nothing', async () => {
    stage = await createStage(SLOW_UPLOADS);
    // Two uploads are stored, and their answers come when nobody is there to take them.
    const late = { at: 'stored', after: 5, times: 2, action: { kind: 'delay', delayMs: 3_000 } };
    await stage.control('speechsense', 'PUT', '/faults', [late]);
    const worker = await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await waitFor(() => stage.sandbox.speechsense.counters().faultsStruck >= 2, { what: 'answers to be late' });
    worker.freeze();
    await stage.startWorker();
    const inDoubt = () => stage.report(exportId).then((rows) => rows.filter(({ state }) => state === 'unconfirmed'));
    await waitFor(async () => (await inDoubt()).length >= 2, {
      what: 'the other worker to have them',
      timeoutMs: 120_000,
    });
    worker.thaw();
    const status = await expectPromises(exportId);
    expect(status.calls).toMatchObject({ unconfirmed: 0, exported: recordedCalls(stage) });
  });

  test('killed three times while it converts one recording, gives up that call and exports the others', async () => {
    const folder = await temporaryFolder();
    const ffmpeg = path.join(folder.path, 'ffmpeg');
    const sleep = `sleep ${1e6 + randomInt(1e6)}`;
    await writeFile(ffmpeg, `#!/bin/sh\ncase "$*" in *pipe:1) exec ${sleep} ;; *) exec ffmpeg "$@" ;; esac\n`);
    await chmod(ffmpeg, 0o755);
    const converts = () => promisify(execFile)('ps', ['-A', '-o', 'args']).then(({ stdout }) => stdout.includes(sleep));
    stage = await createStage({
      sandbox: { calls: 6, talkScale: 0.2, formats: { mp3: 1, wav: 0, ogg: 0 } },
      pace: { heartbeatSeconds: 3 },
      environment: { FFMPEG_PATH: ffmpeg },
    });
    stage.sandbox.world.insertNote({
      noteType: 'call_in',
      createdAt: stage.sandbox.world.now() - 3_600,
      params: { uniq: 'deadly', duration: 4, phone: '+79990000000', source: 'pbx' },
      recording: { format: 'wav-alaw', talkSeconds: 4 },
    });
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    for (const _ of ['once', 'twice', 'three times']) {
      const worker = await stage.startWorker();
      await waitFor(converts, { what: 'the conversion', timeoutMs: 60_000 });
      await worker.kill9();
      await waitFor(async () => !(await converts()), { what: 'it to end with its worker' });
    }
    await stage.startWorker();
    const status = await stage.finished(exportId);
    const report = await stage.report(exportId);
    expectToAddUp(status, report);
    expectOnce(stage, report);
    expect(status).toMatchObject({ state: 'completed', calls: { unconfirmed: 0, exported: recordedCalls(stage) - 1 } });
    expect(report.filter(({ reason }) => reason === 'internal_error')).toEqual([
      expect.objectContaining({ state: 'failed', attempts: 4 }),
    ]);
    await folder.remove();
  });
});
