import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { setTimeout as wait } from 'node:timers/promises';

import { TalkServiceService } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';

import { authorize } from './authorization.ts';
import { get } from './get.ts';
import { MessageReader } from './grpc-framing.ts';
import { GrpcCode, RpcError } from './grpc-status.ts';
import { UploadReceiver } from './receive-upload.ts';
import { search } from './search.ts';
import { ServerCall } from './server-call.ts';
import type { ServiceState } from './service-state.ts';
import { StreamedUpload } from './streamed-upload.ts';
import type { TappedConnection } from './tapped-connection.ts';
import { UnaryUpload } from './unary-upload.ts';

/** No read request comes near this. */
const MAX_READ_REQUEST_BYTES = 4 * 1024 * 1024;

const { uploadAsStream, upload, search: searchMethod, get: getMethod } = TalkServiceService;

/** Answers one call by its path, as TalkService's proto names them. */
export async function serveCall(
  state: ServiceState,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  connection: TappedConnection,
): Promise<void> {
  const path = headers[':path'] ?? '';
  const call = new ServerCall(path.slice(path.lastIndexOf('/') + 1), stream, headers, connection);
  state.calls[call.rpc] = (state.calls[call.rpc] ?? 0) + 1;
  switch (path) {
    case uploadAsStream.path:
      return new UploadReceiver(state, call, new StreamedUpload(state)).receive();
    case upload.path:
      return new UploadReceiver(state, call, new UnaryUpload(state)).receive();
    case searchMethod.path:
      return serveRead(state, call, (request) =>
        searchMethod.responseSerialize(search(state, searchMethod.requestDeserialize(request))),
      );
    case getMethod.path:
      return serveRead(state, call, (request) =>
        getMethod.responseSerialize(get(state, getMethod.requestDeserialize(request))),
      );
    default:
      call.fail(new RpcError(GrpcCode.unimplemented, `Method not found: ${path}`));
  }
}

async function serveRead(state: ServiceState, call: ServerCall, read: (request: Buffer) => Buffer): Promise<void> {
  const action = state.faults.strike({ rpc: call.rpc, at: 'start', passed: call.passedFaults });
  if (action?.kind === 'delay') {
    await wait(action.delayMs, undefined, { ref: false });
  } else if (action?.kind === 'goaway') {
    call.goAway();
  } else if (action !== undefined && action.kind !== 'slow') {
    call.endBy(action);
    return;
  }
  const reader = new MessageReader(MAX_READ_REQUEST_BYTES);
  call.stream.on('data', (bytes: Buffer) => {
    try {
      for (const message of reader.feed(bytes)) {
        authorize(state, call.headers.authorization);
        call.answer(read(message));
      }
    } catch (error) {
      const answered = error instanceof RpcError ? error : new RpcError(GrpcCode.internal, 'Internal error');
      state.refusals[answered.code] = (state.refusals[answered.code] ?? 0) + 1;
      call.fail(answered);
    }
  });
}
