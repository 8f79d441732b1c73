export interface TelephonyCounters {
  /** Requests for recordings, HEAD included. */
  requests: number;
  /** Answers that sent all of a recording, or of the range asked for. */
  completed: number;
  /** Bytes of recordings handed to the network. */
  bytes: number;
  open: number;
  peakOpen: number;
  /** Recordings asked for at least once. */
  recordings: number;
}

/** How often each recording was asked for, and how many downloads there were at once. */
export class DownloadLog {
  readonly #requestsPer = new Map<string, number>();
  #counters = { requests: 0, completed: 0, bytes: 0, open: 0, peakOpen: 0 };

  begin(worldId: string): void {
    this.#requestsPer.set(worldId, (this.#requestsPer.get(worldId) ?? 0) + 1);
    this.#counters.requests += 1;
    this.#counters.open += 1;
    this.#counters.peakOpen = Math.max(this.#counters.peakOpen, this.#counters.open);
  }

  sent(bytes: number): void {
    this.#counters.bytes += bytes;
  }

  completed(): void {
    this.#counters.completed += 1;
  }

  end(): void {
    this.#counters.open -= 1;
  }

  counters(): TelephonyCounters {
    return { ...this.#counters, recordings: this.#requestsPer.size };
  }

  requestsPer(): Record<string, number> {
    return Object.fromEntries(this.#requestsPer);
  }

  reset(): void {
    this.#requestsPer.clear();
    const { open } = this.#counters;
    this.#counters = { requests: 0, completed: 0, bytes: 0, open, peakOpen: open };
  }
}
