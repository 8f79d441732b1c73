import { GrpcCode, RpcError } from './grpc-status.ts';

/** One byte that says "compressed", four with the length. */
const PREFIX_BYTES = 5;

/** Puts gRPC's length prefix before a message. */
export function frameMessage(message: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  message.copy(framed, PREFIX_BYTES);
  return framed;
}

/** Puts messages together from the bytes of a request, cut anywhere. */
export class MessageReader {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #wanted = PREFIX_BYTES;

  /** @param maxBytes a longer message is answered with RESOURCE_EXHAUSTED, in grpc's own words. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Gives the messages that these bytes complete. */
  *feed(bytes: Buffer): Generator<Buffer> {
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    while (this.#bytes >= this.#wanted) {
      if (this.#wanted === PREFIX_BYTES) this.#readPrefix();
      if (this.#bytes < this.#wanted) return;
      yield this.#take();
    }
  }

  /** Whether bytes of an unfinished message are left. */
  get pending(): boolean {
    return this.#bytes > 0;
  }

  #readPrefix(): void {
    const all = this.#joined();
    if (all.readUInt8(0) !== 0) throw new RpcError(GrpcCode.unimplemented, 'Compressed messages are not supported');
    const length = all.readUInt32BE(1);
    if (length > this.#maxBytes) {
      throw new RpcError(
        GrpcCode.resourceExhausted,
        `Received message larger than max (${length} vs. ${this.#maxBytes})`,
      );
    }
    this.#wanted = PREFIX_BYTES + length;
  }

  #take(): Buffer {
    const all = this.#joined();
    const message = all.subarray(PREFIX_BYTES, this.#wanted);
    const rest = all.subarray(this.#wanted);
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#bytes = rest.length;
    this.#wanted = PREFIX_BYTES;
    return message;
  }

  #joined(): Buffer {
    const [first] = this.#parts;
    if (first !== undefined && this.#parts.length === 1) return first;
    const all = Buffer.concat(this.#parts, this.#bytes);
    this.#parts = [all];
    return all;
  }
}
