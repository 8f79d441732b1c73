import { ExportError, findExportError } from '../errors/export-error.ts';
import { NoAnswer } from './http/no-answer.ts';

const FAILURES_IN_A_ROW = 3;
const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 60_000;
/** What the one request that tries a rested host may take before another one tries too. */
const TRIAL_MS = 10_000;
/** Not asked for so long after its rest, a host's failures are an old story. */
const FORGOTTEN_AFTER_MS = 120_000;
const MAX_HOSTS = 1_000;

interface FailingHost {
  isUp: boolean;
  failures: number;
  since: number;
  restsUntil: number;
}

/** A host is not asked now: the call has no answer of its own. */
export class HostRests extends ExportError<'recording_unreachable'> {
  /**
   * @param failingMs for how long no request to the host has succeeded.
   * @param isUp it answers, if only with errors: these may be of the recordings that were asked for.
   */
  constructor(
    restMs: number,
    failingMs: number,
    readonly isUp: boolean,
  ) {
    const values = { what: 'it failed repeatedly or asked for a pause', failingMs: Math.round(failingMs) };
    super('recording_unreachable', { values, retryAfterMs: Math.ceil(restMs) });
  }
}

/**
 * A circuit breaker for each host of each account, so that no account's links close it to another one's.
 *
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
   * Of what `work` throws, a `recording_unreachable` that may pass counts against the host: nothing else is to be thrown
   * with that code for one recording's own trouble.
   *
   * @param host with the account that asks.
   * @param evenAtRest for a last try of one recording.
   * @throws {HostRests} while it is left alone; else what `work` throws.
   */
  async watch<T>(host: string, work: () => Promise<T>, evenAtRest = false): Promise<T> {
    if (!evenAtRest) this.#enter(host);
    try {
      const result = await work();
      this.#hosts.delete(host);
      return result;
    } catch (error) {
      const known = findExportError(error);
      if (known?.code === 'recording_unreachable' && known.kind === 'retryable') this.#failed(host, known);
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
      throw new HostRests(restMs, this.#now() - failing.since, failing.isUp);
    }
    if (failing.failures >= FAILURES_IN_A_ROW) failing.restsUntil = this.#now() + TRIAL_MS;
  }

  #failed(host: string, error: ExportError): void {
    const now = this.#now();
    const before = this.#hosts.get(host) ?? { failures: 0, since: now };
    const isUp = !(error instanceof NoAnswer);
    const failures = before.failures + 1;
    const ownMs =
      failures < FAILURES_IN_A_ROW ? 0 : Math.min(FIRST_REST_MS * 2 ** (failures - FAILURES_IN_A_ROW), LONGEST_REST_MS);
    this.#hosts.delete(host);
    const restsUntil = now + Math.max(ownMs, error.retryAfterMs ?? 0);
    this.#hosts.set(host, { isUp, failures, since: before.since, restsUntil });
    // Links are hostile input: they may name any number of hosts. The one that failed longest ago goes.
    const [oldest] = this.#hosts.keys();
    if (this.#hosts.size > MAX_HOSTS && oldest !== undefined) this.#hosts.delete(oldest);
  }
}
