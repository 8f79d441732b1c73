import { afterEach, describe, expect, test } from '@jest/globals';
import { createStage, type Stage, type StageOptions } from '../support/stage.ts';
import { expectOnce, expectToAddUp, expectWhole, recordedCalls } from '../support/promises.ts';
import { isRunning } from '../support/is-running.ts';
import { waitFor } from '../support/wait-for.ts';

describe('stop means stop', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  const downloads = () => Object.keys(stage.sandbox.telephony.requestsPer()).length;
  const slowRecordings = () =>
    stage.control('telephony', 'PUT', '/faults', [{ after: 10, action: { kind: 'slow', bytesPerSecond: 500 } }]);

  async function startSlowExport(pace: StageOptions['pace'] = {}) {
    stage = await createStage({ sandbox: { calls: 100, talkScale: 0.2 }, pace: { batchSize: 50, lanes: 16, ...pace } });
    await slowRecordings();
    const worker = await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await waitFor(() => downloads() >= 26, { what: 'sixteen lanes to be full of slow recordings' });
    return { exportId, worker };
  }

  test.each<[string, () => Promise<unknown>]>([
    ['by its signal', () => stage.exports.stop(stage.accountId)],
    ['by Temporal’s own Cancel', () => stage.temporal.workflow.getHandle(`export-${stage.accountId}`).cancel()],
  ])(
    'asked for %s, ends the export while its recordings would take minutes, and the next one finishes the rest',
    async (_, stop) => {
      const { exportId } = await startSlowExport();
      const askedAt = performance.now();
      await stop();
      const stopped = await stage.finished(exportId);
      const tookMs = Math.round(performance.now() - askedAt);
      // A figure for people; what is asserted is that it did not wait for its recordings.
      process.stdout.write(`closed ${tookMs} ms after the stop, at 2 × 16 lanes\n`);
      expect(stopped.state).toBe('stopped');
      expect(stopped.calls.remaining).toBeGreaterThan(20);
      expectToAddUp(stopped, await stage.report(exportId));
      const uploads = stage.sandbox.speechsense.counters().uploads;
      expect(uploads.open).toBe(0);
      expect(uploads.stored).toBe(stopped.calls.exported);

      await stage.control('telephony', 'PUT', '/faults', []);
      const rest = await stage.finished(await stage.exports.start(stage.accountId, stage.settings()));
      const report = await stage.report(rest.exportId);
      expect(rest.state).toBe('completed');
      expectToAddUp(rest, report);
      expect(stage.sandbox.speechsense.talks()).toHaveLength(recordedCalls(stage));
      expect(rest.calls.exported + (rest.calls.skipped.already_exported ?? 0)).toBe(recordedCalls(stage));
      await expectWhole(stage);
    },
  );

  test('a stop is not kept waiting by a worker that has just died with the export in its memory', async () => {
    const { exportId, worker } = await startSlowExport({ heartbeatSeconds: 3 });
    await stage.startWorker();
    await worker.kill9();
    await stage.exports.stop(stage.accountId);
    const stopped = await stage.finished(exportId);
    expect(stopped.state).toBe('stopped');
    expectToAddUp(stopped, await stage.report(exportId));

    const { events } = await stage.temporal.workflow.getHandle(`export-${stage.accountId}`).fetchHistory();
    const secondsOf = (eventId: unknown) => {
      const event = events?.find((one) => String(one.eventId) === String(eventId));
      return Number(event?.eventTime?.seconds);
    };
    // What Temporal gave the dead worker to take the signal: others upload on meanwhile. Its own default is ten seconds.
    const waits = (events ?? []).flatMap(({ eventId, workflowTaskTimedOutEventAttributes: timedOut }) =>
      timedOut ? [secondsOf(eventId) - secondsOf(timedOut.scheduledEventId)] : [],
    );
    expect(waits).not.toEqual([]);
    expect(waits.filter((seconds) => seconds >= 8)).toEqual([]);
  });

  test('a stop finds calls that only wait for their answer, lets them have it, and costs no worker', async () => {
    stage = await createStage({ sandbox: { calls: 60, talkScale: 0.2 }, pace: { batchSize: 50, lanes: 16 } });
    await stage.control('speechsense', 'PUT', '/faults', [
      { at: 'stored', after: 3, action: { kind: 'delay', delayMs: 2_000 } },
    ]);
    const worker = await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    const waiting = () => {
      const { stored } = stage.sandbox.speechsense.counters().uploads;
      return stored > 3 || undefined;
    };
    await waitFor(waiting, { what: 'talks whose answers are still to come' });
    await stage.exports.stop(stage.accountId);
    const stopped = await stage.finished(exportId);
    expect(isRunning(worker.pid)).toBe(true);
    expect(stopped).toMatchObject({ state: 'stopped', calls: { unconfirmed: 0 } });
    expectToAddUp(stopped, await stage.report(exportId));
    expect(stopped.calls.exported).toBe(stage.sandbox.speechsense.talks().length);
    expect(stopped.calls.exported).toBeGreaterThan(3);
  });

  test('a stop while nothing runs says so', async () => {
    stage = await createStage({ sandbox: { calls: 10 } });
    expect(await stage.exports.stop(stage.accountId)).toBeUndefined();
  });

  test('a stop of an export that no worker has begun ends it when one comes, and it can be asked about', async () => {
    stage = await createStage({ sandbox: { calls: 10, talkScale: 0.2 } });
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    const stop = stage.exports.stop(stage.accountId, { withoutWorkersMs: 120_000 });
    const asked = () => stage.temporal.workflow.getHandle(`export-${stage.accountId}`).fetchHistory();
    const isAsked = async () => (await asked()).events?.some((event) => event.workflowExecutionSignaledEventAttributes);
    await waitFor(isAsked, { what: 'the signal' });
    await stage.startWorker();
    const stopped = { exportId, state: 'stopped', calls: { found: 0 } };
    expect(await stop).toMatchObject(stopped);
    expect(await stage.exports.status(stage.accountId)).toMatchObject(stopped);
    const next = await stage.finished(await stage.exports.start(stage.accountId, stage.settings()));
    expect(next.state).toBe('completed');
  });

  test('a stop of a blocked export ends it too', async () => {
    stage = await createStage({ sandbox: { calls: 20, talkScale: 0.2 } });
    await stage.control('amocrm', 'POST', '/tokens/revoke', {});
    await stage.startWorker();
    await stage.exports.start(stage.accountId, stage.settings());
    await waitFor(async () => (await stage.exports.status(stage.accountId)).state === 'blocked', {
      what: 'it to block',
    });
    await stage.exports.stop(stage.accountId);
    expect(await stage.exports.running(stage.accountId)).toBeUndefined();
  });
});

describe('two starts at once', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  test('make one export; the other start is refused with the running one’s id', async () => {
    stage = await createStage({ sandbox: { calls: 40, talkScale: 0.2 } });
    await stage.startWorker();
    const starts = await Promise.allSettled(
      [1, 2, 3].map(() => stage.exports.start(stage.accountId, stage.settings())),
    );
    const [exportId] = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const refusals = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason as unknown] : []));
    expect(refusals).toHaveLength(2);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ code: 'export_already_running', values: { exportId } });

    const status = await stage.finished(exportId ?? '');
    const report = await stage.report(status.exportId);
    expectToAddUp(status, report);
    expectOnce(stage, report);
    expect(status.calls.exported).toBe(recordedCalls(stage));
  });
});

describe('a refused key or token blocks an export, and it goes on once that is mended', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  test('a key that is revoked in the middle of the transfer', async () => {
    stage = await createStage({
      sandbox: { calls: 60, talkScale: 0.2 },
      pace: { batchSize: 20, lanes: 4, openBatches: 2 },
    });
    await stage.startWorker();
    await stage.control('speechsense', 'PUT', '/faults', [{ action: { kind: 'slow', bytesPerSecond: 300_000 } }]);
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await waitFor(() => stage.sandbox.speechsense.counters().uploads.stored >= 5, { what: 'some talks' });
    await stage.control('speechsense', 'PUT', '/api-key', { apiKey: 'AQVNrotated' });
    await stage.control('speechsense', 'PUT', '/faults', []);
    const blocked = await waitFor(
      async () => {
        const status = await stage.exports.status(stage.accountId, exportId);
        return status.state === 'blocked' ? status : undefined;
      },
      { what: 'the export to block' },
    );
    expect(blocked.blockedBy).toBe('speechsense_unauthenticated');
    expect(Object.keys(blocked.failures)).toEqual(['recording_missing']);

    await stage.ledger.connections.put({
      accountId: stage.accountId,
      connectionId: stage.sandbox.connectionId,
      language: 'ru-RU',
      apiKey: 'AQVNrotated',
    });
    expect(await stage.exports.resume(stage.accountId)).toBe(exportId);
    const status = await stage.finished(exportId);
    const report = await stage.report(exportId);
    expect(status.state).toBe('completed');
    expectToAddUp(status, report);
    expectOnce(stage, report);
    expect(status.calls.exported).toBe(recordedCalls(stage));
  });
});
