import type { Logger } from 'pino';
import { canConvert } from '../client/audio-conversion.ts';
import { ExportClient } from '../client/export-client.ts';
import { closeAccess, openAccess } from '../client/accounts/open-access.ts';
import { readTariff } from '../client/previews/tariff-file.ts';
import { answers, type TemporalConnection } from '../client/temporal/temporal-connection.ts';
import { answersWithin } from '../environment/answers-within.ts';
import { amocrmIntegration } from '../environment/amocrm-integration.ts';
import type { Environment } from '../environment/environment.ts';
import { startStatusServer, type StatusServer } from '../environment/status-server.ts';
import { ExportError } from '../errors/export-error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { linkKeys } from './api/report-link.ts';
import { createApp } from './app.ts';
import { BackgroundWork } from './operations/background-work.ts';
import { createMetrics } from './operations/metrics.ts';
import { type Limits, type Parts, USUAL_LIMITS } from './parts.ts';

export interface BackendOptions {
  environment: Environment;
  /** Opened and closed by the caller, as is the connection to Temporal. */
  ledger: Ledger;
  temporal: TemporalConnection;
  logger: Logger;
  limits?: Limits;
  now?: () => Date;
}

export interface Backend {
  /** Begins to answer. @returns the ports, free ones where 0 was asked for. @throws {ExportError} `port_in_use` */
  listen(): Promise<{ port: number; operationsPort: number }>;
  /** Takes no more requests, lets those under way and what they left behind come to an end, gives everything back. */
  close(): Promise<void>;
}

/**
 * The backend of the widget, as the environment says.
 *
 * @throws {ExportError} `amocrm_client_not_set`, `tariff_invalid`
 */
export async function createBackend(options: BackendOptions): Promise<Backend> {
  const { environment, ledger, temporal, logger, limits = USUAL_LIMITS, now = () => new Date() } = options;
  const integration = amocrmIntegration(environment);
  if (!integration) throw new ExportError('amocrm_client_not_set');
  const exports = new ExportClient({ temporal: temporal.client, ledger, taskQueue: environment.TEMPORAL_TASK_QUEUE });
  const metrics = createMetrics();
  const access = openAccess(
    environment,
    ledger,
    () => Promise.resolve(exports),
    (account, endpoint, outcome) => metrics.amocrmRequests.inc({ account, endpoint, outcome }),
  );
  const background = new BackgroundWork(logger);
  const tariffFile = environment.TARIFF_FILE;
  const parts: Parts = {
    services: { ledger, access, exports, now },
    hooks: { integration, background, metrics },
    server: { logger, limits, trustedProxies: environment.TRUSTED_PROXIES },
    reportLinks: {
      publicUrl: environment.PUBLIC_URL ?? new URL(integration.redirectUri).origin,
      linkKeys: linkKeys(environment.ENCRYPTION_KEYS),
    },
    prices: {
      requestsPerSecond: environment.AMOCRM_REQUESTS_PER_SECOND,
      tariff: await readTariff(tariffFile),
      tariffFile,
    },
    audioConversion: await canConvert(environment.FFMPEG_PATH),
  };
  const app = await createApp(parts);
  const { HOST: host, PORT: port } = environment;
  let operations: StatusServer | undefined;
  return {
    listen: async () => {
      operations = await startStatusServer({
        host,
        port: environment.OPERATIONS_PORT,
        setting: 'OPERATIONS_PORT',
        missing: () => missing(ledger, temporal),
        metrics: () => metrics.registry.metrics(),
      });
      try {
        await app.listen({ host, port });
      } catch (cause) {
        await operations.close();
        if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'EADDRINUSE') throw cause;
        throw new ExportError('port_in_use', { cause, values: { port, setting: 'PORT' } });
      }
      const address = app.server.address();
      const opened = typeof address === 'object' && address ? address.port : port;
      return { port: opened, operationsPort: operations.port };
    },
    close: async () => {
      await closeWithin(app, REQUESTS_END_WITHIN_MS);
      await background.idle();
      await closeAccess(access);
      await operations?.close();
    },
  };
}

/** A report that is still being downloaded is cut, and can be downloaded again. */
const REQUESTS_END_WITHIN_MS = 10_000;

async function closeWithin(app: Awaited<ReturnType<typeof createApp>>, ms: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), ms);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}

const LOOK_WITHIN_MS = 2_000;

async function missing(ledger: Ledger, temporal: TemporalConnection): Promise<string[]> {
  const looks = { database: ledger.ping(), temporal: answers(temporal, LOOK_WITHIN_MS) };
  const found = await Promise.all(
    Object.entries(looks).map(async ([name, look]) => ((await answersWithin(look, LOOK_WITHIN_MS)) ? [] : [name])),
  );
  return found.flat();
}
