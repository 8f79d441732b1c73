import { doneCalls, type ExportStatus, isFinal } from '../../client/exports/status.ts';

/** What is derived from the statuses seen so far. */
export interface Pace {
  /** Share of the planned calls that have come to an end, 0 to 1; null while the plan is not closed. Never falls. */
  share: number | null;
  callsPerSecond: number | null;
  bytesPerSecond: number | null;
  etaSeconds: number | null;
}

interface Sample {
  atMs: number;
  calls: number;
  bytes: number;
}

/** Speeds are averages over this long: shorter ones jump, longer ones hide a stall. */
const WINDOW_MS = 15_000;
/** A speed over less time than this says nothing. */
const SHORTEST_MS = 1_500;

/** Watches one export's statuses go by. */
export class ProgressMeter {
  #samples: Sample[] = [];
  #share: number | null = null;

  /** @param atMs a monotonic clock's milliseconds. */
  observe(status: ExportStatus, atMs: number): Pace {
    const { bytes } = status;
    const settled = doneCalls(status);
    // A blocked export waits for a person: that is no part of its speed.
    if (status.state === 'blocked') this.#samples = [];
    // Closing the plan settles many calls at one stroke (no recording): that is no speed.
    else if (status.state !== 'planning') this.#samples.push({ atMs, calls: settled, bytes: bytes.uploaded });
    this.#samples = this.#samples.filter((sample) => sample.atMs >= atMs - WINDOW_MS);

    // Waiting calls whose recordings came are planned once more: the bar waits for them rather than going back.
    const share = shareOf(status, settled);
    if (share !== null) this.#share = Math.max(this.#share ?? 0, share);
    const callsPerSecond = this.#speed(({ calls: done }) => done);
    return {
      share: this.#share,
      callsPerSecond,
      bytesPerSecond: this.#speed(({ bytes: sent }) => sent),
      etaSeconds: eta(status, callsPerSecond),
    };
  }

  #speed(amount: (sample: Sample) => number): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.atMs - first.atMs < SHORTEST_MS) return null;
    return Math.max(0, ((amount(last) - amount(first)) / (last.atMs - first.atMs)) * 1000);
  }
}

function shareOf(status: ExportStatus, settled: number): number | null {
  if (status.state === 'completed') return 1;
  if (status.state === 'planning') return null;
  return status.calls.planned === 0 ? null : settled / status.calls.planned;
}

function eta(status: ExportStatus, callsPerSecond: number | null): number | null {
  if (isFinal(status) || status.state === 'blocked' || status.state === 'planning') return null;
  if (callsPerSecond === null || callsPerSecond === 0) return status.etaSeconds;
  return status.calls.remaining / callsPerSecond;
}
