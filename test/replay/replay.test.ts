import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../../worker/workflow-bundle.ts';
import type { RecordedHistory } from '../support/histories.ts';

const FOLDER = path.join(import.meta.dirname, 'histories');

/**
 * Exports that were started by an earlier version go on under this one. A change of a workflow that breaks these must
 * be patched (`patched()`), or come under a new workflow type; only before a first release may they be recorded anew.
 */
describe('recorded exports go on under today’s workflows', () => {
  let workflowBundle: { code: string };
  beforeAll(async () => void (workflowBundle = await bundleWorkflows()));

  const recorded = readdirSync(FOLDER).flatMap((file) =>
    (JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as RecordedHistory[]).map((one, index) => ({
      title: `${path.basename(file, '.json')}, ${index + 1}: ${one.workflowId.replace(/^export-\d+/, 'export')}`,
      ...one,
    })),
  );

  test('there are histories of each way that an export may take', () => {
    expect(readdirSync(FOLDER).sort()).toEqual([
      'blocked.json',
      'continued-as-new.json',
      'finished.json',
      'mid-run.json',
      'preview.json',
      'shift-blocked.json',
      'shift-lost-answers.json',
      'shift-retry.json',
      'shift-with-trouble.json',
      'stopped.json',
    ]);
    expect(
      recorded.filter(({ history }) => JSON.stringify(history).includes('CONTINUED_AS_NEW')).length,
    ).toBeGreaterThan(0);
  });

  test.each(recorded)('$title', async ({ history, workflowId }) => {
    await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
  });

  test('a workflow that takes other steps than it took is caught', async () => {
    const finished = recorded.find(({ title }) => title.startsWith('finished, 1'));
    const changed: unknown = JSON.parse(
      JSON.stringify(finished?.history).replaceAll('"closePlan"', '"closePlanOtherwise"'),
    );
    await expect(Worker.runReplayHistory({ workflowBundle }, changed, 'changed')).rejects.toThrow(
      DeterminismViolationError,
    );
  });
});
