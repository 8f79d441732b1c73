import { setTimeout as wait } from 'node:timers/promises';

import { UploadTalkResponse } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';

import { authorize } from './authorization.ts';
import type { FaultStage } from './fault-plan.ts';
import { MessageReader } from './grpc-framing.ts';
import { GrpcCode, RpcError } from './grpc-status.ts';
import type { ServerCall } from './server-call.ts';
import type { ServiceState } from './service-state.ts';
import type { UploadBody } from './upload-body.ts';
import type { UploadRecord } from './upload-log.ts';

/** A client that abandons an upload sends RST_STREAM in the same breath as END_STREAM. */
const RESET_GRACE_MS = 50;

/** Takes one upload from its first byte to its talk, or to whatever else becomes of it. */
export class UploadReceiver {
  readonly #state: ServiceState;
  readonly #call: ServerCall;
  readonly #body: UploadBody;
  readonly #reader: MessageReader;
  readonly #record: UploadRecord;
  #bytesPerSecond = Infinity;
  /** Set once the end of the request was dealt with, or there is no point in waiting for it. */
  #over = false;

  constructor(state: ServiceState, call: ServerCall, body: UploadBody) {
    this.#state = state;
    this.#call = call;
    this.#body = body;
    this.#reader = new MessageReader(body.maxMessageBytes);
    const timeout = call.headers['grpc-timeout'];
    this.#record = state.uploads.begin({
      connection: call.connection.number,
      rpc: call.rpc,
      deadline: typeof timeout === 'string' ? timeout : undefined,
      wire: call.wire,
    });
  }

  async receive(): Promise<void> {
    const { stream, wire } = this.#call;
    stream.once('close', () => this.#closed());
    if (await this.#faultEnds('start')) return;
    try {
      authorize(this.#state, this.#call.headers.authorization);
    } catch (error) {
      this.#refuse(error);
      return;
    }
    if (stream.endAfterHeaders || stream.readableEnded) {
      // An empty request: its end was told before anybody could listen.
      if (wire.halfClosed) await this.#complete();
      return;
    }
    stream.on('data', (bytes: Buffer) => {
      this.#take(bytes);
      if (this.#bytesPerSecond === Infinity) return;
      stream.pause();
      setTimeout(() => stream.resume(), (bytes.length * 1000) / this.#bytesPerSecond).unref();
    });
    stream.once('end', () => {
      // Node ends the readable side of a stream whose connection broke as well: only the wire tells.
      if (wire.halfClosed) void this.#complete();
    });
  }

  #take(bytes: Buffer): void {
    if (this.#over) return;
    const before = this.#body.audioBytes;
    try {
      for (const message of this.#reader.feed(bytes)) this.#body.accept(message);
    } catch (error) {
      this.#refuse(error);
      return;
    } finally {
      this.#state.uploads.audio(this.#record, this.#body.audioBytes - before);
      this.#record.callId ??= this.#body.fields['call_id'];
    }
    if (this.#state.faults.list().length > 0) void this.#faultEnds('mid-stream');
  }

  async #complete(): Promise<void> {
    if (this.#over) return;
    if (await this.#faultEnds('half-closed')) return;
    if (await this.#resetForbidsStoring()) return;
    this.#over = true;
    let talkId: string;
    try {
      if (this.#reader.pending) throw new RpcError(GrpcCode.internal, 'The last message is incomplete');
      talkId = this.#body.store().talkId;
    } catch (error) {
      this.#over = false;
      this.#refuse(error);
      return;
    }
    this.#record.talkId = talkId;
    this.#state.uploads.end(this.#record, 'stored');
    if (await this.#faultEnds('stored')) return;
    this.#call.answer(Buffer.from(UploadTalkResponse.encode({ talkId }).finish()));
  }

  /** Where a reset is heeded even after END_STREAM, the server looks about for one before it stores. */
  async #resetForbidsStoring(): Promise<boolean> {
    if (this.#state.behaviour.storesBeforeReset) return false;
    await wait(RESET_GRACE_MS);
    if (!this.#over && this.#call.wire.clientReset === undefined) return false;
    this.#over = true;
    this.#state.uploads.end(this.#record, 'reset');
    return true;
  }

  #closed(): void {
    const { stream, wire, connection } = this.#call;
    // What came together with a RST_STREAM lies unread in the stream's buffer.
    for (let rest = readBuffer(stream); rest !== undefined && !this.#over; rest = readBuffer(stream)) this.#take(rest);
    if (this.#over) return;
    const reset = wire.clientReset !== undefined;
    if (wire.halfClosed && (!reset || this.#state.behaviour.storesBeforeReset)) {
      void this.#complete();
      return;
    }
    this.#over = true;
    const outcome = reset ? 'reset' : connection.cutByServer ? 'faulted' : 'dropped';
    this.#state.uploads.end(this.#record, outcome);
  }

  #refuse(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    const answered = error instanceof RpcError ? error : new RpcError(GrpcCode.internal, 'Internal error');
    this.#noteRefusal(answered.code);
    this.#call.fail(answered);
  }

  #noteRefusal(code: number): void {
    this.#record.answeredCode = code;
    this.#state.refusals[code] = (this.#state.refusals[code] ?? 0) + 1;
    this.#state.uploads.end(this.#record, 'refused');
  }

  /** Lets the plan's fault strike here; true where the call ends by it. */
  async #faultEnds(at: FaultStage): Promise<boolean> {
    const action = this.#state.faults.strike({
      rpc: this.#call.rpc,
      at,
      audioBytes: this.#body.audioBytes,
      fields: this.#body.fields,
      passed: this.#call.passedFaults,
    });
    if (action === undefined) return false;
    switch (action.kind) {
      case 'goaway':
        this.#call.goAway();
        return false;
      case 'slow':
        this.#bytesPerSecond = action.bytesPerSecond;
        return false;
      case 'delay':
        if (at === 'mid-stream') this.#call.stream.pause();
        await wait(action.delayMs, undefined, { ref: false });
        if (at === 'mid-stream') this.#call.stream.resume();
        return false;
      case 'status':
        this.#over = true;
        this.#noteRefusal(action.code);
        break;
      default:
        this.#over = true;
        this.#state.uploads.end(this.#record, 'faulted');
    }
    this.#call.endBy(action);
    return true;
  }
}

function readBuffer(stream: ServerCall['stream']): Buffer | undefined {
  const bytes: unknown = stream.read();
  return bytes instanceof Buffer ? bytes : undefined;
}
