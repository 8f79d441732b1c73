import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

import { FrameTap, type WireEvent } from './frame-tap.ts';

/** What the wire said about one stream, filled in as it happens. */
export interface StreamWire {
  /** Payload of the DATA frames that have arrived, whether the server has read it or not. */
  dataBytes: number;
  /** The client sent END_STREAM: its request is complete. */
  halfClosed: boolean;
  /** Error code of the client's RST_STREAM. */
  clientReset: number | undefined;
  /** The connection was gone before the stream had come to its end. */
  connectionDropped: boolean;
  /** The same in order: `END_STREAM`, `RST_STREAM 8`, `GOAWAY 0`, `CLOSED`. */
  events: string[];
}

/** Streams remembered per connection: a RST_STREAM may follow some time after the stream was answered. */
const REMEMBERED_STREAMS = 4096;

/** A client's connection as a stream for the HTTP/2 server, with a tap on what the client sends. */
export class TappedConnection extends Duplex {
  readonly number: number;
  readonly #socket: Socket;
  readonly #streams = new Map<number, StreamWire>();
  #cutByServer = false;
  readonly #tap = new FrameTap((event) => this.#note(event));

  constructor(socket: Socket, number: number) {
    super({ allowHalfOpen: true });
    this.number = number;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.#tap.feed(bytes);
      if (!this.push(bytes)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.#closed());
    // The HTTP/2 session reports its own errors; a client that vanishes is no error of the server's.
    this.on('error', () => undefined);
  }

  /** What the wire said, and will say, about this stream. */
  wire(streamId: number): StreamWire {
    const known = this.#streams.get(streamId);
    if (known !== undefined) return known;
    const wire: StreamWire = {
      dataBytes: 0,
      halfClosed: false,
      clientReset: undefined,
      connectionDropped: false,
      events: [],
    };
    this.#streams.set(streamId, wire);
    if (this.#streams.size > REMEMBERED_STREAMS) {
      for (const oldest of this.#streams.keys()) {
        this.#streams.delete(oldest);
        break;
      }
    }
    return wire;
  }

  /** Cuts the connection from the server's side, with nothing said. */
  cut(): void {
    this.#cutByServer = true;
    this.#socket.destroy();
  }

  /** Whether it was the server that cut the connection. */
  get cutByServer(): boolean {
    return this.#cutByServer;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(bytes, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #note(event: WireEvent): void {
    if (event.kind === 'goaway') {
      for (const wire of this.#streams.values()) wire.events.push(`GOAWAY ${event.code}`);
      return;
    }
    const wire = this.wire(event.streamId);
    if (event.kind === 'data') {
      wire.dataBytes += event.bytes;
    } else if (event.kind === 'end-stream') {
      wire.halfClosed = true;
      wire.events.push('END_STREAM');
    } else {
      wire.clientReset = event.code;
      wire.events.push(`RST_STREAM ${event.code}`);
    }
  }

  #closed(): void {
    for (const wire of this.#streams.values()) {
      if (wire.halfClosed || wire.clientReset !== undefined) continue;
      wire.connectionDropped = true;
      wire.events.push('CLOSED');
    }
    this.destroy();
  }
}
