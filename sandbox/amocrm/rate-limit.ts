import { z } from 'zod';
import type { SandboxClock } from '../clock.ts';

/** Limits of the original by default; null lifts one. */
export const limitsSchema = z.strictObject({
  /** Per integration, in any sliding second. */
  requestsPerSecond: z.number().int().positive().nullable(),
  /** Of the account, all integrations together. */
  accountRequestsPerSecond: z.number().int().positive().nullable(),
  /** So many answers 429 in all and the account is blocked until somebody unblocks it. */
  banAfter: z.number().int().positive().nullable(),
  /** What a 429 looks like: nothing is documented, users saw a page that is not JSON. */
  refusal: z.enum(['html', 'json']),
  /** Retry-After of a 429, in seconds or as a date; null for none, which is the usual. */
  retryAfter: z.union([z.number().min(0), z.string()]).nullable(),
});

export type Limits = z.infer<typeof limitsSchema>;

export const DEFAULT_LIMITS: Limits = {
  requestsPerSecond: 7,
  accountRequestsPerSecond: 50,
  banAfter: 20,
  refusal: 'html',
  retryAfter: null,
};

export type Verdict = 'pass' | 'limited' | 'banned';

/** Counts requests in a sliding second of the sandbox's clock. */
export class RateLimit {
  limits: Limits;
  banned = false;
  violations = 0;
  /** The most requests of one integration that came within any second, refused ones included. */
  peakPerSecond = 0;
  readonly #clock: SandboxClock;
  readonly #came = new Map<string, number[]>();
  readonly #admitted = new Map<string, number[]>();

  constructor(clock: SandboxClock, limits: Limits) {
    this.#clock = clock;
    this.limits = limits;
  }

  admit(integration: string): Verdict {
    const now = this.#clock.nowMs();
    const came = lastSecond(this.#came, integration, now);
    came.push(now);
    this.peakPerSecond = Math.max(this.peakPerSecond, came.length);
    if (this.banned) return 'banned';

    const own = lastSecond(this.#admitted, integration, now);
    const all = lastSecond(this.#admitted, '', now);
    const { requestsPerSecond, accountRequestsPerSecond, banAfter } = this.limits;
    if (own.length >= (requestsPerSecond ?? Infinity) || all.length >= (accountRequestsPerSecond ?? Infinity)) {
      this.violations += 1;
      this.banned = this.violations >= (banAfter ?? Infinity);
      return this.banned ? 'banned' : 'limited';
    }
    own.push(now);
    all.push(now);
    return 'pass';
  }

  unblock(): void {
    this.banned = false;
    this.violations = 0;
  }

  reset(): void {
    this.unblock();
    this.peakPerSecond = 0;
    this.#came.clear();
    this.#admitted.clear();
  }
}

function lastSecond(times: Map<string, number[]>, key: string, now: number): number[] {
  const list = times.get(key) ?? [];
  let old = 0;
  // A clock turned back leaves times in the future behind: they are forgotten too.
  while (old < list.length && ((list[old] ?? 0) <= now - 1000 || (list[old] ?? 0) > now)) old += 1;
  list.splice(0, old);
  times.set(key, list);
  return list;
}
