import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { SessionLimits } from '../../ledger/database/session-settings.ts';

export interface LockHolderOptions {
  databaseUrl: string;
  /** What it does in its transaction. */
  statements: string[];
  limits?: Partial<SessionLimits>;
}

/** A process that holds locks in a transaction, and is frozen with them. */
export interface LockHolder {
  /** Lets it go on; answers how its transaction ended: `done` or an error's code. */
  thaw(): Promise<string>;
  kill9(): Promise<void>;
}

/** Starts the process and stops it (SIGSTOP) as soon as it holds its locks. */
export async function frozenLockHolder(options: LockHolderOptions): Promise<LockHolder> {
  const script = path.join(import.meta.dirname, 'lock-holder.ts');
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--import', 'tsx', script, JSON.stringify(options)],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env['PATH'], HOME: process.env['HOME'] } },
  );
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => ((await lines.next()) as { value: string }).value;
  if ((await nextLine()) !== 'holds') throw new Error('it does not hold its locks');
  child.kill('SIGSTOP');
  return {
    async thaw() {
      child.kill('SIGCONT');
      child.stdin.write('go on\n');
      const outcome = await nextLine();
      await exited;
      return outcome;
    },
    async kill9() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
