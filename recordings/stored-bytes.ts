import { createTemporaryFile, type TemporaryFile } from './temporary-file.ts';

/** Handed out of memory in pieces of about this size. */
const PIECE_BYTES = 64 * 1024;
/** Written to a temporary file, and read from it, in pieces of these sizes: every one is a trip to another thread. */
const WRITE_BYTES = 512 * 1024;
const READ_BYTES = 256 * 1024;

export interface StoreOptions {
  /** What is larger goes to a temporary file. */
  memoryBytes: number;
  tempDir: string;
}

/**
 * The bytes of one recording: in memory as the network delivered them, without a second copy, or beyond the limit in a
 * temporary file. First they are appended, then they can be read any number of times.
 */
export class StoredBytes {
  #sizeBytes = 0;
  #inMemory: Buffer[] = [];
  #inMemoryBytes = 0;
  #file: TemporaryFile | undefined;
  #memoryBytes: number;
  readonly #options: StoreOptions;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#memoryBytes = options.memoryBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** What is known to be large goes to the file from its beginning, without filling the memory first. */
  expect(sizeBytes: number): void {
    if (sizeBytes > this.#options.memoryBytes) this.#memoryBytes = WRITE_BYTES;
  }

  async append(bytes: Buffer): Promise<void> {
    this.#inMemory.push(bytes);
    this.#inMemoryBytes += bytes.length;
    this.#sizeBytes += bytes.length;
    if (this.#inMemoryBytes > this.#memoryBytes) await this.#spill();
  }

  /** Everything has been appended. */
  async complete(): Promise<void> {
    if (this.#file && this.#inMemoryBytes > 0) await this.#spill();
  }

  /** Up to `length` bytes from `offset`; fewer only at the end. */
  async read(offset: number, length: number): Promise<Buffer> {
    const end = Math.min(offset + length, this.#sizeBytes);
    if (end <= offset) return Buffer.alloc(0);
    if (this.#file) return this.#file.read(offset, end - offset);
    const parts: Buffer[] = [];
    let start = 0;
    for (const part of this.#inMemory) {
      if (start + part.length > offset && start < end) {
        parts.push(part.subarray(Math.max(0, offset - start), end - start));
      }
      start += part.length;
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  /** The whole from its beginning, in pieces of up to 256 KiB; may be asked for again. */
  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    for (let offset = 0; this.#file && offset < this.#sizeBytes; offset += READ_BYTES) {
      yield await this.read(offset, READ_BYTES);
    }
    if (!this.#file) yield* gathered(this.#inMemory);
  }

  /** Frees the memory or the disk space. */
  async dispose(): Promise<void> {
    this.#inMemory = [];
    await this.#file?.close();
  }

  async #spill(): Promise<void> {
    this.#file ??= await createTemporaryFile(this.#options.tempDir);
    this.#memoryBytes = WRITE_BYTES;
    const parts = this.#inMemory;
    this.#inMemory = [];
    this.#inMemoryBytes = 0;
    await this.#file.append(parts);
  }
}

/** Joins what the network delivered in crumbs (TLS records, slow links); large pieces pass through uncopied. */
function* gathered(parts: Buffer[]): Generator<Buffer> {
  let crumbs: Buffer[] = [];
  let crumbBytes = 0;
  for (const part of parts) {
    if (crumbBytes > 0 && crumbBytes + part.length > PIECE_BYTES) {
      yield crumbs.length === 1 && crumbs[0] ? crumbs[0] : Buffer.concat(crumbs);
      crumbs = [];
      crumbBytes = 0;
    }
    crumbs.push(part);
    crumbBytes += part.length;
  }
  if (crumbBytes > 0) yield Buffer.concat(crumbs);
}
