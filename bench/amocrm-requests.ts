import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createExportActivities } from '../activities/export-activities.ts';
import { createListingActivities } from '../activities/listing/listing-activities.ts';
import { createPlanActivities } from '../activities/listing/plan-activities.ts';
import { createOauth } from '../amocrm/oauth/oauth.ts';
import { UNPACED } from '../amocrm/pacing/pace.ts';
import { TokenKeeper } from '../amocrm/oauth/token-keeper.ts';
import { createAmocrmTransport } from '../amocrm/http/transport.ts';
import { openLedger } from '../ledger/ledger.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { parseExportSettings } from '../settings/export-settings.ts';
import { createSpeechSense } from '../speechsense/speechsense.ts';
import type { Figure } from './figure.ts';
import { inLanes } from './sample.ts';
import type { BenchStage } from './stage.ts';

/** The product's own pace, by which a number of requests becomes a time. */
const REQUESTS_PER_SECOND = 6;
const PACE = { batchSize: 100, openBatches: 4 };
/** A field of every kind, standard and custom, so that every kind of card is needed. */
const FULL_MAPPING = {
  deal: [
    { amocrm: 'status', speechsense: 'deal_status' },
    { amocrm: 'loss_reason', speechsense: 'deal_loss_reason' },
    { amocrm: 'cf_1150943', speechsense: 'interesy' },
  ],
  contact: [
    { amocrm: 'phone', speechsense: 'contact_phone' },
    { amocrm: 'cf_1150903', speechsense: 'gorod' },
  ],
  company: [
    { amocrm: 'name', speechsense: 'company_name' },
    { amocrm: 'cf_1150923', speechsense: 'otrasl' },
  ],
};

interface Counted {
  exported: number;
  total: number;
  listing: number;
}

/**
 * Requests to amoCRM that an export costs: opening, listing, planning and reading the cards of all its batches, counted
 * by the sandbox, whose limits are lifted. Nothing is transferred, because transfers ask amoCRM for nothing.
 */
export async function amocrmRequests(stage: BenchStage): Promise<Figure[]> {
  const calls = stage.quick ? 1_000 : 10_000;
  stage.say(`requests: exports of ${calls} calls, with and without the filter option…`);
  const figures: Figure[] = [];
  for (const [option, atMost] of [
    [true, 0.02],
    [false, 0.15],
  ] as const) {
    const name = option ? 'with the filter option' : 'without the filter option';
    for (const [mapping, said] of [
      [FULL_MAPPING, 'deal, contact and company mapped'],
      [{}, 'nothing mapped'],
    ] as const) {
      const counted = await count(stage, calls, option, mapping);
      figures.push({
        name: `${name}, ${said}`,
        value: counted.total / counted.exported,
        unit: 'requests/call',
        ...(stage.quick ? {} : { aim: { of: 'value' as const, atMost } }),
      });
      if (option && mapping === FULL_MAPPING) {
        figures.push({
          name: `listing ${calls} calls at ${REQUESTS_PER_SECOND} requests/s`,
          value: counted.listing / REQUESTS_PER_SECOND,
          unit: 's of requests',
          aim: { of: 'value', atMost: 30 },
        });
      }
    }
  }
  return figures;
}

async function count(stage: BenchStage, calls: number, apiFilter: boolean, mapping: object): Promise<Counted> {
  const sandbox = await startSandbox({
    calls,
    limits: { requestsPerSecond: null, accountRequestsPerSecond: null },
    switches: { apiFilter },
  });
  const ledger = openLedger({
    databaseUrl: await stage.newDatabase(),
    encryptionKeys: [{ id: 'bench', key: Buffer.alloc(32, 7) }],
    maxConnections: 20,
  });
  const speechSense = createSpeechSense({ address: sandbox.addresses.speechsense, tls: false });
  try {
    await ledger.migrate();
    const { accountId, connectionId, apiKey } = sandbox;
    const { host } = new URL(sandbox.addresses.amocrm);
    await ledger.accounts.put({
      accountId,
      host,
      name: '',
      timeZone: 'Europe/Moscow',
      isApiFilterEnabled: true,
      country: 'RU',
    });
    await ledger.tokens.put(accountId, sandbox.token);
    await ledger.connections.put({ accountId, connectionId, apiKey, language: 'ru-RU' });
    const transport = createAmocrmTransport();
    const insecureHosts = [host];
    const deps = {
      ledger,
      speechSense,
      tokens: new TokenKeeper(ledger.tokens, createOauth({ transport, insecureHosts, integration: undefined })),
      transport,
      insecureHosts,
      // Counted, not waited for.
      paces: () => UNPACED,
      recordingWaitHours: 48,
      now: ledger.now,
    };
    const activities = {
      ...createExportActivities(deps),
      ...createListingActivities(deps),
      ...createPlanActivities(deps),
    };
    return await exportOnce(activities, sandbox, mapping);
  } finally {
    speechSense.close();
    await ledger.close();
    await sandbox.close();
  }
}

type Activities = ReturnType<typeof createExportActivities> &
  ReturnType<typeof createListingActivities> &
  ReturnType<typeof createPlanActivities>;

type Cursor = Parameters<Activities['listCallsPage']>[0]['cursor'];

/** The steps of an export up to its transfers, as its workflow takes them. */
async function exportOnce(activities: Activities, sandbox: Sandbox, mapping: object): Promise<Counted> {
  const exportId = randomUUID();
  const now = new Date(sandbox.clock.nowMs());
  const day = (offset: number) => new Date(now.getTime() + offset * 86_400_000).toISOString().slice(0, 10);
  const settings = parseExportSettings({ period: { from: day(-40), to: day(1) }, mapping });
  const { requests } = sandbox.amocrm;
  const { accountId } = sandbox;
  const open = { exportId, accountId, kind: 'export' as const, settings, startedAt: new Date().toISOString() };
  await asActivity(() => activities.openExport(open));

  const before = requests.total;
  const listFrom = (cursor: Cursor) => asActivity(() => activities.listCallsPage({ exportId, cursor }));
  for (let page = await listFrom(null); page.next !== null; page = await listFrom(page.next));
  const listing = requests.total - before;

  const { batches } = await asActivity(() => activities.closePlan({ exportId, batchSize: PACE.batchSize }));
  let exported = 0;
  const numbers = Array.from({ length: batches }, (_, batch) => batch);
  await inLanes(PACE.openBatches, numbers, async (batch) => {
    const planned = await asActivity(() => activities.prepareBatch({ exportId, batch }));
    exported += planned.length;
  });
  return { exported, total: requests.total, listing };
}

/** Runs a step as a worker does: it finds its cancellation in the environment. */
function asActivity<Result>(step: () => Promise<Result>): Promise<Result> {
  return new MockActivityEnvironment().run(step);
}
