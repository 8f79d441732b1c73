import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

export interface StallingReaderOptions {
  databaseUrl: string;
  accountId: number;
  host: string;
  token: string;
  requestsPerSecond: number;
  /** How long its event loop is blocked, at random, and how long it works between; never when left out. */
  stall?: { leastMs: number; mostMs: number; everyMs: number };
}

/** Starts a process that asks amoCRM as often as its pace lets it. */
export async function startStallingReader(options: StallingReaderOptions): Promise<{ end(): Promise<void> }> {
  const script = path.join(import.meta.dirname, 'stalling-reader.ts');
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--import', 'tsx', script, JSON.stringify(options)],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env['PATH'], HOME: process.env['HOME'] } },
  );
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  return {
    async end() {
      child.stdin.end();
      const [code] = (await exited) as [number | null];
      if (code !== 0) throw new Error(`the process has failed: ${code}`);
    },
  };
}
