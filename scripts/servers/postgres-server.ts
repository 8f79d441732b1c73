import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import { preparePostgresCluster } from './postgres-cluster.ts';
import { removeStaleLock } from './postgres-lock.ts';
import { canEnter, standInFor } from './reachable-folder.ts';
import { type ServerUser, serverUser } from './server-user.ts';
import { untilReady } from './until-ready.ts';

export interface StartPostgresOptions {
  /** Where the data are kept. Root's may lie elsewhere, see {@link PostgresServer.dataDir}. */
  dataDir: string;
  /** Tried first; a free one is taken when it is not free, or when none is given. */
  port?: number;
  /** `true` keeps the data and writes them to disk at once; `false` is for tests: fast, and `stop` deletes the data. */
  persistent: boolean;
  /** Gets a line for each step that takes time. */
  say: (line: string) => void;
}

export interface PostgresServer {
  /** For `DATABASE_URL`. It holds the password and stays the same over restarts. */
  readonly url: string;
  readonly port: number;
  /** Where the data really are: for root, not below a folder that an unprivileged user cannot enter. */
  readonly dataDir: string;
  /** Of the running postmaster. */
  readonly pid: number;
  /** Ends it in order; clients are disconnected. */
  stop(): Promise<void>;
  /** As if the machine had taken it away: SIGKILL, data and lock file stay. */
  kill9(): Promise<void>;
  /** Starts it on the same data and port, stopping it first when it runs. */
  restart(): Promise<void>;
}

const STOP_WITHIN_MS = 10_000;
/** The processes of a killed Postgres may take a moment to notice; until then its data stay locked. */
const LOCKED_FOR_AT_MOST_MS = 15_000;
const LOCKED = /pre-existing shared memory block|lock file .* already exists/;
const PORT_TAKEN = /could not create any TCP\/IP sockets/;

/**
 * Starts a Postgres of our own on 127.0.0.1 from the programs that npm installed, as root or as a plain user.
 * @throws ExportError `server_not_started`.
 */
export async function startPostgres(options: StartPostgresOptions): Promise<PostgresServer> {
  const { dataDir, removable, user } = placeData(options.dataDir, options.say);
  const binaries = await postgresBinaries(user, options.say);
  const cluster = preparePostgresCluster(dataDir, { binaries, user, durable: options.persistent, say: options.say });

  const urlAt = (port: number) => `postgres://postgres:${cluster.password}@127.0.0.1:${port}/postgres`;
  const launch = (port: number) =>
    launchPostgres({ binaries, user, cluster: cluster.folder, port, url: urlAt(port), durable: options.persistent });

  options.say('Starting Postgres…');
  let port = await freePort(options.port);
  let server = await launch(port).catch(async (error: unknown) => {
    // Somebody took the port between the look and the start.
    if (!matches(error, PORT_TAKEN)) throw error;
    port = await freePort();
    return launch(port);
  });

  const end = () => server.stop('SIGINT', STOP_WITHIN_MS);
  return {
    url: urlAt(port),
    port,
    dataDir,
    get pid() {
      return server.pid;
    },
    stop: async () => {
      await end();
      if (!options.persistent) rmSync(removable, { recursive: true, force: true });
    },
    kill9: () => server.stop('SIGKILL', 0),
    restart: async () => {
      await end();
      server = await launch(port);
    },
  };
}

interface DataPlace {
  dataDir: string;
  /** What goes when the data go. */
  removable: string;
  user: ServerUser | undefined;
}

function placeData(dataDir: string, say: (line: string) => void): DataPlace {
  const wanted = path.resolve(dataDir);
  const parent = path.dirname(wanted);
  mkdirSync(parent, { recursive: true });
  const user = serverUser(wanted);
  if (!user || canEnter(parent, user)) return { dataDir: wanted, removable: wanted, user };

  const standIn = standInFor(wanted);
  const elsewhere = path.join(standIn, 'postgres-data');
  say(`Postgres does not run as root and others cannot enter ${parent}: its data are kept in ${elsewhere}`);
  return { dataDir: elsewhere, removable: standIn, user: serverUser(elsewhere) };
}

interface Launch {
  binaries: PostgresBinaries;
  user: ServerUser | undefined;
  cluster: string;
  port: number;
  url: string;
  durable: boolean;
}

async function launchPostgres(launch: Launch): Promise<GuardedProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    // No socket file: nothing to collide with or to be left over.
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    ...(launch.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const args = ['-D', launch.cluster, '-p', String(launch.port)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);

  const deadline = performance.now() + LOCKED_FOR_AT_MOST_MS;
  for (;;) {
    removeStaleLock(launch.cluster);
    const server = await startGuarded({
      command: launch.binaries.postgres,
      args,
      user: launch.user,
      cwd: launch.cluster,
      env: { ...process.env, LC_ALL: 'C' },
      // Fast shutdown: it ends its children and writes everything down, so that the next start need not recover.
      deathSignal: 'SIGINT',
    });
    try {
      await untilReady('Postgres', server, () => answers(launch.url));
      return server;
    } catch (error) {
      if (!matches(error, LOCKED) || performance.now() > deadline) throw error;
      await delay(200);
    }
  }
}

async function answers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A connection that breaks while it is opened also reports here; without a listener that ends the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}

function matches(error: unknown, pattern: RegExp): boolean {
  return error instanceof Error && pattern.test(error.message);
}
