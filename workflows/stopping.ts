import { CancellationScope } from '@temporalio/workflow';
import { endedByStop } from './failures.ts';

/**
 * The one way in which work ends early. The `stopExport` signal and Temporal's own Cancel both cancel the scope that
 * the work runs in; what comes after it (closing the export) runs in a scope that neither of them reaches.
 */
export class Stopping {
  readonly #work = new CancellationScope();
  readonly #announce: () => void;
  #requested = false;

  /** @param announce told once, at the moment of the request. */
  constructor(announce: () => void) {
    this.#announce = announce;
    CancellationScope.current().cancelRequested.catch(() => this.request());
  }

  get requested(): boolean {
    return this.#requested;
  }

  request(): void {
    if (this.#requested) return;
    this.#requested = true;
    this.#announce();
    this.#work.cancel();
  }

  /** Runs the work until its end or until a stop; answers which of the two it was. */
  async run(work: () => Promise<void>): Promise<'finished' | 'stopped'> {
    try {
      await CancellationScope.nonCancellable(() => this.#work.run(work));
    } catch (error) {
      if (this.#requested && endedByStop(error)) return 'stopped';
      throw error;
    }
    return this.#requested ? 'stopped' : 'finished';
  }
}
