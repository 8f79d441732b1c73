import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export interface Frame {
  /** 0 DATA, 1 HEADERS, 3 RST_STREAM, 7 GOAWAY … */
  type: number;
  endStream: boolean;
  streamId: number;
  length: number;
}

const PREFACE_BYTES = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;
const HEADER_BYTES = 9;

/**
 * A TCP relay in front of an HTTP/2 server that writes down every frame header the client puts on the wire: what the
 * client really sent, whatever the libraries on both sides make of it. With `tls` it ends TLS and relays plain text.
 */
export class FrameRecorder {
  readonly frames: Frame[] = [];
  /** Client connections that came, and those that are gone again. */
  connections = 0;
  gone = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server;
  readonly #upstreamPort: number;

  constructor(upstreamPort: number, tls?: { key: Buffer; cert: Buffer }) {
    this.#upstreamPort = upstreamPort;
    const relay = (client: Socket) => this.#relay(client);
    this.#server = tls ? createTlsServer({ ...tls, ALPNProtocols: ['h2'] }, relay) : createServer(relay);
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** DATA frames that end their stream: a half-close. */
  get halfCloses(): number {
    return this.frames.filter((frame) => frame.type === 0 && frame.endStream).length;
  }

  get resetStreams(): number {
    return this.frames.filter((frame) => frame.type === 3).length;
  }

  /** Drops every connection, as a network does. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.drop();
    this.#server.close();
  }

  #relay(client: Socket): void {
    this.connections++;
    const upstream = connect(this.#upstreamPort, '127.0.0.1');
    client.on('close', () => this.gone++);
    const frames = new FrameParser((frame) => this.frames.push(frame));
    client.on('data', (bytes) => {
      frames.push(bytes);
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => client.write(bytes));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}

class FrameParser {
  #rest = Buffer.alloc(0);
  #skip = PREFACE_BYTES;
  readonly #onFrame: (frame: Frame) => void;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  push(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const skipped = Math.min(this.#skip, this.#rest.length);
      this.#skip -= skipped;
      this.#rest = this.#rest.subarray(skipped);
      if (this.#skip > 0 || this.#rest.length < HEADER_BYTES) return;
      const type = this.#rest.readUInt8(3);
      const flags = this.#rest.readUInt8(4);
      const length = this.#rest.readUIntBE(0, 3);
      this.#onFrame({
        type,
        length,
        endStream: type <= 1 && (flags & 1) === 1,
        streamId: this.#rest.readUInt32BE(5) & 0x7fffffff,
      });
      this.#skip = HEADER_BYTES + length;
    }
  }
}
