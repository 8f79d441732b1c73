import { createTicker } from '../../widget/page/ticker.ts';

/** A ticker whose time is in the test's hand. */
export function createManualTicker() {
  let due: { run: () => void; delayMs: number } | null = null;
  const delays: number[] = [];
  const ticker = createTicker({
    setTimeout: (run, delayMs) => {
      due = { run, delayMs };
      delays.push(delayMs);
      return due;
    },
    clearTimeout: (timer) => {
      if (timer === due) due = null;
    },
  });
  return {
    ticker,
    /** All pauses that were ever set, in milliseconds. */
    delays,
    isSet: () => due !== null,
    /** Lets the pause that is set be over. */
    pass: () => {
      const { run } = due ?? { run: () => undefined };
      due = null;
      run();
    },
  };
}
