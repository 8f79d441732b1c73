/** How long an answer tells of the way: clocks drift apart, and the ledger may move to another machine. */
const KEPT_MS = 60_000;

/**
 * The clock of the ledger, as this process sees it: an answer comes late by its way and by whatever held this process up, and
 * the fastest one of the last minute tells the way.
 */
export class SharedClock {
  #answers: { atMs: number; behindMs: number }[] = [];

  /** @param nowMs what the ledger's clock said in an answer that has just been taken. */
  observe(nowMs: number): void {
    const atMs = performance.now();
    this.#answers = this.#answers.filter((answer) => answer.atMs > atMs - KEPT_MS);
    this.#answers.push({ atMs, behindMs: atMs - nowMs });
  }

  /** How long ago that moment of the ledger's clock was. */
  lateMs(momentMs: number): number {
    return performance.now() - Math.min(...this.#answers.map(({ behindMs }) => behindMs)) - momentMs;
  }
}
