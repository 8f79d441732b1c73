import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createStage, type Stage } from '../support/stage.ts';

describe('an export of a whole account', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage({ sandbox: { calls: 120, talkScale: 0.2 } });
    await stage.startWorker();
  });
  afterAll(() => stage.close());

  test('brings every call to an end, and its report adds up', async () => {
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    const status = await stage.finished(exportId);
    console.log(JSON.stringify(status, null, 1), JSON.stringify(stage.sandbox.speechsense.counters()).slice(0, 600));
    expect(status.state).toBe('completed');
    expect(status.calls.remaining).toBe(0);
  });
});
