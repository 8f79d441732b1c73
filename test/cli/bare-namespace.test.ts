import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { expect, test } from '@jest/globals';
import { ExportClient } from '../../client/export-client.ts';
import { createStage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

test('an export starts and is found on a server that does not know its search attributes', async () => {
  const stage = await createStage({ sandbox: { calls: 1 } });
  const namespace = `bare-${randomUUID()}`;
  await stage.connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  const temporal = new Client({ connection: stage.connection, namespace });
  const exports = new ExportClient({ temporal, ledger: stage.ledger, taskQueue: 'nobody' });
  const { accountId } = stage;

  // A new namespace is known to the whole server a moment later.
  const exportId = await waitFor(() => exports.start(accountId, stage.settings()), {
    what: 'the namespace to be there',
  });
  expect(await exports.running(accountId)).toBe(exportId);
  expect(await exports.status(accountId)).toMatchObject({ exportId, state: 'planning' });
  await expect(exports.start(accountId, stage.settings())).rejects.toMatchObject({
    code: 'export_already_running',
    values: { exportId },
  });
  await temporal.workflow.getHandle(`export-${accountId}`).terminate();
  await stage.close();
});
