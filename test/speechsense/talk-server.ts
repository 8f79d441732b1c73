import { Server, ServerCredentials, status, type ServerReadableStream, type sendUnaryData } from '@grpc/grpc-js';
import {
  TalkServiceService,
  type StreamTalkRequest,
  type UploadTalkResponse,
} from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';

type Upload = ServerReadableStream<StreamTalkRequest, UploadTalkResponse>;
export type UploadHandler = (call: Upload, answer: sendUnaryData<UploadTalkResponse>) => void;

const unimplemented = (_call: unknown, answer: sendUnaryData<never>) => answer({ code: status.UNIMPLEMENTED });

/** A bare TalkService whose upload handler each test writes itself; everything it reads, it reads at once. */
export class TalkServer {
  handler: UploadHandler = storeAll('aud1');
  readonly messages: StreamTalkRequest[] = [];
  readonly headers: Record<string, unknown>[] = [];
  port = 0;
  /** Whether uploads are read as they come; a service that is stuck does not. */
  reads = true;
  readonly #server: Server;

  // The window is far larger than any upload here: behind a closed one grpc-js shows other frames.
  constructor({ windowBytes = 64 * 1024 * 1024 } = {}) {
    this.#server = new Server({ 'grpc-node.flow_control_window': windowBytes, 'grpc.max_receive_message_length': -1 });
    this.#server.addService(TalkServiceService, {
      uploadAsStream: (call: Upload, answer: sendUnaryData<UploadTalkResponse>) => {
        this.headers.push(call.metadata.getMap());
        call.on('error', () => undefined);
        if (this.reads) call.on('data', (message: StreamTalkRequest) => this.messages.push(message));
        this.handler(call, answer);
      },
      upload: unimplemented,
      uploadText: unimplemented,
      uploadBadge: unimplemented,
      search: unimplemented,
      get: unimplemented,
    });
  }

  /** On a free port, or again on the one it had. */
  async listen(): Promise<number> {
    this.port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${this.port}`, ServerCredentials.createInsecure(), (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
    });
    return this.port;
  }

  get audio(): Buffer {
    return Buffer.concat(this.messages.flatMap((message) => message.audio?.chunk?.data ?? []));
  }

  /** GOAWAY to every connection; what runs on them may end. */
  sendAway(): void {
    this.#server.drain(`127.0.0.1:${this.port}`, 60_000);
  }

  close(): void {
    this.#server.forceShutdown();
  }
}

export function storeAll(talkId: string): UploadHandler {
  return (call, answer) => {
    call.on('end', () => answer(null, { talkId }));
  };
}
