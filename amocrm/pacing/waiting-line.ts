/** First come, first served, inside one process. */
export class WaitingLine {
  #last: Promise<void> = Promise.resolve();

  /**
   * Waits until all who came before have left.
   *
   * @returns how to leave. Who is told to stop leaves by itself, and those behind move up.
   * @throws the signal's reason
   */
  async enter(signal?: AbortSignal): Promise<() => void> {
    const before = this.#last;
    let leave = () => {};
    this.#last = new Promise((resolve) => (leave = resolve));
    await orStopped(before, signal);
    if (signal?.aborted) {
      void before.then(leave);
      signal.throwIfAborted();
    }
    return leave;
  }
}

function orStopped(before: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (!signal) return before;
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    void before.then(end);
  });
}
