import { randomInt, randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import {
  createListingActivities,
  type ListingCursor,
  type ListingDeps,
  type PageLimits,
} from '../../activities/listing/listing-activities.ts';
import { createPlanActivities } from '../../activities/listing/plan-activities.ts';
import { UNPACED } from '../../amocrm/pacing/pace.ts';
import { createOauth } from '../../amocrm/oauth/oauth.ts';
import { TokenKeeper } from '../../amocrm/oauth/token-keeper.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import type { ExportKind } from '../../ledger/schema.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { openAccount, type TestAccount } from '../sandbox/amocrm-sandbox.ts';
import { openTestLedger, TEST_CONNECTION, type TestLedger } from '../support/ledger.ts';

export interface Listing {
  exportId: string;
  accountId: number;
}

export interface ListingStage {
  ledger: TestLedger['ledger'];
  databaseUrl: string;
  amocrm: TestAccount;
  /** Hours within which a recording may still come. */
  waitHours: number;
  /** Which attempt of its activity each step is. */
  attempt: number;
  /** An export of this period (Unix seconds); of a new account unless one is given. */
  open(period: { from: number; until: number }, more?: OpenOptions): Promise<Listing>;
  /** Reads page by page to the end; `before` is told of each page that is about to be read. */
  list(listing: Listing, limits?: PageLimits, before?: (cursor: ListingCursor | null) => void): Promise<void>;
  /** Reads the waiting calls' notes again. */
  reread(listing: Listing): Promise<void>;
  closePlan(listing: Listing): Promise<unknown>;
  planWaiting(listing: Listing): Promise<unknown>;
  close(): Promise<void>;
}

interface OpenOptions {
  accountId?: number;
  kind?: ExportKind;
  settings?: unknown;
}

/** The failures that these suites are about would fill the screen. */
const SILENT = new DefaultLogger('ERROR', () => undefined);

/** The real listing and plan over a real ledger and the sandbox's amoCRM, without Temporal and without pacing. */
export async function createListingStage(): Promise<ListingStage> {
  const [test, amocrm] = await Promise.all([openTestLedger(), openAccount({ calls: 0 })]);
  const { ledger } = test;
  const { host } = new URL(amocrm.amocrm.url);
  const transport = createAmocrmTransport();
  const deps: ListingDeps = {
    ledger,
    tokens: new TokenKeeper(ledger.tokens, createOauth({ transport, insecureHosts: [host], integration: undefined })),
    transport,
    insecureHosts: [host],
    paces: () => UNPACED,
    now: () => Promise.resolve(new Date(amocrm.clock.nowMs())),
  };
  const inActivity = async <T>(step: () => Promise<T>) =>
    new MockActivityEnvironment({ attempt: stage.attempt }, { logger: SILENT }).run<[], T, () => Promise<T>>(step);
  const plan = () => createPlanActivities({ ...deps, recordingWaitHours: stage.waitHours });

  const stage: ListingStage = {
    ledger,
    databaseUrl: test.databaseUrl,
    amocrm,
    waitHours: 48,
    attempt: 1,
    async open({ from, until }, { accountId = randomInt(1, 2_000_000_000), kind = 'export', settings = {} } = {}) {
      await ledger.accounts.put({
        accountId,
        host,
        name: 'a',
        timeZone: 'Europe/Moscow',
        isApiFilterEnabled: true,
        country: 'RU',
      });
      await ledger.tokens.put(accountId, amocrm.token);
      const exportId = randomUUID();
      await ledger.exports.open({
        exportId,
        accountId,
        kind,
        retryOf: null,
        connectionId: TEST_CONNECTION,
        language: 'ru-RU',
        settings: parseExportSettings(settings),
        intervalFrom: new Date(from * 1000),
        intervalUntil: new Date(until * 1000),
        startedAt: await deps.now(),
      });
      return { exportId, accountId };
    },
    async list({ exportId }, limits, before) {
      const activities = createListingActivities(deps, limits);
      for (let cursor: ListingCursor | null = null; ;) {
        const given: ListingCursor | null = cursor;
        before?.(given);
        const next = await inActivity(async () => (await activities.listCallsPage({ exportId, cursor: given })).next);
        if (next === null) return;
        // As Temporal hands it on.
        cursor = JSON.parse(JSON.stringify(next)) as ListingCursor;
        if (cursor.walk.pages > 3_000) throw new Error(`the listing does not end: ${JSON.stringify(cursor)}`);
      }
    },
    async reread({ exportId }) {
      const activities = createListingActivities(deps);
      for (let after: number | null = 0; after !== null;) {
        const from: number = after;
        after = await inActivity(async () => (await activities.rereadNotes({ exportId, after: from })).next);
      }
    },
    closePlan: ({ exportId }) => plan().closePlan({ exportId, batchSize: 100 }),
    planWaiting: ({ exportId }) => plan().planWaiting({ exportId, batchSize: 100 }),
    close: async () => {
      await amocrm.close();
      await test.close();
    },
  };
  return stage;
}
