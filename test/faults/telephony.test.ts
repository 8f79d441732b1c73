import { afterEach, describe, expect, test } from '@jest/globals';
import { createStage, type Stage } from '../support/stage.ts';
import { expectOnce, expectToAddUp } from '../support/promises.ts';
import { waitFor } from '../support/wait-for.ts';

const CALLS = 24;

describe('a telephony that is away', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  /** Calls of a telephony that nobody can reach, older than all others and so first in line. */
  function addDeadCalls(): void {
    for (let call = 0; call < CALLS; call++) {
      stage.sandbox.world.insertNote({
        noteType: 'call_in',
        createdAt: stage.sandbox.world.now() - 30 * 86_400 + call,
        params: { uniq: `dead-${call}`, duration: 30, source: 'dead', link: `http://pbx.invalid/${call}.mp3` },
      });
    }
  }
  const byState = async (exportId: string) => {
    const rows = await stage.report(exportId);
    return (state: string, reason?: string) =>
      rows.filter((row) => row.state === state && (reason === undefined || row.reason === reason)).length;
  };

  test('keeps no lane from the calls whose recordings are to be had, however long it is tried', async () => {
    stage = await createStage({
      sandbox: { calls: 40, talkScale: 0.1 },
      pace: { batchSize: 20, lanes: 2, openBatches: 1 },
    });
    addDeadCalls();
    const alive = stage.sandbox.world.calls.filter(({ hasLink, uniq }) => hasLink && !uniq.startsWith('dead')).length;
    await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    // A recording is tried for ten minutes: in two lanes, 24 dead calls would take two hours before the first other one.
    await waitFor(async () => (await byState(exportId))('exported') === alive, { what: 'the others to be exported' });
    await stage.exports.stop(stage.accountId);
    const status = await stage.finished(exportId);
    const report = await stage.report(exportId);
    expect(status).toMatchObject({ state: 'stopped', blockedBy: null });
    expectToAddUp(status, report);
    expectOnce(stage, report);
    expect(report.filter(({ state, reason }) => state === 'failed' && reason === 'recording_unreachable')).toEqual([]);
  });

  test('is tried once more at the end, and its calls then fail for that or are exported', async () => {
    stage = await createStage({
      sandbox: { calls: 20, talkScale: 0.1 },
      pace: { batchSize: 20, lanes: 4 },
      environment: { RECORDING_RETRY_SECONDS: '5' },
    });
    addDeadCalls();
    await stage.startWorker();
    const status = await stage.finished(await stage.exports.start(stage.accountId, stage.settings()), 240_000);
    expect(status.state).toBe('completed');
    expect(status.failures).toMatchObject({ recording_unreachable: CALLS });
    expect(status.calls.waiting).toBe(0);
    expectToAddUp(status, await stage.report(status.exportId));
  });

  test('that asks for a pause gets it, and all its recordings afterwards', async () => {
    stage = await createStage({ sandbox: { calls: 30, talkScale: 0.1 }, pace: { batchSize: 15, lanes: 4 } });
    const faults = [{ times: 3, action: { kind: 'unavailable', retryAfterSeconds: 12 } }];
    await stage.control('telephony', 'PUT', '/faults', faults);
    await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    const status = await stage.finished(exportId, 240_000);
    const report = await stage.report(exportId);
    expect(Object.keys(status.failures)).toEqual(status.calls.failed > 0 ? ['recording_missing'] : []);
    expect(status.calls.waiting).toBe(0);
    expectToAddUp(status, report);
    expectOnce(stage, report);
  });
});
