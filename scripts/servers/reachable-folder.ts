import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { ExportError } from '../../errors/export-error.ts';
import type { ServerUser } from './server-user.ts';

/** Kept over a restart of the machine, unlike /tmp, and open to every user. */
const OPEN_TO_ALL = '/var/tmp';

/** Whether the user can enter the folder, and so every folder above it: `/root` and homes are often closed to others. */
export function canEnter(folder: string, user: ServerUser): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

/**
 * A folder of root's that stands in for one which the user cannot enter: always the same for the same folder, so that
 * the next start finds what this one leaves there.
 * @throws ExportError `server_not_started` when somebody else has put something under that name.
 */
export function standInFor(folder: string): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const standIn = `${OPEN_TO_ALL}/speechsense-export-${name}`;
  mkdirSync(standIn, { recursive: true });
  // Anyone may create names in /var/tmp: what is there already must be ours and a real folder.
  const found = lstatSync(standIn);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new ExportError('server_not_started', {
      values: { server: 'Postgres', problem: `${standIn} belongs to somebody else; remove it.` },
    });
  }
  chmodSync(standIn, 0o755);
  return standIn;
}
