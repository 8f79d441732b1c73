import { setImmediate } from 'node:timers/promises';
import type { ReadableBytes } from '../formats/audio-format.ts';

const WINDOW_BYTES = 256 * 1024;

/** A window that moves forward over a recording, so that a reader can look at its bytes without waiting for each. */
export class ByteWindow {
  readonly #bytes: ReadableBytes;
  #start = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(bytes: ReadableBytes) {
    this.#bytes = bytes;
  }

  /** Where `offset` is in `bytes`. */
  at(offset: number): number {
    return offset - this.#start;
  }

  get bytes(): Buffer {
    return this.#window;
  }

  /** Whether these bytes are in the window, or the recording ends within them. */
  holds(offset: number, length: number): boolean {
    const end = Math.min(offset + length, this.#bytes.sizeBytes);
    return offset >= this.#start && end <= this.#start + this.#window.length;
  }

  /** Moves the window so that it begins at `offset`. Others have a turn in between. */
  async moveTo(offset: number): Promise<void> {
    await setImmediate();
    this.#window = await this.#bytes.read(offset, WINDOW_BYTES);
    this.#start = offset;
  }
}
