import type { Socket } from 'node:net';

/** Reads a socket piece by piece, so that a head can be taken off its front and the rest be a body. */
export class SocketReader {
  readonly #socket: Socket;
  #kept: Buffer = Buffer.alloc(0);
  #error: Error | undefined;
  /** Bytes that ever came. */
  receivedBytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', (error) => (this.#error ??= error));
  }

  /**
   * The next bytes as they came; undefined at the end.
   *
   * @throws {SilentSocket} after so long without a byte; the socket's own error.
   */
  async next(timeoutMs: number): Promise<Buffer | undefined> {
    if (this.#kept.length > 0) {
      const kept = this.#kept;
      this.#kept = Buffer.alloc(0);
      return kept;
    }
    for (const until = performance.now() + timeoutMs; ;) {
      if (this.#error) throw this.#error;
      const bytes = this.#socket.read() as Buffer | null;
      if (bytes) {
        this.receivedBytes += bytes.length;
        return bytes;
      }
      if (this.#socket.readableEnded) return undefined;
      // Destroyed on this side, which must not look like the other side's end.
      if (this.#socket.destroyed) throw new ClosedSocket();
      await this.#change(until - performance.now());
    }
  }

  /** Gives bytes back, to be read first. */
  unread(bytes: Buffer): void {
    this.#kept = this.#kept.length === 0 ? bytes : Buffer.concat([bytes, this.#kept]);
  }

  /** The next line without its end (LF, with or without CR); undefined where the bytes end before it does. */
  async line(maxBytes: number, timeoutMs: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    for (let size = 0; size <= maxBytes;) {
      const bytes = await this.next(timeoutMs);
      if (!bytes) {
        this.unread(Buffer.concat(pieces));
        return undefined;
      }
      const end = bytes.indexOf(0x0a);
      pieces.push(end < 0 ? bytes : bytes.subarray(0, end));
      size += bytes.length;
      if (end < 0) continue;
      if (end + 1 < bytes.length) this.unread(bytes.subarray(end + 1));
      const line = Buffer.concat(pieces);
      return line.subarray(0, line.at(-1) === 0x0d ? -1 : undefined);
    }
    throw new LineTooLong();
  }

  /** Whether nothing has come that was not read. */
  get isDrained(): boolean {
    return this.#kept.length === 0 && this.#socket.readableLength === 0;
  }

  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(new SilentSocket()), Math.max(0, timeoutMs));
      const changed = () => settle();
      const settle = (error?: Error) => {
        clearTimeout(timer);
        for (const event of EVENTS) this.#socket.off(event, changed);
        if (error) reject(error);
        else resolve();
      };
      for (const event of EVENTS) this.#socket.on(event, changed);
    });
  }
}

const EVENTS = ['readable', 'end', 'error', 'close'];

/** Nothing came for as long as was waited. */
export class SilentSocket extends Error {
  readonly code = 'ETIMEDOUT';
}

class ClosedSocket extends Error {
  readonly code = 'ECONNRESET';
}

/** Not a line of HTTP. */
export class LineTooLong extends Error {}
