import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http2';

import protobuf from 'protobufjs/minimal.js';

/** The gRPC status codes that this service answers with. */
export const GrpcCode = {
  ok: 0,
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** An answer that is not the one hoped for. */
export class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'RpcError';
    this.code = code;
  }
}

/** The trailers of an error, with google.rpc.RequestInfo in its details as Yandex Cloud's services send it. */
export function errorTrailers(error: RpcError): OutgoingHttpHeaders {
  return {
    'grpc-status': String(error.code),
    // encodeURI and not encodeURIComponent: grpc-js reads it with decodeURI, which leaves an encoded `,` or `:` as it is.
    'grpc-message': encodeURI(error.message),
    'grpc-status-details-bin': statusDetails(error).toString('base64'),
  };
}

/** google.rpc.Status{code, message, details: [Any(google.rpc.RequestInfo{request_id})]} on the wire. */
function statusDetails(error: RpcError): Buffer {
  const requestInfo = protobuf.Writer.create().uint32(10).string(randomUUID()).finish();
  const any = protobuf.Writer.create()
    .uint32(10)
    .string('type.googleapis.com/google.rpc.RequestInfo')
    .uint32(18)
    .bytes(requestInfo)
    .finish();
  const status = protobuf.Writer.create()
    .uint32(8)
    .int32(error.code)
    .uint32(18)
    .string(error.message)
    .uint32(26)
    .bytes(any)
    .finish();
  return Buffer.from(status);
}
