import { constants } from 'node:os';

/** A terminal sends Ctrl-C to every process, and npm hands its own copy on: one key press arrives twice. */
const SAME_KEY_PRESS_MS = 1_000;

/** How soon the end of a killed npm is noticed. */
const PARENT_LOOK_MS = 1_000;

/**
 * Resolves with the first of Ctrl-C, SIGTERM and SIGHUP: a closed terminal, or an npm that was killed without being able
 * to pass anything on. From the call on they no longer end the process: that is the caller's part. A second, deliberate
 * signal ends it at once.
 */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const stop = (signal: NodeJS.Signals) => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt > SAME_KEY_PRESS_MS) process.exit(exitCodeOfSignal(signal));
      // Nobody may be left to read what we say while stopping, and that must not keep us from it.
      for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    if (process.env.npm_lifecycle_event !== undefined) whenOrphaned(() => stop('SIGHUP'));
  });
}

function whenOrphaned(act: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, PARENT_LOOK_MS).unref();
}

/** What a shell reports for a program that this signal ended: 130 for Ctrl-C. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
