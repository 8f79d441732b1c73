import type { BackgroundWork } from '../operations/background-work.ts';

/**
 * Checks that others can ask for as often as they like: of an account one at a time, and the next one only after a rest.
 * What is asked for meanwhile is one more check at the end of the rest, so that nothing true is missed.
 */
export class SparseChecks {
  readonly #resting = new Map<number, { again: (() => Promise<void>) | undefined; timer?: NodeJS.Timeout }>();
  readonly #background: BackgroundWork;
  readonly #restMs: number;

  constructor(background: BackgroundWork, restMs: number) {
    this.#background = background;
    this.#restMs = restMs;
  }

  ask(accountId: number, what: string, check: () => Promise<void>): void {
    const resting = this.#resting.get(accountId);
    if (resting) resting.again = check;
    else this.#run(accountId, what, check);
  }

  #run(accountId: number, what: string, check: () => Promise<void>): void {
    const resting: { again: (() => Promise<void>) | undefined; timer?: NodeJS.Timeout } = { again: undefined };
    this.#resting.set(accountId, resting);
    const rested = () => {
      this.#resting.delete(accountId);
      if (resting.again) this.#run(accountId, what, resting.again);
    };
    const checked = check().finally(() => (resting.timer = setTimeout(rested, this.#restMs)));
    this.#background.start(what, checked);
  }

  /** No check begins any more. */
  stop(): void {
    for (const { timer } of this.#resting.values()) clearTimeout(timer);
  }
}
