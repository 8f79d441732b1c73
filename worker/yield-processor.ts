import { readdirSync } from 'node:fs';
import os from 'node:os';
import { isNativeError } from 'node:util/types';

const THREADS = '/proc/self/task';

/**
 * Lets this process wait for the processor behind others: a command that a person waits for, Postgres and Temporal. Alone
 * on its machine it is as fast as before.
 *
 * @param niceness 0 to 19. A worker that was started with a higher one keeps it.
 */
export function yieldProcessor(niceness: number): void {
  for (const thread of threads()) {
    try {
      if (os.getPriority(thread) < niceness) os.setPriority(thread, niceness);
    } catch (error) {
      if (!hasEnded(error)) throw error;
    }
  }
}

/** The thread ended while we looked at the others. */
function hasEnded(error: unknown): boolean {
  return isNativeError(error) && 'info' in error && (error.info as { code?: unknown }).code === 'ESRCH';
}

/**
 * Linux keeps the niceness of each thread by itself. Threads and processes that are started later, ffmpeg among them, take
 * over that of the thread that starts them.
 */
function threads(): number[] {
  return process.platform === 'linux' ? readdirSync(THREADS).map(Number) : [0];
}
