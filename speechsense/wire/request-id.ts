import type { ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs/minimal.js';

const REQUEST_INFO = 'type.googleapis.com/google.rpc.RequestInfo';

/**
 * The service's own id of a failed request: Yandex Cloud sends it as google.rpc.RequestInfo among the details of
 * google.rpc.Status, in `grpc-status-details-bin`. Its support asks for it.
 */
export function requestIdOf(error: ServiceError): string | undefined {
  const [status] = error.metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(status)) return undefined;
  try {
    for (const detail of fields(status, 3)) {
      const [type] = fields(detail, 1);
      const [value] = fields(detail, 2);
      if (!type || !value || Buffer.from(type).toString() !== REQUEST_INFO) continue;
      const [requestId] = fields(value, 1);
      if (requestId) return Buffer.from(requestId).toString();
    }
  } catch {
    // Details are a courtesy: unreadable ones must not hide the error that they came with.
  }
  return undefined;
}

/** The length-delimited values of one field of a protobuf message. */
function fields(message: Uint8Array, wanted: number): Uint8Array[] {
  const reader = protobuf.Reader.create(message);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === wanted && (tag & 7) === 2) found.push(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return found;
}
