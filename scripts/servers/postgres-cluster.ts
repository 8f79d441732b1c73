import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { isNativeError } from 'node:util/types';
import { ExportError } from '../../errors/export-error.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { ServerUser } from './server-user.ts';

export interface PostgresCluster {
  /** Postgres's own data directory. */
  folder: string;
  /** Of the user `postgres`. */
  password: string;
}

/**
 * The cluster of the data folder, made when there is none. It appears under its name only when it is whole, so that a
 * start which was killed on the way leaves nothing that the next one would trip over.
 * @throws ExportError `server_not_started` when it can't be made or read.
 */
export function preparePostgresCluster(
  dataFolder: string,
  options: { binaries: PostgresBinaries; user: ServerUser | undefined; durable: boolean; say: (line: string) => void },
): PostgresCluster {
  const folder = path.join(dataFolder, 'cluster');
  try {
    mkdirSync(dataFolder, { recursive: true });
    if (!existsSync(folder)) {
      options.say('Preparing the Postgres data…');
      own(dataFolder, options.user);
      chmodSync(dataFolder, 0o700);
      makeCluster(dataFolder, folder, options);
    }
    return { folder, password: readFileSync(passwordFile(folder), 'utf8').trim() };
  } catch (error) {
    if (error instanceof ExportError) throw error;
    const problem = `the data folder ${dataFolder} cannot be used (${isNativeError(error) ? error.message : 'unknown'}).`;
    throw new ExportError('server_not_started', { values: { server: 'Postgres', problem }, cause: error });
  }
}

function makeCluster(
  dataFolder: string,
  folder: string,
  options: { binaries: PostgresBinaries; user: ServerUser | undefined; durable: boolean },
): void {
  const workshop = mkdtempSync(path.join(dataFolder, 'new-'));
  const half = path.join(workshop, 'cluster');
  const secret = path.join(workshop, 'password');
  try {
    writeFileSync(secret, randomBytes(18).toString('base64url'), { mode: 0o600 });
    for (const made of [workshop, secret]) own(made, options.user);
    const made = spawnSync(
      options.binaries.initdb,
      [
        `--pgdata=${half}`,
        '--username=postgres',
        `--pwfile=${secret}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // Built in since Postgres 17: UTF-8 that does not depend on the locales of the machine.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(options.durable ? [] : ['--no-sync']),
      ],
      { ...options.user, cwd: workshop, encoding: 'utf8' },
    );
    if (made.status !== 0) {
      const problem = `initdb failed:\n${made.error?.message ?? made.stderr.trim()}`;
      throw new ExportError('server_not_started', { values: { server: 'Postgres', problem } });
    }
    renameSync(secret, passwordFile(half));
    moveUnlessThere(half, folder);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/** Inside the cluster, so that both appear at once; Postgres leaves files that it does not know alone. */
function passwordFile(cluster: string): string {
  return path.join(cluster, 'password');
}

function own(file: string, user: ServerUser | undefined): void {
  if (user) chownSync(file, user.uid, user.gid);
}

function moveUnlessThere(half: string, folder: string): void {
  try {
    renameSync(half, folder);
  } catch (error) {
    // Another start on the same data folder was faster: its cluster is as good.
    if (!existsSync(folder)) throw error;
  }
}
