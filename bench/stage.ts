import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type PostgresServer, startPostgres } from '../scripts/servers/postgres-server.ts';
import { EXPORT_SEARCH_ATTRIBUTES } from '../scripts/servers/search-attributes.ts';
import { findTemporalCli } from '../scripts/programs/temporal-cli.ts';
import { startTemporal, type TemporalServer } from '../scripts/servers/temporal-server.ts';

/** What every benchmark is given. Servers start when the first one asks for them, and end with the stage. */
export interface BenchStage {
  /** Fewer rounds of less: whether everything works, not how fast. */
  quick: boolean;
  /** Where Node writes CPU profiles of the processes that carry calls. */
  profileFolder: string | undefined;
  say(line: string): void;
  temporal(): Promise<TemporalServer>;
  postgres(): Promise<PostgresServer>;
  /** The address of a new, empty database. */
  newDatabase(): Promise<string>;
  close(): Promise<void>;
}

export interface StageOptions {
  quick: boolean;
  profileFolder?: string | undefined;
  say: (line: string) => void;
}

const PROJECT_ROOT = path.dirname(import.meta.dirname);

export async function createStage({ quick, profileFolder, say }: StageOptions): Promise<BenchStage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechsense-export-bench-'));
  // Root's Postgres runs as somebody else, who must get through to its data.
  await chmod(folder, 0o711);
  const started: Promise<{ stop(): Promise<void> }>[] = [];
  let temporal: Promise<TemporalServer> | undefined;
  let postgres: Promise<PostgresServer> | undefined;
  let databases = 0;

  function remember<Server extends { stop(): Promise<void> }>(server: Promise<Server>): Promise<Server> {
    started.push(server);
    return server;
  }

  async function temporalServer(): Promise<TemporalServer> {
    const cliPath = await findTemporalCli({ projectRoot: PROJECT_ROOT, env: process.env, say });
    return startTemporal({ cliPath, searchAttributes: EXPORT_SEARCH_ATTRIBUTES, say });
  }

  // Durable, as in production: waiting for the disk is a part of what is measured.
  const postgresServer = () => startPostgres({ dataDir: path.join(folder, 'postgres'), persistent: true, say });

  const stage: BenchStage = {
    quick,
    profileFolder,
    say,
    temporal: () => (temporal ??= remember(temporalServer())),
    postgres: () => (postgres ??= remember(postgresServer())),
    newDatabase: async () => {
      const { url } = await stage.postgres();
      const name = `bench_${++databases}`;
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`).finally(() => client.end());
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
    close: async () => {
      for (const server of started.reverse()) {
        await server.then(
          (running) => running.stop(),
          () => undefined,
        );
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
  return stage;
}
