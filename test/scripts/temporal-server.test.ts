import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { EXPORT_SEARCH_ATTRIBUTES } from '../../scripts/servers/search-attributes.ts';
import { startTemporal, type TemporalServer } from '../../scripts/servers/temporal-server.ts';
import { isRunning } from '../support/is-running.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { testServer } from '../support/test-server.ts';
import { waitFor } from '../support/wait-for.ts';

const account = defineSearchAttributeKey('SpeechSenseAccount', 'KEYWORD');

describe('a running Temporal', () => {
  let folder: TemporaryFolder;
  let server: TemporalServer;

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startTemporal({
      cliPath: testServer('TEMPORAL_CLI_PATH'),
      dbFilename: path.join(folder.path, 'data', 'temporal.db'),
      searchAttributes: EXPORT_SEARCH_ATTRIBUTES,
      say: () => undefined,
    });
  });
  afterAll(async () => {
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    await folder.remove();
  });

  async function withClient<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const connection = await Connection.connect({ address: server.address });
    try {
      return await use(new Client({ connection }));
    } finally {
      await connection.close();
    }
  }

  function startWorkflow(workflowId: string): Promise<unknown> {
    return withClient((client) =>
      client.workflow.start('nobodyRunsThis', {
        workflowId,
        taskQueue: 'nobody',
        typedSearchAttributes: [{ key: account, value: workflowId }],
      }),
    );
  }

  const statusOf = (workflowId: string) =>
    withClient(async (client) => (await client.workflow.getHandle(workflowId).describe()).status.name);

  test('keeps its histories where only its owner reads them', async () => {
    const data = path.join(folder.path, 'data');
    for (const name of await readdir(data))
      expect([name, (await stat(path.join(data, name))).mode & 0o077]).toEqual([name, 0]);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
  });

  test('finds a workflow by the search attributes that it was started with', async () => {
    const id = randomUUID();
    await startWorkflow(id);
    const found = await waitFor(
      () => withClient((client) => client.workflow.count(`SpeechSenseAccount = '${id}'`).then(({ count }) => count)),
      { what: 'the workflow in the index' },
    );
    expect(found).toBe(1);
  });

  test('keeps its workflows and its address over an orderly restart', async () => {
    const { address, pid } = server;
    await startWorkflow('restarted');
    await server.restart();
    expect(server.address).toBe(address);
    expect(server.pid).not.toBe(pid);
    expect(await statusOf('restarted')).toBe('RUNNING');
  });

  test('keeps its workflows over a SIGKILL', async () => {
    await startWorkflow('killed');
    await server.kill9();
    await server.restart();
    expect(await statusOf('killed')).toBe('RUNNING');
  });

  test('a second one that wants its port takes another, and shows its Web UI', async () => {
    const port = Number(server.address.split(':')[1]);
    const second = await startTemporal({
      cliPath: testServer('TEMPORAL_CLI_PATH'),
      port,
      uiPort: port,
      namespace: 'exports',
      searchAttributes: {},
      say: () => undefined,
    });
    try {
      expect(second.address).not.toBe(server.address);
      const page = await waitFor(() => fetch(second.uiUrl ?? ''), { what: 'the Web UI' });
      expect(page.status).toBe(200);
    } finally {
      await second.stop();
    }
  });
});

test('a CLI that cannot start a server is reported with its last words', async () => {
  const folder = await temporaryFolder();
  const started = startTemporal({
    cliPath: testServer('TEMPORAL_CLI_PATH'),
    dbFilename: folder.path,
    searchAttributes: {},
    say: () => undefined,
  });
  await expect(started).rejects.toMatchObject({ code: 'server_not_started' });
  await folder.remove();
});
