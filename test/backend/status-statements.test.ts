import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createBackendStage, startBackend, type TestBackend, widgetOf } from '../support/backend.ts';
import { watchStatements } from '../support/recorded-statements.ts';
import type { Stage } from '../support/stage.ts';

let stage: Stage;
let backend: TestBackend;
let statements = 0;
const stop = watchStatements(() => statements++);
beforeAll(async () => {
  stage = await createBackendStage();
  backend = await startBackend(stage);
});
afterAll(async () => {
  stop();
  await backend.close();
  await stage.close();
});

test('the status, which the page asks for every few seconds, reads one account, however many there are', async () => {
  const widget = widgetOf(backend.url, stage.sandbox);
  const read = async () => {
    const before = statements;
    expect(await widget('GET /api/status')).toMatchObject({ status: 200 });
    return statements - before;
  };
  await read();
  const alone = await read();
  expect(alone).toBeGreaterThan(0);
  const account = await stage.ledger.accounts.find(stage.accountId);
  if (!account) throw new Error('the stage has an account');
  for (let n = 1; n <= 20; n++) {
    await stage.ledger.accounts.put({ ...account, accountId: account.accountId + n, host: `other${n}.amocrm.ru` });
  }
  expect(await read()).toBe(alone);
});
