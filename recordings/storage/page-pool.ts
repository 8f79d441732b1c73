/** A recording takes its memory in pieces of this size. */
export const PAGE_BYTES = 256 * 1024;
/** So that one long recording leaves memory to the many short ones. */
const SHARE_OF_ONE = 1 / 4;

/**
 * The memory of all recordings of a process. Its pages are used again and again: memory that is allocated anew for each
 * recording makes V8 collect garbage after every 64 MiB, which cost more than anything else on a recording's way.
 */
export class PagePool {
  readonly #pages: number;
  #taken = 0;
  readonly #free: Buffer[] = [];

  constructor(memoryBytes: number) {
    this.#pages = Math.floor(memoryBytes / PAGE_BYTES);
  }

  /** Whether a recording that has so many pages may have another one. */
  hasRoom(pages: number): boolean {
    return this.#taken < this.#pages && pages < Math.ceil(this.#pages * SHARE_OF_ONE);
  }

  /** A page, with whatever was in it before. Never refused: the way into a file needs one or two as well. */
  take(): Buffer {
    this.#taken++;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(PAGE_BYTES);
  }

  /** Nobody may read or write them from here on. */
  giveBack(pages: readonly Buffer[]): void {
    this.#taken -= pages.length;
    this.#free.push(...pages.slice(0, Math.max(0, this.#pages - this.#free.length)));
  }
}
