/** What to do next about an export's batches. */
export type NextStep =
  /** Run this batch, which is open from now on. */
  | { kind: 'start'; batch: number }
  /** Wait until an open batch ends. */
  | { kind: 'wait' }
  /** Wait until a person has mended what blocks the export; the blocked batches are waiting again. */
  | { kind: 'unblock' }
  | { kind: 'fail'; error: Error }
  | { kind: 'done' };

export interface Circumstances {
  /** The history is so long that no further batch shall begin in this run, which ends once nothing is under way. */
  isLong: boolean;
  isBlocked: boolean;
}

/**
 * Keeps a few batches open until none waits. It decides and counts; the batches are run elsewhere.
 *
 * After a block or a failure nothing more is started, and what is open comes to its end first.
 */
export class BatchWindow {
  readonly #waiting: number[];
  readonly #size: number;
  readonly #blocked: number[] = [];
  #open = 0;
  #failure: Error | undefined;

  /**
   * @param waiting numbers of batches, first in, first out; changed in place, because it outlives the run.
   * @param size how many may be open at once.
   */
  constructor(waiting: number[], size: number) {
    this.#waiting = waiting;
    this.#size = size;
  }

  /** Batches that have begun and not ended; a blocked one has not. */
  get underWay(): number {
    return this.#open + this.#blocked.length;
  }

  next({ isLong, isBlocked }: Circumstances): NextStep {
    if (!isLong && !isBlocked && this.#failure === undefined && this.#open < this.#size) {
      const batch = this.#waiting.shift();
      if (batch !== undefined) {
        this.#open++;
        return { kind: 'start', batch };
      }
    }
    if (this.#open > 0) return { kind: 'wait' };
    if (this.#failure !== undefined) return { kind: 'fail', error: this.#failure };
    if (isBlocked) {
      this.#waiting.unshift(...this.#blocked.splice(0));
      return { kind: 'unblock' };
    }
    return { kind: 'done' };
  }

  ended(): void {
    this.#open--;
  }

  /** The batch could not send all of its calls, and is to be run again. */
  blocked(batch: number): void {
    this.#open--;
    this.#blocked.push(batch);
  }

  failed(error: Error): void {
    this.#open--;
    this.#failure ??= error;
  }
}
