import { PAGE_BYTES, type PagePool } from '../storage/page-pool.ts';
import { createTemporaryFile, type TemporaryFile } from '../storage/temporary-file.ts';

/** What memory has no room for: written to a temporary file page by page, each while the next one is being filled. */
export class FileTail {
  readonly #file: TemporaryFile;
  readonly #pool: PagePool;
  #page: Buffer | undefined;
  #filledBytes = 0;
  #writing: Promise<void> = Promise.resolve();

  /** @throws ExportError `temporary_file_failed`, as everything here. */
  static async create(tempDir: string, pool: PagePool): Promise<FileTail> {
    return new FileTail(await createTemporaryFile(tempDir), pool);
  }

  private constructor(file: TemporaryFile, pool: PagePool) {
    this.#file = file;
    this.#pool = pool;
  }

  async append(bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      this.#page ??= this.#pool.take();
      const copied = bytes.copy(this.#page, this.#filledBytes, from);
      from += copied;
      this.#filledBytes += copied;
      if (this.#filledBytes === PAGE_BYTES) await this.#write();
    }
  }

  /** Everything has been appended and may be read. */
  async complete(): Promise<void> {
    await this.#write();
    await this.#writing;
  }

  read(offset: number, length: number): Promise<Buffer> {
    return this.#file.read(offset, length);
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    if (this.#page) this.#pool.giveBack([this.#page]);
    this.#page = undefined;
    await this.#file.close();
  }

  /** Waits for the page before, so that a slow disk slows down what fills it, and begins with this one. */
  async #write(): Promise<void> {
    await this.#writing;
    const page = this.#page;
    if (!page) return;
    this.#writing = this.#file.append(page.subarray(0, this.#filledBytes)).finally(() => this.#pool.giveBack([page]));
    // Said to whoever comes with the next page, or asks for the end.
    this.#writing.catch(() => undefined);
    this.#page = undefined;
    this.#filledBytes = 0;
  }
}
