/** What is asked again while somebody watches; answers whether it was reached. */
export type TickTask = () => Promise<boolean>;

export interface Ticker {
  /** Runs the task at every tick from now on. Returns what ends that. */
  watch: (task: TickTask) => () => void;
  /** Ends it for good: no task runs any more. */
  stop: () => void;
}

export interface TickerTimers {
  setTimeout: (run: () => void, delayMs: number) => unknown;
  clearTimeout: (timer: unknown) => void;
}

/** amoCRM's moderation refuses requests in loops; at this pace a page is a quiet visitor. */
const INTERVAL_MS = 5_000;
const LONGEST_INTERVAL_MS = 60_000;

/**
 * The page's one timer. The next tick is set only after the answers of the last one, and comes later each time as long
 * as the server is away.
 */
export function createTicker(timers: TickerTimers): Ticker {
  const tasks = new Set<TickTask>();
  let timer: unknown = null;
  let intervalMs = INTERVAL_MS;
  let isRunning = false;
  let isStopped = false;

  function schedule(): void {
    if (timer !== null || isRunning || isStopped || tasks.size === 0) return;
    timer = timers.setTimeout(() => void tick(), intervalMs);
  }

  async function tick(): Promise<void> {
    timer = null;
    isRunning = true;
    const reached = await Promise.all([...tasks].map((task) => task().catch(() => false)));
    isRunning = false;
    intervalMs = reached.every(Boolean) ? INTERVAL_MS : Math.min(intervalMs * 2, LONGEST_INTERVAL_MS);
    schedule();
  }

  function clear(): void {
    if (timer !== null) timers.clearTimeout(timer);
    timer = null;
  }

  return {
    watch: (task) => {
      tasks.add(task);
      schedule();
      return () => {
        tasks.delete(task);
        if (tasks.size === 0) clear();
      };
    },
    stop: () => {
      isStopped = true;
      tasks.clear();
      clear();
    },
  };
}
