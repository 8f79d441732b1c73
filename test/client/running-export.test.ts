import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createStage, type Stage } from '../support/stage.ts';
import { ExportWorkflows, workflowIdOf } from '../../client/exports/export-workflows.ts';
import { startExport } from '../../client/exports/start-export.ts';
import type { ExportPace } from '../../workflows/messages.ts';

let stage: Stage;

// Nobody works here: an export that was started stays as it is.
beforeAll(async () => {
  stage = await createStage({ sandbox: { calls: 1 } });
});
afterAll(() => stage.close());

test('an export whose end is written down and whose workflow is yet to end stands in nobody’s way', async () => {
  const { accountId, exports, ledger } = stage;
  const first = await exports.start(accountId, stage.settings());
  expect(await exports.running(accountId)).toBe(first);
  await expect(exports.start(accountId, stage.settings())).rejects.toMatchObject({
    code: 'export_already_running',
    values: { exportId: first },
  });

  await ledger.exports.open({
    exportId: first,
    accountId,
    kind: 'export',
    retryOf: null,
    connectionId: stage.sandbox.connectionId,
    language: 'ru-RU',
    settings: stage.settings(),
    intervalFrom: new Date('2026-11-01T00:00:00Z'),
    intervalUntil: new Date('2026-11-02T00:00:00Z'),
    startedAt: new Date(),
  });
  expect(await exports.running(accountId)).toBe(first);
  await ledger.exports.close(first, 'completed');
  expect(await exports.running(accountId)).toBeUndefined();

  // Its worker died before the last step: that it will end is no promise.
  const impatient = startExport(
    {
      workflows: new ExportWorkflows(stage.temporal, 'a queue'),
      ledger,
      pace: {} as ExportPace,
      now: () => new Date(),
    },
    { accountId, kind: 'export', settings: stage.settings(), endWithinMs: 200 },
  );
  await expect(impatient).rejects.toMatchObject({
    code: 'export_ending',
    values: { exportId: first, taskQueue: stage.environment.TEMPORAL_TASK_QUEUE },
  });

  const second = exports.start(accountId, stage.settings());
  await stage.temporal.workflow.getHandle(workflowIdOf(accountId, 'export')).terminate('the end');
  const exportId = await second;
  expect(exportId).not.toBe(first);
  expect(await exports.running(accountId)).toBe(exportId);
});
