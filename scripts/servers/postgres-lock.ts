import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * Removes the lock file of a Postgres that was killed when its process id has since gone to another program: Postgres
 * takes any live process of that id for itself and refuses to start, which happens after a reboot and in containers,
 * where ids repeat. A lock that a Postgres may still hold stays; Postgres then says so.
 */
export function removeStaleLock(cluster: string): void {
  const file = path.join(cluster, 'postmaster.pid');
  const pid = lockedBy(file);
  if (pid !== undefined && !isPostgres(pid)) rmSync(file, { force: true });
}

function lockedBy(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isPostgres(pid: number): boolean {
  try {
    const command =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes('postgres');
  } catch {
    // No such process. Postgres notices that by itself and also looks after what it may have left in shared memory.
    return true;
  }
}
