import { setTimeout as pause } from 'node:timers/promises';
import { findExportError } from '../../errors/export-error.ts';
import { isTooMuch } from '../listing/shrinking-page.ts';

export interface Tries {
  most: number;
  /** Before the second try, at most; twice as much before each further one. */
  firstPauseMs: number;
}

/** An export's: what lasts longer is Temporal's to wait for. */
export const DEFAULT_TRIES: Tries = { most: 4, firstPauseMs: 500 };

/**
 * Tries again what failed for passing reasons (a 5xx, the network), after pauses of any length up to a growing bound:
 * many that failed together must not come back together. Where amoCRM asks for a longer one, that is for who sent it to
 * wait for.
 *
 * @param sendsList whether a smaller page can be asked for: then that is the answer to a 504, not the same once more.
 */
export async function tried<T>(
  send: () => Promise<T>,
  { most, firstPauseMs }: Tries,
  sendsList: boolean,
  signal?: AbortSignal,
): Promise<T> {
  for (let count = 1; ; count++) {
    const longestMs = firstPauseMs * 2 ** (count - 1);
    let askedMs: number;
    try {
      return await send();
    } catch (error) {
      const known = findExportError(error);
      const passing = known?.code === 'amocrm_unavailable' && !(sendsList && isTooMuch(error));
      askedMs = known?.retryAfterMs ?? 0;
      if (!passing || count >= most || askedMs > longestMs) throw error;
    }
    await pause(Math.max(askedMs, Math.random() * longestMs), undefined, signal ? { signal } : {});
  }
}
