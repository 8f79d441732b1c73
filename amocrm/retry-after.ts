/**
 * The pause that a Retry-After header asks for, in either of its two forms (seconds, or a date).
 *
 * @returns an empty object when there is none or it says nothing sensible.
 */
export function retryAfterMs(header: unknown, nowMs: number): { retryAfterMs?: number } {
  if (typeof header !== 'string' || header.trim() === '') return {};
  const seconds = Number(header);
  const pause = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - nowMs;
  return pause > 0 ? { retryAfterMs: Math.min(pause, 3_600_000) } : {};
}
