import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { SocketReader } from './socket-reader.ts';

/** The quickest servers close an idle connection after five seconds. */
const IDLE_MS = 4_000;
const MAX_IDLE = 64;

/** A connection for one request and its answer. */
export interface Connection {
  socket: Socket;
  reader: SocketReader;
  /** It has carried an answer before: the other side may have closed it meanwhile. */
  isReused: boolean;
}

interface Idle {
  origin: string;
  connection: Connection;
  drop: () => void;
}

/** Connections to telephonies, kept open for a while. All of them were made under one rule of who may be connected to. */
export class Connections {
  readonly #connect: buildConnector.connector;
  readonly #open = new Set<Socket>();
  #idle: Idle[] = [];

  constructor(connect: buildConnector.connector) {
    this.#connect = connect;
  }

  /** An idle one to this origin, or else a new one. */
  async take(url: URL): Promise<Connection> {
    const idle = this.#idle.find(({ origin }) => origin === url.origin);
    if (!idle) return this.connect(url);
    this.#forget(idle);
    return { ...idle.connection, isReused: true };
  }

  async connect(url: URL): Promise<Connection> {
    const { protocol, host, port } = url;
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    const socket = await new Promise<Socket>((resolve, reject) => {
      this.#connect({ protocol, host, hostname, port }, (...[error, connected]) => {
        if (connected) resolve(connected);
        else reject(error);
      });
    });
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return { socket, reader: new SocketReader(socket), isReused: false };
  }

  /** Keeps a connection for the next request to its origin: only after an answer behind which nothing can be left. */
  release({ origin }: URL, connection: Connection): void {
    const { socket, reader } = connection;
    if (socket.destroyed || socket.readableEnded || !reader.isDrained || this.#idle.length >= MAX_IDLE) {
      socket.destroy();
      return;
    }
    const idle: Idle = {
      origin,
      connection,
      drop: () => {
        this.#forget(idle);
        socket.destroy();
      },
    };
    this.#idle.push(idle);
    // Whatever it says now is no answer to what will be asked.
    socket.once('readable', idle.drop).once('close', idle.drop).setTimeout(IDLE_MS, idle.drop);
  }

  /** Ends all connections, those in use too. */
  close(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #forget(idle: Idle): void {
    this.#idle = this.#idle.filter((other) => other !== idle);
    const { socket } = idle.connection;
    socket.off('readable', idle.drop).off('close', idle.drop).setTimeout(0).off('timeout', idle.drop);
  }
}
