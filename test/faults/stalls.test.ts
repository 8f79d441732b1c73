import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Amocrm, startAmocrm } from '../../sandbox/amocrm/amocrm-server.ts';
import { createClock } from '../../sandbox/clock.ts';
import { IDENTITY } from '../../sandbox/identity.ts';
import { World } from '../../sandbox/world/world.ts';
import { openTestLedger, type TestLedger } from '../support/ledger.ts';
import { startStallingReader } from '../support/stalling-readers.ts';
import { waitFor } from '../support/wait-for.ts';

let t: TestLedger;
let amocrm: Amocrm;
beforeAll(async () => {
  t = await openTestLedger();
  const clock = createClock();
  const world = new World({ clock, recordingUrl: (one) => `http://telephony.test/${one.worldId}` }, { calls: 0 });
  amocrm = await startAmocrm({ clock, world, identity: IDENTITY });
});
afterAll(async () => {
  await amocrm.close();
  await t.close();
});

/** Of a run that takes some ten seconds; more of them show more. */
const REQUESTS = Number(process.env['STALLED_REQUESTS'] ?? 30);

test('three processes that are held up for 0.2 to 3 seconds again and again never ask more often than amoCRM allows', async () => {
  const { host } = new URL(amocrm.url);
  const options = {
    databaseUrl: t.databaseUrl,
    accountId: IDENTITY.accountId,
    host,
    token: amocrm.account.tokens.longLived(),
    requestsPerSecond: 6,
    stall: { leastMs: 200, mostMs: 3_000, everyMs: 700 },
  };
  const readers = await Promise.all([1, 2, 3].map(() => startStallingReader(options)));
  try {
    await waitFor(() => amocrm.limit.violations > 0 || amocrm.requests.total >= REQUESTS, {
      what: 'the requests',
      timeoutMs: 60_000,
    });
    expect(amocrm.limit.violations).toBe(0);
    expect(amocrm.limit.peakPerSecond).toBeLessThanOrEqual(7);
  } finally {
    await Promise.all(readers.map((reader) => reader.end()));
  }
});
