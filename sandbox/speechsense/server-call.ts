import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';

import type { Fault, FaultAction } from './fault-plan.ts';
import { frameMessage } from './grpc-framing.ts';
import { errorTrailers, RpcError } from './grpc-status.ts';
import type { StreamWire, TappedConnection } from './tapped-connection.ts';

const CONTENT_TYPE = 'application/grpc+proto';

/** One gRPC call on the server's side: its stream, and the ways to end it. */
export class ServerCall {
  readonly rpc: string;
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly connection: TappedConnection;
  readonly wire: StreamWire;
  readonly passedFaults = new Set<Fault>();

  constructor(rpc: string, stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: TappedConnection) {
    this.rpc = rpc;
    this.stream = stream;
    this.headers = headers;
    this.connection = connection;
    this.wire = connection.wire(stream.id ?? 0);
    // A client's RST_STREAM or lost connection shows as an error here; the wire has the facts.
    stream.on('error', () => undefined);
  }

  answer(message: Buffer): void {
    const { stream } = this;
    if (this.#isGone()) return;
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.respond({ ':status': 200, 'content-type': CONTENT_TYPE }, { waitForTrailers: true });
    stream.end(frameMessage(message));
  }

  fail(error: RpcError): void {
    const { stream } = this;
    if (this.#isGone()) return;
    stream.respond({ ':status': 200, 'content-type': CONTENT_TYPE, ...errorTrailers(error) }, { endStream: true });
    // RFC 9113 §8.1: a server that has answered asks a client that still sends to stop.
    if (!this.wire.halfClosed) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  /** Ends the call as a fault wants it; a fault that lets it go on is none of these. */
  endBy(action: Extract<FaultAction, { kind: 'status' | 'reset' | 'drop' | 'silence' }>): void {
    switch (action.kind) {
      case 'status':
        this.fail(new RpcError(action.code, action.message));
        return;
      case 'reset':
        this.stream.close(action.code);
        return;
      case 'drop':
        this.connection.cut();
        return;
      case 'silence':
        this.stream.pause();
    }
  }

  /** GOAWAY: open calls go on, a new one needs a new connection. */
  goAway(): void {
    this.stream.session?.close();
  }

  #isGone(): boolean {
    return this.stream.destroyed || this.stream.closed || this.stream.headersSent;
  }
}
