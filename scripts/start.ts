// `npm start`: everything on this machine, and an export of the sandbox's calls to look at; stays up until Ctrl-C.
// DATABASE_URL and TEMPORAL_ADDRESS, when set, are used instead of servers of our own.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ExportClient } from '../client/export-client.ts';
import { closeAccess, openAccess } from '../client/accounts/open-access.ts';
import { connectTemporal } from '../client/temporal/temporal-connection.ts';
import { readEnvironment } from '../environment/environment.ts';
import { ensureSearchAttributes } from '../environment/temporal-search-attributes.ts';
import { EXIT } from '../errors/exit-codes.ts';
import { exitCodeOf } from '../errors/outcome.ts';
import { findExportError } from '../errors/export-error.ts';
import { openLedger } from '../ledger/ledger.ts';
import { freePort } from './servers/free-port.ts';
import { BACKEND_STOPS_WITHIN_MS, startBackendProcess } from './start/backend-process.ts';
import { takeDataFolder } from './start/only-one.ts';
import { lastLines } from './start/own-process.ts';
import { readOptions } from './start/options.ts';
import { environmentFile, keptEncryptionKeys, makePrivateFolder, writePrivateFile } from './start/private-file.ts';
import { readRemembered, writeRemembered } from './start/remembered.ts';
import { RunningParts } from './start/running-parts.ts';
import { forgetOldWorld, migrateLedger, registerSandbox } from './start/sandbox-account.ts';
import { exportSandbox } from './start/sandbox-export.ts';
import { startSandboxProcess } from './start/sandbox-process.ts';
import { uploadWidget } from './start/sandbox-widget.ts';
import { provideFfmpeg, providePostgres, provideTemporal } from './start/servers.ts';
import { Steps } from './start/steps.ts';
import { startWorkerProcess, WORKER_STOPS_WITHIN_MS } from './start/worker-process.ts';
import { stopSignal } from './stop-signal.ts';

/** Where the widget's archive looks for a backend on this machine, unless it is built for another one. */
const USUAL_PORT = 3000;

const projectRoot = path.dirname(import.meta.dirname);
const dataFolder = path.join(projectRoot, '.data');
const logFolder = path.join(dataFolder, 'logs');
const localEnvironment = path.join(dataFolder, 'local.env');
const rememberedFile = path.join(dataFolder, 'start.json');

const options = readOptions(process.argv.slice(2));
const say = (line: string) => console.log(line);
const steps = new Steps(say);
const parts = new RunningParts();
const interrupted = stopSignal();

let exitCode: number = EXIT.unexpected;
try {
  const giveBack = await takeDataFolder(dataFolder);
  await parts.add({ name: 'data folder', stop: giveBack });
  const ended = await Promise.race([bringUp().then(() => interrupted), interrupted, parts.firstDeath()]);
  if (typeof ended === 'string') {
    exitCode = EXIT.done;
    say('\nEnding everything…');
  } else {
    console.error(`\n${ended.name} ended by itself; the logs are in ${logFolder}. Its last words:`);
    console.error(ended.lastWords?.() ?? '(unknown)');
    console.error('Ending the rest…');
  }
} catch (error) {
  console.error(findExportError(error)?.message ?? error);
  exitCode = exitCodeOf(error);
}
await parts.end((line) => console.error(line));
process.exit(exitCode);

async function bringUp(): Promise<void> {
  await makePrivateFolder(logFolder);
  const remembered = await readRemembered(rememberedFile);
  const { ports } = remembered;
  const world = {
    seed: options.seed ?? remembered.world?.seed ?? 1,
    calls: options.calls ?? remembered.world?.calls ?? 300,
    anchor: remembered.world?.anchor ?? new Date().toISOString(),
  };
  const isNewWorld = world.seed !== remembered.world?.seed || world.calls !== remembered.world.calls;
  if (isNewWorld) world.anchor = new Date().toISOString();

  say('');
  // amoCRM knows the backend by the address that the integration redirects to: it is settled first.
  ports.backend = await freePort(ports.backend ?? USUAL_PORT);
  const backendUrl = `http://127.0.0.1:${ports.backend}`;
  const servers = { projectRoot, dataFolder, steps, parts, ports };
  const [databaseUrl, temporal, ffmpeg, sandbox] = await Promise.all([
    providePostgres(servers),
    provideTemporal(servers),
    provideFfmpeg(servers),
    provideSandbox(),
  ]);
  const { addresses } = sandbox;

  const variables = {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    ENCRYPTION_KEYS:
      process.env['ENCRYPTION_KEYS'] || (await keptEncryptionKeys(path.join(dataFolder, 'encryption-keys'))),
    INSECURE_HOSTS: [addresses.amocrm, addresses.telephony].map((url) => new URL(url).host).join(','),
    SPEECHSENSE_ENDPOINT: addresses.speechsense,
    SPEECHSENSE_TLS: 'false',
    AMOCRM_CLIENT_ID: addresses.clientId,
    AMOCRM_CLIENT_SECRET: addresses.clientSecret,
    AMOCRM_REDIRECT_URI: addresses.redirectUri,
    PUBLIC_URL: backendUrl,
    ...(ffmpeg === undefined ? {} : { FFMPEG_PATH: ffmpeg }),
  };
  const environment = readEnvironment({ ...process.env, ...variables });
  const ledger = openLedger({ databaseUrl, encryptionKeys: environment.ENCRYPTION_KEYS, maxConnections: 4 });
  await parts.add({ name: 'ledger', stop: () => ledger.close() });
  const { client, connection, namespace } = await connectTemporal({ ...process.env, ...variables });
  await parts.add({ name: 'Temporal client', stop: () => connection.close() });
  await steps.run(
    'Migrations',
    async () => {
      const migrations = await migrateLedger(ledger, addresses.accountId);
      return [...migrations, ...(await ensureSearchAttributes(connection, namespace))];
    },
    (done) => (done.length === 0 ? 'nothing to do' : done.join(', ')),
  );
  if (isNewWorld && (await forgetOldWorld(ledger, client, addresses.accountId))) {
    say('              The sandbox has other calls now: what was exported of the old ones is forgotten.');
  }
  await writeRemembered(rememberedFile, { ports, world });

  const exports = new ExportClient({ temporal: client, ledger, taskQueue: environment.TEMPORAL_TASK_QUEUE });
  const access = openAccess(environment, ledger, () => Promise.resolve(exports));
  await parts.add({ name: 'amoCRM and SpeechSense clients', stop: () => closeAccess(access) });
  const [{ accountId }] = await Promise.all([
    steps.run(
      'Account',
      () => registerSandbox(access, addresses, world.anchor),
      ({ accountId: id, host }) => `${id} (${host}) with connection ${addresses.connectionId}`,
    ),
    provideWorker(variables),
    provideBackend(variables),
    steps.run(
      'Widget',
      () => uploadWidget(backendUrl, dataFolder, addresses.control),
      (archive) => path.relative(projectRoot, archive),
    ),
  ]);
  await writeRemembered(rememberedFile, { ports, world });
  await writePrivateFile(localEnvironment, environmentFile(variables));
  await parts.add({ name: 'local.env', stop: () => rm(localEnvironment, { force: true }) });

  const account = await ledger.accounts.find(accountId);
  if (options.export && account) {
    await exportSandbox({ exports, ledger, account, reportFolder: path.join(dataFolder, 'reports'), say });
  }
  say(`
  ${temporal.uiUrl === undefined ? `Temporal          ${temporal.address}` : `Temporal Web UI   ${temporal.uiUrl}`}
  amoCRM            ${addresses.amocrm}   (install the widget there and click through the product)
  Sandbox           ${addresses.control}
  Backend           ${backendUrl}/api/docs
  Logs              ${logFolder}

  To try in another terminal, here:
    npx speechsense-export status
    npx speechsense-export start --re-export --watch
    npx speechsense-export stop
    npx speechsense-export report --state failed

  Ctrl-C ends everything; the data stay in ${dataFolder}.`);

  async function provideSandbox() {
    const started = await steps.run(
      'Sandbox',
      () =>
        startSandboxProcess(projectRoot, logFolder, ports, { ...world, redirectUri: `${backendUrl}/oauth/callback` }),
      ({ addresses: { amocrm } }) => `${world.calls} calls (seed ${world.seed}), amoCRM at ${amocrm}`,
    );
    const { process: sandboxProcess, logFile: sandboxLog } = started;
    await parts.add({
      name: 'Sandbox',
      pid: sandboxProcess.pid,
      lastWords: () => lastLines(sandboxLog),
      stop: () => sandboxProcess.stop('SIGTERM', 5_000),
    });
    Object.assign(ports, started.ports);
    return started;
  }

  async function provideBackend(given: Record<string, string>): Promise<void> {
    const env = { ...process.env, ...given, HOST: '127.0.0.1', PORT: String(ports.backend) };
    const {
      process: backend,
      operationsPort,
      logFile,
    } = await steps.run(
      'Backend',
      () => startBackendProcess(projectRoot, logFolder, env, ports.backendOperations),
      (started) => `${backendUrl}, metrics at http://127.0.0.1:${started.operationsPort}/metrics`,
    );
    ports.backendOperations = operationsPort;
    await parts.add({
      name: 'Backend',
      pid: backend.pid,
      lastWords: () => lastLines(logFile),
      stop: () => backend.stop('SIGTERM', BACKEND_STOPS_WITHIN_MS),
    });
  }

  async function provideWorker(given: Record<string, string>): Promise<void> {
    // Ctrl-C shall not wait for a slow upload: it is made again at the next start.
    const env = { SHUTDOWN_GRACE_SECONDS: '3', ...process.env, ...given, HOST: '127.0.0.1' };
    const {
      process: worker,
      port,
      logFile,
    } = await steps.run(
      'Worker',
      () => startWorkerProcess(projectRoot, logFolder, env, ports.workerMetrics),
      (started) => `metrics at http://127.0.0.1:${started.port}/metrics`,
    );
    await parts.add({
      name: 'Worker',
      pid: worker.pid,
      lastWords: () => lastLines(logFile),
      stop: () => worker.stop('SIGTERM', WORKER_STOPS_WITHIN_MS),
    });
    ports.workerMetrics = port;
  }
}
