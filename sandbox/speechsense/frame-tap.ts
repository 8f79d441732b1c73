/** What a client's HTTP/2 frames said of their stream, its end above all. */
export type WireEvent =
  | { kind: 'data'; streamId: number; bytes: number }
  | { kind: 'end-stream'; streamId: number }
  | { kind: 'rst-stream'; streamId: number; code: number }
  | { kind: 'goaway'; code: number };

/** RFC 9113 §3.4: what a client sends before its first frame. */
const PREFACE_BYTES = 24;
const FRAME_HEADER_BYTES = 9;
const DATA = 0x0;
const HEADERS = 0x1;
const RST_STREAM = 0x3;
const GOAWAY = 0x7;
const END_STREAM = 0x1;
/** RST_STREAM carries 4 bytes, the fixed part of GOAWAY 8. */
const KEPT_PAYLOAD_BYTES = 8;

/**
 * Reads the headers of the frames that pass from a client and tells of those that matter here.
 * An HTTP/2 library reports a finished request body and a connection that broke in much the same way; only the
 * END_STREAM flag on the wire tells a finished upload from one whose client died.
 */
export class FrameTap {
  readonly #tell: (event: WireEvent) => void;
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  readonly #payload = Buffer.alloc(KEPT_PAYLOAD_BYTES);
  #headerBytes = 0;
  #payloadBytes = 0;
  #left = PREFACE_BYTES;
  #inFrame = false;

  constructor(tell: (event: WireEvent) => void) {
    this.#tell = tell;
  }

  /** Takes the next bytes of the connection, cut anywhere. */
  feed(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      at += this.#left > 0 ? this.#passPayload(bytes, at) : this.#takeHeader(bytes, at);
    }
  }

  #passPayload(bytes: Buffer, at: number): number {
    const passed = Math.min(this.#left, bytes.length - at);
    if (this.#payloadBytes < KEPT_PAYLOAD_BYTES) {
      this.#payloadBytes += bytes.copy(this.#payload, this.#payloadBytes, at, at + passed);
    }
    this.#left -= passed;
    // Told only when the whole frame is here: a connection may break inside the frame that carries the flag.
    if (this.#left === 0 && this.#inFrame) this.#frameComplete();
    return passed;
  }

  #takeHeader(bytes: Buffer, at: number): number {
    const taken = bytes.copy(this.#header, this.#headerBytes, at);
    this.#headerBytes += taken;
    if (this.#headerBytes < FRAME_HEADER_BYTES) return taken;
    this.#headerBytes = 0;
    this.#payloadBytes = 0;
    this.#inFrame = true;
    this.#left = this.#header.readUIntBE(0, 3);
    if (this.#left === 0) this.#frameComplete();
    return taken;
  }

  #frameComplete(): void {
    const type = this.#header.readUInt8(3);
    const flags = this.#header.readUInt8(4);
    const streamId = this.#header.readUInt32BE(5) & 0x7fffffff;
    if (type === DATA) this.#tell({ kind: 'data', streamId, bytes: this.#header.readUIntBE(0, 3) });
    if ((type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0) this.#tell({ kind: 'end-stream', streamId });
    if (type === RST_STREAM) this.#tell({ kind: 'rst-stream', streamId, code: this.#payload.readUInt32BE(0) });
    if (type === GOAWAY) this.#tell({ kind: 'goaway', code: this.#payload.readUInt32BE(4) });
  }
}
