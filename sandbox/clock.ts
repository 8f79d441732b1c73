/** The one time of a sandbox: every window, expiry and delay in it is counted on this clock, so a test can move it. */
export interface SandboxClock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
}

/** A clock that runs with the machine's and can be pushed. */
export interface MovableClock extends SandboxClock {
  /** Moves the clock by so many seconds; negative ones turn it back. */
  advance(seconds: number): void;
  /** Puts the clock at this time; it goes on running from there. */
  set(nowMs: number): void;
  /** Stops the clock at its present time; only `advance` and `set` move it then. */
  freeze(): void;
}

/**
 * Makes a clock that shows `startMs` (the machine's time if absent) and runs on from there.
 * With `frozen` it stands still until moved.
 */
export function createClock(options: { startMs?: number; frozen?: boolean } = {}): MovableClock {
  let offsetMs = options.startMs === undefined ? 0 : options.startMs - Date.now();
  let frozenAtMs = options.frozen === true ? (options.startMs ?? Date.now()) : undefined;

  return {
    nowMs: () => frozenAtMs ?? Date.now() + offsetMs,
    advance: (seconds) => {
      if (frozenAtMs === undefined) offsetMs += seconds * 1000;
      else frozenAtMs += seconds * 1000;
    },
    set: (nowMs) => {
      if (frozenAtMs === undefined) offsetMs = nowMs - Date.now();
      else frozenAtMs = nowMs;
    },
    freeze: () => {
      frozenAtMs ??= Date.now() + offsetMs;
    },
  };
}
