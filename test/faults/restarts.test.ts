import { afterEach, expect, test } from '@jest/globals';
import { expectOnce, expectToAddUp, expectWhole, recordedCalls } from '../support/promises.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

/** `RESTARTS=20 npm test -- test/faults/restarts` is a day of upgrades. */
const RESTARTS = Number(process.env.RESTARTS ?? 2);

let stage: Stage;
afterEach(() => stage.close());

test('workers that are replaced in order, again and again, leave no upload half done and no answer behind', async () => {
  stage = await createStage({
    sandbox: { calls: 40 + RESTARTS * 60, talkScale: 0.2, streamWindowBytes: 16 * 1024 },
    pace: { batchSize: 40, lanes: 8 },
  });
  const counters = () => stage.sandbox.speechsense.counters();
  // Answers come later than a stopped upload would wait for them.
  await stage.control('speechsense', 'PUT', '/faults', [
    { at: 'stored', after: 1, times: 1_000_000, action: { kind: 'delay', delayMs: 4_000 } },
  ]);
  let worker = await stage.startWorker();
  const exportId = await stage.exports.start(stage.accountId, stage.settings());
  const unconfirmed = async () => (await stage.report(exportId)).filter(({ state }) => state === 'unconfirmed');

  for (let restart = 1; restart <= RESTARTS; restart++) {
    const stored = counters().uploads.stored;
    await waitFor(() => counters().uploads.stored >= stored + 8, { what: `uploads before restart ${restart}` });
    const next = await stage.startWorker();
    await next.statusUrl();
    await worker.stop();
    expect(await unconfirmed()).toEqual([]);
    worker = next;
  }

  await stage.control('speechsense', 'PUT', '/faults', []);
  const status = await stage.finished(exportId, 240_000);
  const report = await stage.report(exportId);
  expect(status).toMatchObject({ state: 'completed', calls: { exported: recordedCalls(stage), unconfirmed: 0 } });
  expectToAddUp(status, report);
  expectOnce(stage, report);
  await expectWhole(stage);
  expect(counters().uploads.dropped).toBe(0);
});
