import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tokenScheduleId } from '../../worker/token-schedule.ts';
import type { keepTokens } from '../../workflows/keep-tokens.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const DAY_SECONDS = 86_400;
const daysAgo = (days: number) => -days * DAY_SECONDS;
const office = () => stage.sandbox.amocrm.account.tokens;
const stateOf = async (accountId: number) => (await stage.ledger.tokens.about(accountId))?.state;

/** Another account at the same host, of whose tokens amoCRM knows nothing. */
async function addForgotten(accountId: number, accessSeconds: number): Promise<number> {
  const account = await stage.ledger.accounts.find(stage.accountId);
  if (!account) throw new Error('the stage has an account');
  await stage.ledger.accounts.put({ ...account, accountId });
  await stage.ledger.tokens.put(accountId, { kind: 'oauth', access: 'a', refresh: 'unknown', accessSeconds });
  return accountId;
}

/** Runs the schedule now, as its button in the Web UI does. */
async function runSchedule() {
  const schedule = stage.temporal.schedule.getHandle(tokenScheduleId(stage.environment['TEMPORAL_TASK_QUEUE'] ?? ''));
  const before = (await schedule.describe()).info.recentActions.length;
  await schedule.trigger();
  const action = await waitFor(async () => (await schedule.describe()).info.recentActions[before]?.action, {
    what: 'the schedule to start its workflow',
  });
  return stage.temporal.workflow.getHandle<typeof keepTokens>(action.workflow.workflowId).result();
}

test('tokens that nobody used for a month are refreshed by the schedule, once; what cannot be is told by its account', async () => {
  const granted = office().exchangeCode(office().issueCode());
  if (!('pair' in granted)) throw new Error('the sandbox gives a pair for its code');
  const { accessToken: access, refreshToken: refresh } = granted.pair;
  await stage.ledger.tokens.put(stage.accountId, { kind: 'oauth', access, refresh, accessSeconds: daysAgo(31) });
  const forgotten = await addForgotten(stage.accountId + 1, daysAgo(60));
  const inUse = await addForgotten(stage.accountId + 2, daysAgo(29));

  // The second worker finds the schedule there.
  for (const worker of [await stage.startWorker(), await stage.startWorker()]) await worker.statusUrl();
  expect(await runSchedule()).toEqual({ kept: [stage.accountId], failed: { [forgotten]: 'amocrm_unauthorized' } });
  expect(office().counters.refreshes).toBe(1);
  expect((await stage.ledger.tokens.read(stage.accountId))?.accessLeftMs).toBeGreaterThan(0);
  expect(await stateOf(forgotten)).toBe('reauth_required');
  expect(await stateOf(inUse)).toBe('active');

  // Whoever must be connected anew is not asked for again every day.
  expect(await runSchedule()).toEqual({ kept: [], failed: {} });
  expect(office().counters).toMatchObject({ refreshes: 1, refusals: 1 });
});
