import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Integration } from '../../amocrm/oauth/oauth.ts';

export const TEST_ENCRYPTION_KEYS = [{ id: 'test', key: Buffer.alloc(32, 7) }];

export interface TokenAskerOptions {
  databaseUrl: string;
  accountId: number;
  host: string;
  insecureHosts: string[];
  integration: Integration;
  answerWithinMs: number;
  lostAfterMs?: number;
}

export interface TokenAsker {
  /** So many callers of that process at once: what each came to, `answered` or an error code. */
  ask(callers: number): Promise<string[]>;
  kill9(): Promise<void>;
  end(): Promise<void>;
}

/** Starts a process that asks amoCRM with the account's tokens. */
export async function startTokenAsker(options: TokenAskerOptions): Promise<TokenAsker> {
  const script = path.join(import.meta.dirname, 'token-asker.ts');
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--import', 'tsx', script, JSON.stringify(options)],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env['PATH'], HOME: process.env['HOME'] } },
  );
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value, done } = (await lines.next()) as { value: string; done: boolean };
    if (done) throw new Error('the process has ended');
    return value;
  };
  if ((await nextLine()) !== 'ready') throw new Error('it said something else first');
  return {
    async ask(callers) {
      child.stdin.write(`${callers}\n`);
      return JSON.parse(await nextLine()) as string[];
    },
    async kill9() {
      child.kill('SIGKILL');
      await exited;
    },
    async end() {
      child.stdin.end();
      await exited;
    },
  };
}
