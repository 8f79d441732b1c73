import { ExportError } from '../errors/export-error.ts';

/** The signals on which Temporal's runtime shuts its workers down. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGUSR2'] as const;
/** One Ctrl-C below `npm run` arrives twice: from the terminal and from npm. */
const SAME_SIGNAL_MS = 1_000;

/**
 * A signal that is aborted with `worker_stopping` once this process is told to end. Told again, the process ends at once:
 * for the calls that it carries this is the same as a crash.
 */
export function toldToEnd(): AbortSignal {
  const ending = new AbortController();
  let toldAt: number | undefined;
  for (const name of SIGNALS) {
    process.on(name, () => {
      const now = performance.now();
      toldAt ??= now;
      if (now - toldAt > SAME_SIGNAL_MS) process.exit(1);
      ending.abort(new ExportError('worker_stopping'));
    });
  }
  return ending.signal;
}
