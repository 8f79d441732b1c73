import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface WaitForOptions {
  /** What is waited for, as the end of "waited 10 s for …". */
  what: string;
  /** Default 90 s: generous, because it is only spent by a test that fails. */
  timeoutMs?: number;
}

type Truthy<T> = Exclude<T, false | null | undefined | 0 | ''>;

const PAUSE_MS = 50;

/**
 * Asks again and again until the condition answers with something truthy, and returns that. A condition that throws is
 * not met yet.
 * @throws Error with what was waited for and the last answer or error.
 */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitForOptions): Promise<Truthy<T>> {
  const timeoutMs = options.timeoutMs ?? 90_000;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await ask(condition);
    if ('answer' in seen && isTruthy(seen.answer)) return seen.answer;
    if (performance.now() > deadline) {
      const last = 'answer' in seen ? inspect(seen.answer) : `it threw ${String(seen.error)}`;
      const cause = 'error' in seen ? seen.error : undefined;
      throw new Error(`waited ${timeoutMs / 1000} s for ${options.what}; last seen: ${last}`, { cause });
    }
    await delay(PAUSE_MS);
  }
}

async function ask<T>(condition: () => T | Promise<T>): Promise<{ answer: T } | { error: unknown }> {
  try {
    return { answer: await condition() };
  } catch (error) {
    return { error };
  }
}

function isTruthy<T>(value: T): value is Truthy<T> {
  return Boolean(value);
}
