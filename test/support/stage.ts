import { randomInt, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { ExportClient } from '../../client/export-client.ts';
import { type ExportStatus, isFinal } from '../../client/exports/status.ts';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import type { ReportRow } from '../../ledger/exports/report-columns.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { type ExportSettings, parseExportSettings } from '../../settings/export-settings.ts';
import type { ExportPace } from '../../workflows/messages.ts';
import { createTestSchema } from './postgres-schema.ts';
import { testServer } from './test-server.ts';
import { waitFor } from './wait-for.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

export interface StageOptions {
  sandbox?: SandboxOptions;
  pace?: Partial<ExportPace>;
  /** More of the workers' environment. */
  environment?: Record<string, string>;
  /** Instead of the suites' own servers. */
  databaseUrl?: string;
  temporalAddress?: string;
}

/** All parts of the product around one sandbox account, on real servers, each suite with its own of everything. */
export interface Stage {
  accountId: number;
  sandbox: Sandbox;
  ledger: Ledger;
  temporal: Client;
  connection: Connection;
  exports: ExportClient;
  /** The environment of this stage's processes. */
  environment: Record<string, string>;
  /** Every call of the sandbox, whatever the settings of the machine's clock. */
  settings(more?: Record<string, unknown>): ExportSettings;
  /** A request to the sandbox's control interface. @throws Error when the sandbox does not take it. */
  control(part: 'amocrm' | 'telephony' | 'speechsense', method: string, path: string, body?: unknown): Promise<void>;
  startWorker(): Promise<WorkerProcess>;
  /** Waits until the export has ended. */
  finished(exportId: string, timeoutMs?: number): Promise<ExportStatus>;
  report(exportId: string): Promise<ReportRow[]>;
  close(): Promise<void>;
}

const ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;

export async function createStage(options: StageOptions = {}): Promise<Stage> {
  const schema = options.databaseUrl === undefined ? await createTestSchema() : undefined;
  const databaseUrl = options.databaseUrl ?? schema?.databaseUrl ?? '';
  const temporalAddress = options.temporalAddress ?? testServer('TEST_TEMPORAL_ADDRESS');
  const taskQueue = `test-${randomUUID()}`;
  const accountId = randomInt(1_000_000, 2_000_000_000);
  const sandbox = await startSandbox({ accountId, ...options.sandbox });
  // Links that are still to come arrive now: what is true in the sandbox must not change while a test runs.
  for (const { worldId, linkDueAt } of sandbox.world.calls) if (linkDueAt !== null) sandbox.world.giveLink(worldId);
  const hosts = [sandbox.addresses.amocrm, sandbox.addresses.telephony].map((url) => new URL(url).host);
  const environment = {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_TASK_QUEUE: taskQueue,
    ENCRYPTION_KEYS,
    SPEECHSENSE_ENDPOINT: sandbox.addresses.speechsense,
    SPEECHSENSE_TLS: 'false',
    INSECURE_HOSTS: hosts.join(','),
    AMOCRM_CLIENT_ID: sandbox.clientId,
    AMOCRM_CLIENT_SECRET: sandbox.clientSecret,
    AMOCRM_REDIRECT_URI: sandbox.redirectUri,
    WORKER_METRICS_PORT: '0',
    LOG_LEVEL: 'info',
    CONFIRM_AFTER_SECONDS: '2',
    CONFIRM_WITHIN_SECONDS: '60',
    CONFIRM_ABSENT_AFTER_SECONDS: '2',
    ...options.environment,
  };

  const ledger = openLedger({ databaseUrl, encryptionKeys: [{ id: 'test', key: Buffer.alloc(32, 7) }] });
  await ledger.migrate();
  await ledger.accounts.put({
    accountId,
    host: hosts[0] ?? '',
    name: 'Sandbox',
    timeZone: 'Europe/Moscow',
    isApiFilterEnabled: true,
    country: 'RU',
  });
  await ledger.tokens.put(accountId, sandbox.token);
  await ledger.connections.put({
    accountId,
    connectionId: sandbox.connectionId,
    language: 'ru-RU',
    apiKey: sandbox.apiKey,
  });

  const connection = await Connection.connect({ address: temporalAddress });
  const temporal = new Client({ connection });
  const exports = new ExportClient({ temporal, ledger, taskQueue, ...(options.pace ? { pace: options.pace } : {}) });
  const workers: WorkerProcess[] = [];

  return {
    accountId,
    sandbox,
    ledger,
    temporal,
    connection,
    exports,
    environment,
    settings: (more = {}) => {
      const day = (offset: number) => new Date(sandbox.clock.nowMs() + offset * 86_400_000).toISOString().slice(0, 10);
      return parseExportSettings({ period: { from: day(-40), to: day(1) }, ...more });
    },
    control: async (part, method, path, body) => {
      const answer = await sandbox[part].control(method, path, body);
      if (answer.status !== 200) throw new Error(`${method} ${part}${path}: ${JSON.stringify(answer)}`);
    },
    startWorker: async () => {
      const worker = await startWorkerProcess(environment);
      workers.push(worker);
      return worker;
    },
    finished: (exportId, timeoutMs = 120_000) =>
      waitFor(
        async () => {
          const status = await exports.status(accountId, exportId);
          return isFinal(status) ? status : undefined;
        },
        { what: `export ${exportId} to end`, timeoutMs },
      ),
    report: async (exportId) => {
      const rows = [];
      for await (const row of ledger.report.rows(exportId)) rows.push(row);
      return rows;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.kill9()));
      await connection.close();
      await ledger.close();
      await sandbox.close();
      await schema?.drop();
    },
  };
}
