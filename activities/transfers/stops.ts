/** The exports among these that a person is stopping. */
export type StoppingAmong = (exportIds: readonly string[]) => Promise<readonly string[]>;

const LOOK_MS = 1_000;

/**
 * Looks once a second which exports are being stopped, for all steps of the process together. Temporal tells a step of a
 * stop only in answer to its heartbeat, and a heartbeat a second from each step is more than a server takes from many.
 */
export class Stops {
  readonly #stoppingAmong: StoppingAmong;
  readonly #watched = new Map<string, Set<() => void>>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(stoppingAmong: StoppingAmong) {
    this.#stoppingAmong = stoppingAmong;
  }

  /**
   * @param seen called with each look that finds the export stopping.
   * @returns what ends the watch.
   */
  watch(exportId: string, seen: () => void): () => void {
    const watchers = this.#watched.get(exportId) ?? new Set();
    this.#watched.set(exportId, watchers.add(seen));
    this.#timer ??= setInterval(() => void this.#look(), LOOK_MS);
    return () => {
      watchers.delete(seen);
      if (watchers.size === 0) this.#watched.delete(exportId);
      if (this.#watched.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const stopping = await this.#stoppingAmong([...this.#watched.keys()]);
      for (const exportId of stopping) for (const seen of this.#watched.get(exportId) ?? []) seen();
    } catch {
      // Without Postgres a stop comes with the next usual heartbeat.
    } finally {
      this.#looking = false;
    }
  }
}
