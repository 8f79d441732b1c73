import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { commandLine } from '../cli/command-line.ts';
import { waitFor } from '../support/wait-for.ts';
import { createTwoAccounts, type TwoAccounts } from './two-accounts.ts';

let two: TwoAccounts;

beforeAll(async () => {
  two = await createTwoAccounts(20);
  await two.stage.startWorker();
});
afterAll(() => two.close());

test('two accounts export at once, each with its own settings, connection and calls', async () => {
  const { stage, second, askFirst, askSecond } = two;
  const all = stage.settings();
  for (const [ask, direction, language] of [
    [askFirst, 'all', 'ru-RU'],
    [askSecond, 'incoming', 'ru-RU, kk-KZ'],
  ] as const) {
    const connection = { connectionId: stage.sandbox.connectionId, language };
    const body = { version: 0, settings: { ...all, direction }, connection };
    expect(await ask('PUT /api/settings', { body })).toMatchObject({ status: 200 });
  }
  const begun = await Promise.all([
    askFirst('POST /api/exports', { body: {} }),
    askSecond('POST /api/exports', { body: {} }),
  ]);
  expect(begun.map(({ status }) => status)).toEqual([202, 202]);
  const ended = await Promise.all(
    [askFirst, askSecond].map((ask) =>
      waitFor(
        async () => {
          const { body } = await ask('GET /api/status');
          const last = body['export'] as { state: string } | null;
          return last?.state === 'completed' ? body : undefined;
        },
        { what: 'both to end' },
      ),
    ),
  );
  expect(ended).toMatchObject([
    { account: { accountId: stage.accountId }, connection: { language: 'ru-RU' }, export: { calls: { skipped: {} } } },
    {
      account: { accountId: second.accountId },
      connection: { language: 'ru-RU, kk-KZ' },
      export: { calls: { skipped: { other_direction: expect.any(Number) } } },
    },
  ]);
  for (const [index, ask] of [askFirst, askSecond].entries()) {
    const { body } = await ask('GET /api/exports');
    expect((body['exports'] as { exportId: string }[]).map(({ exportId }) => exportId)).toEqual([
      begun[index]?.body['exportId'],
    ]);
  }

  // The command line beside it sees the account that it is asked for.
  const run = commandLine(stage.environment);
  const status = async (accountId: number) =>
    JSON.parse((await run(`status --account ${accountId} --json`)).stdout) as unknown;
  expect(await status(stage.accountId)).toMatchObject({ exportId: begun[0].body['exportId'] });
  expect(await status(second.accountId)).toMatchObject({ exportId: begun[1].body['exportId'] });
});

test('a token of one account is nothing at the other’s page', async () => {
  const { stage, second, askFirst } = two;
  const answer = await askFirst('GET /api/status', { headers: { origin: second.addresses.amocrm } });
  expect(answer).toMatchObject({ status: 401 });
  expect(JSON.stringify(answer.body)).not.toContain(String(stage.accountId));
});
