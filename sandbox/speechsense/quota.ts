import type { SandboxClock } from '../clock.ts';
import type { Behaviour } from './behaviour.ts';
import { GrpcCode, RpcError } from './grpc-status.ts';

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

const WINDOWS = [
  { limit: 'perSecond', windowMs: 1_000 },
  { limit: 'perMinute', windowMs: 60_000 },
  { limit: 'perHour', windowMs: 3_600_000 },
  { limit: 'perDay', windowMs: 86_400_000 },
] as const;

/** Requests for reading talks, limited per project over four windows at once. */
export class ReadQuota {
  readonly #clock: SandboxClock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** @throws RpcError RESOURCE_EXHAUSTED when the project has used up any of its windows; such a request costs nothing. */
  spend(project: string, limits: Behaviour['quota']): void {
    if (limits === null) return;
    const nowMs = this.#clock.nowMs();
    const buckets = WINDOWS.map(({ limit, windowMs }) => {
      const size = limits[limit];
      const key = `${limit} ${project}`;
      const bucket = this.#buckets.get(key) ?? { tokens: size, filledAtMs: nowMs };
      const earned = (Math.max(0, nowMs - bucket.filledAtMs) * size) / windowMs;
      const filled = { tokens: Math.min(size, bucket.tokens + earned), filledAtMs: nowMs };
      this.#buckets.set(key, filled);
      return filled;
    });
    if (buckets.some((bucket) => bucket.tokens < 1)) {
      throw new RpcError(GrpcCode.resourceExhausted, 'Quota limit speech-sense.talks.get exceeded');
    }
    for (const bucket of buckets) bucket.tokens -= 1;
  }

  reset(): void {
    this.#buckets.clear();
  }
}
