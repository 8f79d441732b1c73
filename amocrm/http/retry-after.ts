import { z } from 'zod';

/**
 * The pause that an answer asks for, by its header or, as Kommo documents it, by `retry_after` in the JSON of its body.
 *
 * @returns an empty object when there is none or it says nothing sensible.
 */
export function pauseAsked(
  { headers, data }: { headers: Record<string, unknown>; data: string },
  nowMs: number,
): { retryAfterMs?: number } {
  const byHeader = retryAfterMs(headers['retry-after'], nowMs);
  if (byHeader.retryAfterMs !== undefined) return byHeader;
  try {
    const { retry_after: asked } = bodySchema.parse(JSON.parse(data));
    return retryAfterMs(String(asked), nowMs);
  } catch {
    return {};
  }
}

const bodySchema = z.looseObject({ retry_after: z.union([z.string(), z.number()]) });

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
