import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { freePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { untilReady } from './until-ready.ts';

export interface StartTemporalOptions {
  /** The Temporal CLI (`findTemporalCli`). */
  cliPath: string;
  /** Where workflows are kept; without it they end with the server. */
  dbFilename?: string;
  /** Whether a crash of the machine may cost workflows; a crash of the server never does. Default false, for tests. */
  durable?: boolean;
  /** Tried first; a free one is taken when it is not free, or when none is given. */
  port?: number;
  /** The same for the Web UI; without it there is no Web UI. */
  uiPort?: number;
  /** Default `default`. */
  namespace?: string;
  /** Registered when the namespace is new: a file from before keeps the ones it has. */
  searchAttributes: Readonly<
    Record<string, 'Keyword' | 'Text' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList'>
  >;
  /** Gets a line for each step that takes time. */
  say: (line: string) => void;
}

export interface TemporalServer {
  /** `host:port`, for `TEMPORAL_ADDRESS`. The same over restarts. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | undefined;
  readonly pid: number;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill9(): Promise<void>;
  /** Starts it on the same file and ports, stopping it first when it runs. */
  restart(): Promise<void>;
}

const STOP_WITHIN_MS = 10_000;
const PORT_TAKEN = /address already in use/;

/**
 * Starts the Temporal development server and waits until it serves the namespace. Started here and not by the SDK's
 * `createLocal`, which gives up after 5 s on a busy machine.
 * @throws ExportError `server_not_started`.
 */
export async function startTemporal(options: StartTemporalOptions): Promise<TemporalServer> {
  const namespace = options.namespace ?? 'default';
  if (options.dbFilename !== undefined) {
    mkdirSync(path.dirname(options.dbFilename), { recursive: true, mode: 0o700 });
    if (existsSync(options.dbFilename)) chmodSync(options.dbFilename, 0o600);
  }

  options.say('Starting Temporal…');
  let ports = await choosePorts(options.port, options.uiPort);
  let server = await launchTemporal(options, namespace, ports).catch(async (error: unknown) => {
    // Somebody took a port between the look and the start.
    if (!(error instanceof Error && PORT_TAKEN.test(error.message))) throw error;
    ports = await choosePorts(undefined, options.uiPort);
    return launchTemporal(options, namespace, ports);
  });

  const end = () => server.stop('SIGTERM', STOP_WITHIN_MS);
  return {
    address: `127.0.0.1:${ports.port}`,
    namespace,
    uiUrl: ports.uiPort === undefined ? undefined : `http://127.0.0.1:${ports.uiPort}`,
    get pid() {
      return server.pid;
    },
    stop: end,
    kill9: () => server.stop('SIGKILL', 0),
    restart: async () => {
      await end();
      server = await launchTemporal(options, namespace, ports);
    },
  };
}

interface Ports {
  port: number;
  uiPort: number | undefined;
}

async function choosePorts(port: number | undefined, uiPort: number | undefined): Promise<Ports> {
  return { port: await freePort(port), uiPort: uiPort === undefined ? undefined : await freePort(uiPort) };
}

async function launchTemporal(options: StartTemporalOptions, namespace: string, ports: Ports): Promise<GuardedProcess> {
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.port), '--namespace', namespace];
  if (ports.uiPort === undefined) args.push('--headless');
  else args.push('--ui-port', String(ports.uiPort), '--ui-disable-news-fetch');
  if (options.dbFilename !== undefined) {
    args.push('--db-filename', options.dbFilename, '--sqlite-pragma', 'journal_mode=WAL');
    args.push('--sqlite-pragma', `synchronous=${options.durable === true ? 'NORMAL' : 'OFF'}`);
  }
  for (const [name, type] of Object.entries(options.searchAttributes))
    args.push('--search-attribute', `${name}=${type}`);
  // Else it asks the vendor for newer versions now and then.
  args.push('--dynamic-config-value', 'frontend.enableServerVersionCheck=false', '--log-level', 'warn');

  // The histories are nobody else's to read.
  const launcher = ['-c', 'umask 077; exec "$@"', 'sh', options.cliPath, ...args];
  const server = await startGuarded({ command: '/bin/sh', args: launcher, deathSignal: 'SIGKILL' });
  await untilReady('Temporal', server, () => serves(`127.0.0.1:${ports.port}`, namespace));
  return server;
}

async function serves(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } finally {
    await connection.close();
  }
}
