import { ExportError } from '../../errors/export-error.ts';
import { audioMetadata, type AudioContainer } from './audio-container.ts';
import { callHeaders } from '../wire/call-headers.ts';
import { elapsedMs, momentOf, systemClock, type Clock } from '../wire/clock.ts';
import type { Lane } from '../wire/lane.ts';
import { refusal, refusalAfterHalfClose } from '../wire/status.ts';
import { AnsweredEarly, Cut, UploadStream, type Answer } from './upload-stream.ts';

/** Measured faster than the 1 MiB of the official samples, and the service takes any. */
const CHUNK_BYTES = 64 * 1024;

export interface UploadRequest {
  connectionId: string;
  apiKey: string;
  /** The talk's metadata, see `callMetadata`. */
  fields: Record<string, string>;
  audio: {
    container: AudioContainer;
    sizeBytes: number;
    /** The whole recording, from its beginning. */
    chunks: () => AsyncIterable<Buffer>;
  };
  /** Stops the upload: at once before the half-close, after {@link answerAfterAbortMs} behind it. */
  signal: AbortSignal;
  /** How long the answer is still waited for behind the half-close, asked when `signal` is aborted. Default 3 s. */
  answerAfterAbortMs?: () => number;
}

export interface UploadHooks {
  /**
   * Writes the commit marker. Called when the last byte has left and before the half-close that lets the service store
   * the talk. If it throws, the connection is cut and its error is thrown: nothing was stored.
   */
  beforeCommit: () => Promise<void>;
  /** Audio bytes handed to the socket so far. */
  onProgress?: (bytes: number) => void;
}

export interface UploadTimes {
  /** No byte taken by the socket for so long: cut. Default 30 s. */
  stallMs: number;
  /** How long the answer may take after the half-close. Default 120 s. */
  answerMs: number;
  /** How long a stopped upload still waits for its answer after the half-close, unless it says itself. Default 3 s. */
  abandonAnswerMs: number;
  /** How old the commit marker may be at the half-close. Default 5 s. */
  commitWindowMs: number;
}

export const DEFAULT_UPLOAD_TIMES: UploadTimes = {
  stallMs: 30_000,
  answerMs: 120_000,
  abandonAnswerMs: 3_000,
  commitWindowMs: 5_000,
};

export interface UploadResult {
  talkId: string;
  /** Audio bytes sent. */
  bytes: number;
}

/**
 * Uploads one whole recording as one talk. Not idempotent: every success is a new talk.
 *
 * @throws ExportError. `upload_unconfirmed` means that the half-close may have been sent and the talk may be stored;
 * with every other error (`upload_cut`, a `speechsense_…` refusal, the error of `beforeCommit`) nothing was stored.
 */
export async function upload(
  lane: Lane,
  request: UploadRequest,
  hooks: UploadHooks,
  times: UploadTimes = DEFAULT_UPLOAD_TIMES,
  clock: Clock = systemClock,
): Promise<UploadResult> {
  if (request.signal.aborted) throw uploadCut('stopped');
  let flushedBytes = 0;
  const stream = new UploadStream(lane, callHeaders(request.apiKey), (bytes) => {
    stall.refresh();
    flushedBytes += bytes;
    if (bytes > 0) hooks.onProgress?.(flushedBytes);
  });
  const stall = setTimeout(() => stream.cut('stalled'), times.stallMs);
  const cutNow = () => stream.cut('stopped');
  request.signal.addEventListener('abort', cutNow);
  try {
    await sendRecording(stream, request);
    clearTimeout(stall);
    await commit(stream, hooks, times, clock);
  } catch (error) {
    throw beforeHalfClose(error, request.connectionId);
  } finally {
    clearTimeout(stall);
    request.signal.removeEventListener('abort', cutNow);
    // Whatever went wrong above, an upload that was not half-closed must not stay open for anyone to end.
    if (!stream.halfClosed) stream.cut('failed');
  }
  const answer = await awaitAnswer(stream, request, times);
  return { talkId: talkIdOf(answer, request.connectionId), bytes: flushedBytes };
}

async function sendRecording(stream: UploadStream, { connectionId, fields, audio }: UploadRequest): Promise<void> {
  await stream.send({ metadata: { connectionId, fields, users: [] } }, 0);
  await stream.send({ audio: { audioMetadata: audioMetadata(audio.container) } }, 0);
  let sentBytes = 0;
  const parts = audio.chunks()[Symbol.asyncIterator]();
  try {
    for (let part = await stream.during(parts.next()); !part.done; part = await stream.during(parts.next())) {
      for (let start = 0; start < part.value.length; start += CHUNK_BYTES) {
        const data = part.value.subarray(start, start + CHUNK_BYTES);
        sentBytes += data.length;
        await stream.send({ audio: { chunk: { data } } }, data.length);
      }
    }
  } finally {
    // Not awaited: an upload that was cut must not wait for the source it was waiting for.
    parts.return?.().catch(() => undefined);
  }
  if (sentBytes !== audio.sizeBytes) {
    // Half-closing here would make a talk of a recording that was cut short.
    throw new ExportError('unexpected', {
      values: { what: `recording of ${audio.sizeBytes} bytes gave ${sentBytes}` },
    });
  }
  // Nothing may be left to send behind the commit marker: on a slow wire it would leave long after the marker.
  await stream.flushed();
}

/**
 * Marker, then half-close. A process that was frozen in between (SIGSTOP, a suspended machine) must not complete on
 * waking an upload that another worker has given up for dead in the meantime: too old a marker cuts.
 */
async function commit(stream: UploadStream, hooks: UploadHooks, times: UploadTimes, clock: Clock): Promise<void> {
  stream.assertOpen();
  const called = momentOf(clock);
  await hooks.beforeCommit();
  stream.assertOpen();
  if (elapsedMs(clock, called) > times.commitWindowMs) throw new Cut('commit marker too old');
  stream.halfClose();
}

async function awaitAnswer(stream: UploadStream, request: UploadRequest, times: UploadTimes): Promise<Answer> {
  const { signal, answerAfterAbortMs = () => times.abandonAnswerMs } = request;
  const timers = [setTimeout(() => stream.cut('no answer'), times.answerMs)];
  const abandon = () => timers.push(setTimeout(() => stream.cut('stopped'), answerAfterAbortMs()));
  if (signal.aborted) abandon();
  else signal.addEventListener('abort', abandon);
  try {
    return await stream.answer();
  } catch (error) {
    throw new ExportError('upload_unconfirmed', {
      values: { what: error instanceof Cut ? error.message : 'unexpected' },
      cause: error,
    });
  } finally {
    timers.forEach(clearTimeout);
    signal.removeEventListener('abort', abandon);
  }
}

function talkIdOf(answer: Answer, connectionId: string): string {
  if (answer.kind === 'error') throw refusalAfterHalfClose(answer.error, connectionId);
  if (!answer.talkId) throw new ExportError('upload_unconfirmed', { values: { what: 'answer without a talk id' } });
  return answer.talkId;
}

function beforeHalfClose(error: unknown, connectionId: string): unknown {
  if (error instanceof Cut) return uploadCut(error.message);
  if (!(error instanceof AnsweredEarly)) return error;
  if (error.answer.kind === 'error') return refusal(error.answer.error, connectionId);
  // Against the protocol, but a talk id was given out: somebody has to look.
  return new ExportError('upload_unconfirmed', { values: { what: 'answered before the end' } });
}

function uploadCut(what: string): ExportError {
  return new ExportError('upload_cut', { values: { what } });
}
