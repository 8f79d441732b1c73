import { setTimeout as pause } from 'node:timers/promises';
import { findExportError } from '../errors/export-error.ts';
import { isTooMuch } from './shrinking-page.ts';

export interface Tries {
  most: number;
  /** Before the second try, at most; twice as much before each further one. */
  firstPauseMs: number;
}

/** An export's: what lasts longer is Temporal's to wait for. */
export const DEFAULT_TRIES: Tries = { most: 4, firstPauseMs: 500 };

/**
 * Tries again what failed for passing reasons (a 5xx, the network), after pauses of any length up to a growing bound:
 * many that failed together must not come back together.
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
    try {
      return await send();
    } catch (error) {
      const passing = findExportError(error)?.code === 'amocrm_unavailable' && !(sendsList && isTooMuch(error));
      if (!passing || count >= most) throw error;
    }
    await pause(Math.random() * firstPauseMs * 2 ** (count - 1), undefined, signal ? { signal } : {});
  }
}
