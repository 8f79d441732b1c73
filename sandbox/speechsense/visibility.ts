import type { Behaviour } from './behaviour.ts';
import type { Talk } from './talk-store.ts';

const DAY_MS = 86_400_000;

/** Whether the service still keeps the talk. */
export function isKept(talk: Talk, nowMs: number, behaviour: Behaviour): boolean {
  return nowMs - talk.createdAtMs <= behaviour.retentionDays * DAY_MS;
}

/** Whether the talk has come into the index that Search reads. */
export function isIndexed(talk: Talk, nowMs: number, { indexDelayMs, indexDelayMsPerKib }: Behaviour): boolean {
  if (indexDelayMs === 'never') return false;
  const delayMs = indexDelayMs + (talk.audio.sizeBytes / 1024) * indexDelayMsPerKib;
  return nowMs - talk.createdAtMs >= delayMs;
}
