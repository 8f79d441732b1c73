import { FileTail } from '../formats/file-tail.ts';
import { PAGE_BYTES, type PagePool } from './page-pool.ts';

/** Read from a file in pieces of this size: every one is a trip to another thread. */
const READ_BYTES = 256 * 1024;

export interface StoreOptions {
  pool: PagePool;
  tempDir: string;
}

/**
 * The bytes of one recording: its beginning in memory, as far as there is room for it, the rest in a temporary file.
 * First they are appended, then they can be read any number of times.
 */
export class StoredBytes {
  readonly #options: StoreOptions;
  #sizeBytes = 0;
  #pages: Buffer[] = [];
  #tail: FileTail | undefined;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get #pageBytes(): number {
    return this.#pages.length * PAGE_BYTES;
  }

  /** Copies them: what the network delivered may go. */
  async append(bytes: Buffer): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      const page = this.#tail ? undefined : this.#pageWithRoom();
      if (!page) return this.#appendToTail(rest);
      const copied = rest.copy(page, this.#sizeBytes % PAGE_BYTES);
      this.#sizeBytes += copied;
      rest = rest.subarray(copied);
    }
  }

  /** Everything has been appended. */
  async complete(): Promise<void> {
    await this.#tail?.complete();
  }

  /** Up to `length` bytes from `offset`; fewer only at the end. */
  async read(offset: number, length: number): Promise<Buffer> {
    const end = Math.min(offset + length, this.#sizeBytes);
    const parts: Buffer[] = [];
    for (let at = offset; at < Math.min(end, this.#pageBytes);) {
      const part = this.#inPage(at).subarray(0, end - at);
      parts.push(part);
      at += part.length;
    }
    const fromTail = Math.max(offset, this.#pageBytes);
    if (this.#tail && fromTail < end) parts.push(await this.#tail.read(fromTail - this.#pageBytes, end - fromTail));
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  /** The whole from its beginning, in pieces of up to 256 KiB; may be asked for again. */
  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    for (let at = 0; at < Math.min(this.#pageBytes, this.#sizeBytes); at += PAGE_BYTES) yield this.#inPage(at);
    if (!this.#tail) return;
    let ahead = this.read(this.#pageBytes, READ_BYTES);
    for (let at = this.#pageBytes; at < this.#sizeBytes; at += READ_BYTES) {
      const piece = await ahead;
      ahead = this.read(at + READ_BYTES, READ_BYTES);
      // Heard here only when the next piece is asked for.
      ahead.catch(() => undefined);
      yield piece;
    }
  }

  /** Frees the memory and the disk space. What has been read of it must not be used any more. */
  async dispose(): Promise<void> {
    this.#options.pool.giveBack(this.#pages.splice(0));
    await this.#tail?.close();
  }

  #pageWithRoom(): Buffer | undefined {
    const { pool } = this.#options;
    if (this.#sizeBytes === this.#pageBytes && pool.hasRoom(this.#pages.length)) this.#pages.push(pool.take());
    return this.#sizeBytes < this.#pageBytes ? this.#pages.at(-1) : undefined;
  }

  async #appendToTail(bytes: Buffer): Promise<void> {
    const { pool, tempDir } = this.#options;
    this.#tail ??= await FileTail.create(tempDir, pool);
    await this.#tail.append(bytes);
    this.#sizeBytes += bytes.length;
  }

  /** What is in its page from `at` on. */
  #inPage(at: number): Buffer {
    const first = at - (at % PAGE_BYTES);
    const page = this.#pages[first / PAGE_BYTES] ?? Buffer.alloc(0);
    return page.subarray(at - first, Math.min(PAGE_BYTES, this.#sizeBytes - first));
  }
}
