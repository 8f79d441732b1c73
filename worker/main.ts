import { NativeConnection, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createOauth } from '../amocrm/oauth/oauth.ts';
import { createAmocrmPaces } from '../amocrm/pacing/pace.ts';
import { TokenKeeper } from '../amocrm/oauth/token-keeper.ts';
import { createAmocrmTransport } from '../amocrm/http/transport.ts';
import { startStatusServer } from '../environment/status-server.ts';
import { amocrmIntegration } from '../environment/amocrm-integration.ts';
import { answersWithin } from '../environment/answers-within.ts';
import { type Environment, readEnvironment } from '../environment/environment.ts';
import { forgetSecrets } from '../environment/forget-secrets.ts';
import { createLogger } from '../environment/logger.ts';
import { readTemporalAddress } from '../environment/temporal-address.ts';
import { ensureSearchAttributes, searchAttributesRefused } from '../environment/temporal-search-attributes.ts';
import { exitCodeOf } from '../errors/outcome.ts';
import { ExportError } from '../errors/export-error.ts';
import { toLedgerError } from '../ledger/database/database.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import { createRecordings } from '../recordings/fetch-recording.ts';
import { checkConverter } from '../recordings/ffmpeg/ffmpeg-version.ts';
import { findIsolation } from '../recordings/ffmpeg/isolation.ts';
import { createSpeechSense } from '../speechsense/speechsense.ts';
import { createExportWorkers, runTogether } from './export-worker.ts';
import { createMetrics } from './metrics.ts';
import { ensureTokenSchedule } from './token-schedule.ts';
import { toldToEnd } from './told-to-end.ts';
import { temporalLogger } from './temporal-logger.ts';
import { workflowBundle } from './workflow-bundle.ts';
import { yieldProcessor } from './yield-processor.ts';

/** `npm run worker`: runs exports until it is told to end (SIGINT, SIGTERM), then puts its calls back and leaves. */
async function main(): Promise<void> {
  const environment = readEnvironment(process.env);
  const logger = createLogger(environment.LOG_LEVEL);
  try {
    yieldProcessor(environment.WORKER_NICENESS);
  } catch (error) {
    logger.warn({ err: error }, 'the system does not let this worker stand back for the processor');
  }
  Runtime.install({ logger: temporalLogger(logger) });

  const ledger = openLedger({
    databaseUrl: environment.DATABASE_URL,
    encryptionKeys: environment.ENCRYPTION_KEYS,
    maxConnections: 20,
  });
  const { migrations, resealed } = await ledger.migrate().catch((error: unknown) => {
    throw toLedgerError(error);
  });
  logger.info({ migrations, resealed }, 'ledger is up to date');

  const { connection, namespace } = await connectTemporal();
  forgetSecrets(SECRETS);
  await ensureSearchAttributes(connection, namespace).catch((error: unknown) => {
    logger.warn(searchAttributesRefused(namespace, error).message);
  });
  await ensureTokenSchedule(connection, namespace, environment.TEMPORAL_TASK_QUEUE);
  await run(environment, ledger, connection, namespace, logger);
  await connection.close();
  await ledger.close();
}

/** Read by now: what strangers' recordings are converted by shall not find them. */
const SECRETS = [
  'DATABASE_URL',
  'ENCRYPTION_KEYS',
  'AMOCRM_CLIENT_SECRET',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
];

async function connectTemporal(): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, namespace = 'default' } = readTemporalAddress(process.env);
  const address = connectionOptions.address ?? 'localhost:7233';
  try {
    return { connection: await NativeConnection.connect({ ...connectionOptions, address }), namespace };
  } catch (cause) {
    throw new ExportError('temporal_unreachable', { cause, values: { address } });
  }
}

async function run(
  environment: Environment,
  ledger: Ledger,
  connection: NativeConnection,
  namespace: string,
  logger: Logger,
): Promise<void> {
  const speechSense = createSpeechSense({
    address: environment.SPEECHSENSE_ENDPOINT,
    tls: environment.SPEECHSENSE_TLS,
  });
  const isolation = await findIsolation(environment.FFMPEG_PATH);
  const recordings = createRecordings({
    insecureHosts: environment.INSECURE_HOSTS,
    ffmpeg: environment.FFMPEG_PATH,
    isolation,
    limits: { maxBytes: environment.RECORDING_MAX_BYTES, stallMs: environment.RECORDING_STALL_SECONDS * 1000 },
  });
  const transport = createAmocrmTransport();
  const { INSECURE_HOSTS: insecureHosts } = environment;
  const oauth = createOauth({ transport, insecureHosts, integration: amocrmIntegration(environment) });
  const metrics = createMetrics();
  const countRequest = (account: number, endpoint: string, outcome: string) =>
    metrics.amocrmRequests.inc({ account, endpoint, outcome });
  const tokens = new TokenKeeper(ledger.tokens, oauth, { counted: countRequest });
  const converter = await checkConverter(environment.FFMPEG_PATH);
  if (converter.ok) {
    logger.info({ version: converter.version, isolation }, 'ffmpeg is there');
    if (isolation !== 'own_root') logger.warn({ isolation }, WEAK_ISOLATION[isolation]);
  } else
    logger.warn(
      'no ffmpeg with libopus: recordings that SpeechSense does not take will fail as audio_unsupported; ' +
        'install it (apt install ffmpeg), set FFMPEG_PATH to one, or fetch one into a clone (npm run ffmpeg)',
    );
  const workers = await createExportWorkers({
    connection,
    namespace,
    taskQueue: environment.TEMPORAL_TASK_QUEUE,
    workflowBundle: await workflowBundle(),
    maxShifts: MAX_SHIFTS,
    maxSingleCalls: MAX_SINGLE_CALLS,
    shutdownGraceSeconds: environment.SHUTDOWN_GRACE_SECONDS,
    logger,
    metrics,
    deps: {
      ledger,
      speechSense,
      tokens,
      transport,
      insecureHosts,
      paces: createAmocrmPaces(ledger.rateBuckets, environment.AMOCRM_REQUESTS_PER_SECOND),
      countRequest,
      recordingWaitHours: environment.RECORDING_WAIT_HOURS,
      recordingRetrySeconds: environment.RECORDING_RETRY_SECONDS,
      now: ledger.now,
      confirm: {
        afterSeconds: environment.CONFIRM_AFTER_SECONDS,
        withinSeconds: environment.CONFIRM_WITHIN_SECONDS,
        absentAfterSeconds: environment.CONFIRM_ABSENT_AFTER_SECONDS,
      },
      readShare: environment.SPEECHSENSE_READ_SHARE / 100,
      recordings,
      workerEnding: toldToEnd(),
    },
  });
  const status = await startStatusServer({
    host: environment.HOST,
    port: environment.WORKER_METRICS_PORT,
    setting: 'WORKER_METRICS_PORT',
    missing: () =>
      missing(
        ledger,
        workers.every((worker) => worker.getState() === 'RUNNING'),
      ),
    metrics: () => metrics.registry.metrics(),
  });
  logger.info({ taskQueue: environment.TEMPORAL_TASK_QUEUE, port: status.port }, 'worker runs');
  try {
    await runTogether(workers);
  } finally {
    // A refresh outlives the step that asked for it: its new tokens must be kept before the ledger closes.
    await tokens.idle();
    speechSense.close();
    await recordings.close();
    await status.close();
  }
}

const WEAK_ISOLATION = {
  namespaces:
    'ffmpeg has no network, but can read and write what this user can: mounting is not allowed here, or this ffmpeg ' +
    'needs files outside of the system folders; see "What ffmpeg can reach" in docs/operations.md',
  none:
    'ffmpeg has the network and the files of this user: user namespaces are not allowed here; ' +
    'see "What ffmpeg can reach" in docs/operations.md',
};

/** Of up to eight calls: as many as four batches of sixteen lanes carry at once. */
const MAX_SHIFTS = 8;
const MAX_SINGLE_CALLS = 64;

/** Shorter than the patience of who asks for /ready. */
const LOOK_WITHIN_MS = 2_000;

async function missing(ledger: Ledger, polling: boolean): Promise<string[]> {
  const database = (await answersWithin(ledger.ping(), LOOK_WITHIN_MS)) ? [] : ['database'];
  return polling ? database : [...database, 'temporal'];
}

main().catch((error: unknown) => {
  const known = error instanceof ExportError ? error : undefined;
  console.error(known ? known.message : error);
  process.exit(exitCodeOf(error));
});
