import { ChannelCredentials } from '@grpc/grpc-js';
import type { Socket } from 'node:net';

type CreateConnector = ChannelCredentials['_createSecureConnector'];
type Connector = ReturnType<CreateConnector>;

/** TCP keep-alive instead of HTTP/2 pings: gRPC servers punish pings more often than every 5 minutes with GOAWAY. */
const TCP_KEEP_ALIVE_MS = 30_000;

/**
 * Channel credentials that remember the raw TCP sockets of their channel, so that an open upload can be abandoned by
 * resetting its connection.
 *
 * grpc-js answers `cancel()` and an expired deadline with an empty DATA frame + END_STREAM before RST_STREAM (measured
 * with 1.14.7), which a server reads as the regular end of the upload and may store. A reset connection carries no
 * END_STREAM. grpc-js has no public way to the socket; `_createSecureConnector` is where every transport, plain or
 * TLS, passes the freshly connected one. test/speechsense/cuttable-credentials.test.ts fails if an upgrade moves it.
 */
export class CuttableCredentials extends ChannelCredentials {
  readonly #inner: ChannelCredentials;
  readonly #sockets = new Set<Socket>();
  #cut = false;

  constructor(inner: ChannelCredentials) {
    super();
    this.#inner = inner;
  }

  /** Connections open at this moment. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Resets every connection of the channel, and every one that is just being made; none is made afterwards. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) {
      if (!socket.destroyed) socket.resetAndDestroy();
    }
    this.#sockets.clear();
  }

  override _isSecure(): boolean {
    return this.#inner._isSecure();
  }

  override _equals(other: ChannelCredentials): boolean {
    return other === this;
  }

  override _createSecureConnector(...parameters: Parameters<CreateConnector>): Connector {
    const inner = this.#inner._createSecureConnector(...parameters);
    return {
      connect: (socket) => {
        if (this.#cut) {
          socket.destroy();
          return Promise.reject(new Error('the lane was cut while it was connecting'));
        }
        socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
        return inner.connect(socket);
      },
      waitForReady: () => inner.waitForReady(),
      getCallCredentials: () => inner.getCallCredentials(),
      destroy: () => inner.destroy(),
    };
  }
}
