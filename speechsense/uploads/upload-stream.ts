import { status, type ClientWritableStream, type Metadata, type ServiceError } from '@grpc/grpc-js';
import {
  StreamTalkRequest,
  TalkServiceService,
  type UploadTalkResponse,
} from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';
import type { Lane } from '../wire/lane.ts';

export type Answer = { kind: 'talk'; talkId: string } | { kind: 'error'; error: ServiceError };

/** The service answered although the upload was not complete. */
export class AnsweredEarly extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super('answered before the upload was complete');
    this.answer = answer;
  }
}

/** The connection was cut from our side; the message says why. */
export class Cut extends Error {}

/** Messages handed to grpc-js and not yet to the socket: it hands over one at a time, and the next one is ready. */
const MAX_PENDING = 2;

/**
 * One open UploadAsStream call. It ends by its answer or by cutting the lane, never by `cancel()` or a deadline
 * (see {@link CuttableCredentials}). Every wait ends early with {@link AnsweredEarly} or {@link Cut}.
 */
export class UploadStream {
  readonly #lane: Lane;
  readonly #call: ClientWritableStream<Buffer>;
  readonly #onFlushed: (bytes: number) => void;
  halfClosed = false;
  #pending = 0;
  #answer: Answer | undefined;
  #cut: Cut | undefined;
  #wake: () => void = () => undefined;

  /** `onFlushed` is told the bytes of each message once the socket has taken it. */
  constructor(lane: Lane, metadata: Metadata, onFlushed: (bytes: number) => void) {
    this.#lane = lane;
    this.#onFlushed = onFlushed;
    const { path, responseDeserialize } = TalkServiceService.uploadAsStream;
    const answered = (error: ServiceError | null, response?: UploadTalkResponse) => {
      this.#answer ??= error ? { kind: 'error', error } : { kind: 'talk', talkId: response?.talkId ?? '' };
      // The next call shall make a real attempt instead of meeting grpc-js's own pause after a failed connection.
      if (error?.code === status.UNAVAILABLE && !this.#cut) lane.cut();
      this.#wake();
    };
    this.#call = lane.client().makeClientStreamRequest(path, asEncoded, responseDeserialize, metadata, answered);
    // The outcome comes by the callback; an unheard 'error' event would end the process.
    this.#call.on('error', () => undefined);
  }

  /**
   * Resolves when the message was accepted, which is later than at once when the wire is slow. Its bytes have been
   * copied before: whoever owns them may use their memory for something else.
   */
  async send(message: StreamTalkRequest, bytes: number): Promise<void> {
    this.#pending++;
    this.#call.write(encoded(message), () => {
      this.#pending--;
      this.#onFlushed(bytes);
      this.#wake();
    });
    await this.#until(() => this.#pending < MAX_PENDING);
  }

  /** Resolves when the socket has taken everything that was sent. */
  async flushed(): Promise<void> {
    await this.#until(() => this.#pending === 0);
  }

  /** The outcome of something the upload has to wait for. */
  async during<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const settled = () => {
      done = true;
      this.#wake();
    };
    work.then(settled, settled);
    await this.#until(() => done);
    return work;
  }

  /** Throws {@link AnsweredEarly} or {@link Cut} if the upload is already over. */
  assertOpen(): void {
    if (this.#cut) throw this.#cut;
    if (this.#answer) throw new AnsweredEarly(this.#answer);
  }

  /** Ends the upload: from here the service may store it. */
  halfClose(): void {
    this.halfClosed = true;
    this.#call.end();
  }

  /** The answer to the whole upload; throws {@link Cut} only. */
  async answer(): Promise<Answer> {
    for (;;) {
      if (this.#cut) throw this.#cut;
      if (this.#answer) return this.#answer;
      await this.#woken();
    }
  }

  /** Cuts the connection, unless the answer is already here. */
  cut(reason: string): void {
    if (this.#answer || this.#cut) return;
    this.#cut = new Cut(reason);
    this.#lane.cut();
    this.#wake();
  }

  async #until(condition: () => boolean): Promise<void> {
    this.assertOpen();
    while (!condition()) {
      await this.#woken();
      this.assertOpen();
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

/** The stub's own serializer copies each message once more than needed: a third of all copying of the audio. */
function encoded(message: StreamTalkRequest): Buffer {
  const bytes = StreamTalkRequest.encode(message).finish();
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function asEncoded(message: Buffer): Buffer {
  return message;
}
