import { ExportError, findExportError } from '../errors/export-error.ts';

const FAILURES_IN_A_ROW = 3;
const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 60_000;
/** What the one request that tries a rested host may take before another one tries too. */
const TRIAL_MS = 10_000;
/** Not asked for so long after its rest, a host's failures are an old story. */
const FORGOTTEN_AFTER_MS = 120_000;
const MAX_HOSTS = 1_000;

interface FailingHost {
  failures: number;
  since: number;
  restsUntil: number;
}

/**
 * Spares a host that is down, or asks for a pause, and those who would wait for it: after some failures in a row it is
 * left alone for a while, and every request meanwhile fails at once with the time that is left. One request then tries
 * whether it is back. Kept in this process only: another one finds out by itself.
 */
export class HostBrake {
  readonly #hosts = new Map<string, FailingHost>();
  readonly #now: () => number;

  /** @param now milliseconds on any clock that does not jump. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * @throws {ExportError} `recording_unreachable` while the host rests, with `retryAfterMs` and, as a value, for how
   * long it has been failing (`failingMs`); else what `work` throws.
   */
  async watch<T>(host: string, work: () => Promise<T>): Promise<T> {
    this.#enter(host);
    try {
      const result = await work();
      this.#hosts.delete(host);
      return result;
    } catch (error) {
      const known = findExportError(error);
      if (known?.code === 'recording_unreachable') this.#failed(host, known.retryAfterMs);
      // Any other refusal is an answer, and a host that answers is up; what is not ours was a stop.
      else if (known) this.#hosts.delete(host);
      throw error;
    }
  }

  #enter(host: string): void {
    const failing = this.#hosts.get(host);
    if (!failing) return;
    const restMs = failing.restsUntil - this.#now();
    if (restMs < -FORGOTTEN_AFTER_MS) {
      this.#hosts.delete(host);
      return;
    }
    if (restMs > 0) {
      const failingMs = Math.round(this.#now() - failing.since);
      const values = { what: 'it failed repeatedly or asked for a pause', failingMs };
      throw new ExportError('recording_unreachable', { values, retryAfterMs: Math.ceil(restMs) });
    }
    if (failing.failures >= FAILURES_IN_A_ROW) failing.restsUntil = this.#now() + TRIAL_MS;
  }

  #failed(host: string, retryAfterMs: number | undefined): void {
    const now = this.#now();
    const before = this.#hosts.get(host) ?? { failures: 0, since: now };
    const failures = before.failures + 1;
    const ownMs =
      failures < FAILURES_IN_A_ROW ? 0 : Math.min(FIRST_REST_MS * 2 ** (failures - FAILURES_IN_A_ROW), LONGEST_REST_MS);
    this.#hosts.delete(host);
    const restsUntil = now + Math.max(ownMs, retryAfterMs ?? 0);
    this.#hosts.set(host, { failures, since: before.since, restsUntil });
    // Links are hostile input: they may name any number of hosts. The one that failed longest ago goes.
    const [oldest] = this.#hosts.keys();
    if (this.#hosts.size > MAX_HOSTS && oldest !== undefined) this.#hosts.delete(oldest);
  }
}
