import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ExportStatus } from '../../client/exports/status.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { commandLine } from './command-line.ts';

let stage: Stage;
let run: ReturnType<typeof commandLine>;

// Nobody works here until a test says so.
beforeAll(async () => {
  stage = await createStage({ sandbox: { calls: 1 } });
  run = commandLine(stage.environment);
});
afterAll(() => stage.close());

const OTHER = { TEMPORAL_TASK_QUEUE: 'another-queue' };

test('an export that no worker has begun says when it begins, and is closed by terminating it', async () => {
  const { exitCode, stdout, stderr } = await run('start --lang en');
  const exportId = /Export (\S+)/.exec(stdout)?.[1] ?? '';
  expect(exitCode).toBe(0);
  expect(stderr).toContain('No worker serves the task queue');
  expect(stdout).toContain('It begins by itself when such a worker runs.');
  expect(stdout).not.toContain('It runs by itself now');

  await stage.temporal.workflow.getHandle(`export-${stage.accountId}`).terminate();
  expect(await stage.exports.status(stage.accountId, exportId)).toMatchObject({
    state: 'failed',
    blockedBy: 'export_interrupted',
    finishedAt: expect.any(String),
  });
  expect((await run('status')).stderr).toContain('This account has no exports yet');
  expect((await run('stop')).stdout).toBe('No export is running.\n');
});

test('stop names the export’s own queue, gives up waiting, and the export ends when a worker is back', async () => {
  const started = await run('start --json');
  const { exportId } = JSON.parse(started.stdout) as ExportStatus;
  const { exitCode, stderr, stdout } = await run('stop', '', OTHER);
  expect(stderr).toMatch(
    new RegExp(`waiting for a worker of its task queue ${stage.environment['TEMPORAL_TASK_QUEUE']}`),
  );
  expect(stderr).toContain(`Export ${exportId} is asked to stop, but has not ended yet`);
  expect(stderr).not.toContain(OTHER.TEMPORAL_TASK_QUEUE);
  expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });

  await stage.startWorker();
  expect(await stage.finished(exportId)).toMatchObject({ state: 'stopped', calls: { found: 0 } });
});
