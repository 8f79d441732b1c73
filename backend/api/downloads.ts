import type { FastifyReply } from 'fastify';
import { ExportError } from '../../errors/export-error.ts';

/** Of an account at once: each reads the ledger and compresses for as long as its reader takes. */
const MOST = 2;
/** A reader that takes nothing for so long has gone away without a word. */
const IDLE_MS = 60_000;
const COME_BACK_SECONDS = 10;

/** The reports that are being downloaded, of this process. */
export class Downloads {
  readonly #running = new Map<number, number>();
  readonly #idleMs: number;

  constructor(idleMs = IDLE_MS) {
    this.#idleMs = idleMs;
  }

  /**
   * Counts an answer as a download of the account until its connection has done with it.
   *
   * @throws {ExportError} `too_many_requests`
   */
  begin(accountId: number, { raw }: FastifyReply): void {
    const running = this.#running.get(accountId) ?? 0;
    if (running >= MOST) {
      throw new ExportError('too_many_requests', {
        values: { seconds: COME_BACK_SECONDS },
        retryAfterMs: COME_BACK_SECONDS * 1000,
      });
    }
    this.#running.set(accountId, running + 1);
    raw.setTimeout(this.#idleMs, () => raw.destroy());
    raw.once('close', () => this.#end(accountId));
  }

  #end(accountId: number): void {
    const left = (this.#running.get(accountId) ?? 1) - 1;
    if (left > 0) this.#running.set(accountId, left);
    else this.#running.delete(accountId);
  }
}
