import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { amocrmOf } from '../../activities/cards/amocrm-account.ts';
import { createExportActivities } from '../../activities/export-activities.ts';
import { createListingActivities, type ListingCursor } from '../../activities/listing/listing-activities.ts';
import { createPlanActivities } from '../../activities/listing/plan-activities.ts';
import { createAmocrmPaces } from '../../amocrm/pacing/pace.ts';
import { createOauth } from '../../amocrm/oauth/oauth.ts';
import { TokenKeeper } from '../../amocrm/oauth/token-keeper.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { createSpeechSense, type SpeechSense } from '../../speechsense/speechsense.ts';
import { createTestSchema, type TestSchema } from '../support/postgres-schema.ts';

/**
 * amoCRM takes 7 requests in a second and we send 6. Both times this, minutes become seconds, and the room for
 * lateness stays the same in time: a sixth of a second. A busy machine manages that many requests too.
 */
const FASTER = 5;
const KEYS = [{ id: 'k1', key: Buffer.alloc(32, 1) }];

let schema: TestSchema;
let sandbox: Sandbox;
let speechSense: SpeechSense;
const ledgers: Ledger[] = [];
beforeAll(async () => {
  schema = await createTestSchema();
  // One request too many in any second, and the account is shut out.
  const limits = { requestsPerSecond: 7 * FASTER, accountRequestsPerSecond: null, banAfter: 1 };
  sandbox = await startSandbox({
    accountId: randomInt(1e6, 2e9),
    calls: 10_000,
    limits,
    switches: { apiFilter: false },
  });
  speechSense = createSpeechSense({ address: sandbox.addresses.speechsense, tls: false });
});
afterAll(async () => {
  speechSense.close();
  await Promise.all(ledgers.map((ledger) => ledger.close()));
  await sandbox.close();
  await schema.drop();
});

/** All that a worker has of its own. */
function startWorker(counts: Map<string, number>) {
  const ledger = openLedger({ databaseUrl: schema.databaseUrl, encryptionKeys: KEYS });
  ledgers.push(ledger);
  const transport = createAmocrmTransport();
  const insecureHosts = [new URL(sandbox.addresses.amocrm).host];
  const deps = {
    ledger,
    tokens: new TokenKeeper(ledger.tokens, createOauth({ transport, insecureHosts, integration: undefined })),
    speechSense,
    transport,
    insecureHosts,
    paces: createAmocrmPaces(ledger.rateBuckets, 6 * FASTER),
    countRequest: (accountId: number, endpoint: string, outcome: string) => {
      const key = `${accountId} ${endpoint} ${outcome}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    recordingWaitHours: 48,
    now: () => Promise.resolve(new Date(sandbox.clock.nowMs())),
  };
  const activities = {
    ...createExportActivities(deps),
    ...createListingActivities(deps),
    ...createPlanActivities(deps),
  };
  const ask = async () => {
    const { http } = await amocrmOf(deps, sandbox.accountId);
    await http.get('/account', {}, z.unknown());
  };
  return { ledger, activities, ask };
}

type Worker = ReturnType<typeof startWorker>;

function run<O>(activity: () => Promise<O>): Promise<O> {
  return new MockActivityEnvironment().run(activity);
}

test('an export of 10,000 calls by two workers is never asked to slow down, and never shut out', async () => {
  const counts = new Map<string, number>();
  const workers: [Worker, Worker] = [startWorker(counts), startWorker(counts)];
  const [{ ledger, activities }] = workers;
  const { accountId, connectionId, apiKey, token } = sandbox;
  await ledger.migrate();
  const host = new URL(sandbox.addresses.amocrm).host;
  await ledger.accounts.put({
    accountId,
    host,
    name: 'A',
    timeZone: 'Europe/Moscow',
    isApiFilterEnabled: false,
    country: 'RU',
  });
  await ledger.tokens.put(accountId, token);
  await ledger.connections.put({ accountId, connectionId, language: 'ru-RU', apiKey });

  const exportId = randomUUID();
  const day = (offset: number) => new Date(sandbox.clock.nowMs() + offset * 86_400_000).toISOString().slice(0, 10);
  const settings = parseExportSettings({ period: { from: day(-40), to: day(1) } });
  const startedAt = new Date(sandbox.clock.nowMs()).toISOString();
  await run(() => activities.openExport({ exportId, accountId, kind: 'export', settings, startedAt }));
  const nextPage = ({ activities: own }: Worker, at: ListingCursor | null) =>
    run(() => own.listCallsPage({ exportId, cursor: at }));
  const prepare = ({ activities: own }: Worker, batch: number) => run(() => own.prepareBatch({ exportId, batch }));
  let cursor: ListingCursor | null = null;
  let turn = 0;
  do {
    // Whichever worker is free takes the next page.
    const worker: Worker = workers[turn++ % 2] ?? workers[0];
    ({ next: cursor } = await nextPage(worker, cursor));
  } while (cursor);
  const { batches } = await run(() => activities.closePlan({ exportId, batchSize: 100 }));

  // Every worker prepares several batches at once, and asks for much more beside them than the pace lets through.
  const waiting = Array.from({ length: batches }, (_, batch) => batch);
  await Promise.all([
    ...workers.flatMap(({ ask }) => Array.from({ length: 150 }, ask)),
    ...[...workers, ...workers, ...workers].map(async (worker) => {
      for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) await prepare(worker, batch);
    }),
  ]);

  const { amocrm } = sandbox;
  expect((await ledger.progress.read(exportId)).calls.found).toBeGreaterThan(9_000);
  expect(amocrm.limit).toMatchObject({ violations: 0, banned: false });
  expect(amocrm.limit.peakPerSecond).toBeLessThanOrEqual(7 * FASTER);
  // It was the pace that held it back, not the machine.
  expect(amocrm.limit.peakPerSecond).toBeGreaterThanOrEqual(4 * FASTER);
  const statuses = new Set(Object.values(amocrm.requests.byRoute).flatMap((byStatus) => Object.keys(byStatus)));
  expect(statuses).not.toContain('429');
  expect(statuses).not.toContain('403');
  // What we count is what amoCRM saw, but for requests that met a connection at its end and were sent again.
  const answered = new Map([...counts].filter(([key]) => !key.endsWith(' amocrm_unavailable')));
  expect(Object.fromEntries(answered)).toEqual(seenBy(amocrm.requests.byRoute));
  expect(amocrm.requests.total).toBeGreaterThan(200);
}, 300_000);

/** The sandbox's counters in the words of ours. */
function seenBy(byRoute: Sandbox['amocrm']['requests']['byRoute']): Record<string, number> {
  const seen: Record<string, number> = {};
  for (const [route, byStatus] of Object.entries(byRoute)) {
    for (const [status, count] of Object.entries(byStatus)) {
      const outcome = { 200: 'ok', 204: 'ok', 422: 'amocrm_rejected' }[status] ?? status;
      const key = `${sandbox.accountId} ${route.replace('GET /api/v4', '')} ${outcome}`;
      seen[key] = (seen[key] ?? 0) + count;
    }
  }
  return seen;
}
