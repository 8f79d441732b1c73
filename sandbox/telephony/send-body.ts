import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

/** How fast a body goes out. */
export interface Pace {
  bytes: number;
  everyMs: number;
}

/** Ten portions a second. */
export function paceOf(bytesPerSecond: number): Pace {
  return bytesPerSecond >= 10
    ? { bytes: Math.round(bytesPerSecond / 10), everyMs: 100 }
    : { bytes: 1, everyMs: 1000 / bytesPerSecond };
}

/**
 * Writes pieces as fast as they are taken, or at a pace.
 * Ends when all is written or the other side is gone; tells by `sent` what went out.
 */
export async function sendBody(
  target: Writable,
  pieces: Iterable<Buffer>,
  sent: (bytes: number) => void,
  pace?: Pace,
): Promise<void> {
  for (const piece of pieces) {
    const portionBytes = pace?.bytes ?? piece.length;
    for (let at = 0; at < piece.length; at += portionBytes) {
      const portion = piece.subarray(at, at + portionBytes);
      if (!(await write(target, portion))) return;
      sent(portion.length);
      if (pace !== undefined) await wait(pace.everyMs, undefined, { ref: false });
    }
  }
}

/** False when the other side is gone. */
async function write(target: Writable, bytes: Buffer): Promise<boolean> {
  if (target.destroyed) return false;
  if (target.write(bytes)) return true;
  const gone = new AbortController();
  const give = (): void => gone.abort();
  target.once('close', give);
  try {
    await once(target, 'drain', { signal: gone.signal });
    return true;
  } catch {
    return false;
  } finally {
    target.off('close', give);
  }
}
