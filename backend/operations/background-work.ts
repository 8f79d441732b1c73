import type { Logger } from 'pino';
import { findExportError } from '../../errors/export-error.ts';

/** What goes on after its request was answered; a shutdown waits for it. */
export class BackgroundWork {
  readonly #running = new Set<Promise<unknown>>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Of a failure nobody else hears, so it is logged, by its code. */
  start(what: string, work: Promise<unknown>): void {
    const ended = work
      .catch((error: unknown) => {
        const known = findExportError(error);
        if (known) this.#logger.warn({ what, code: known.code }, 'background work failed');
        else
          this.#logger.error(
            { what, kind: error instanceof Error ? error.name : typeof error },
            'background work failed',
          );
      })
      .finally(() => this.#running.delete(ended));
    this.#running.add(ended);
  }

  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }
}
